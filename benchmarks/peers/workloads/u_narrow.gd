# Three numbers a row: broadcasts along both axes
dim n
param x: [n, 3]
param s: [3]
param b: [3]
param a: [n]
loss = sum(tanh(x * s + b) * reshape(a, [n, 1]))
output loss, grad(loss, x, s, b, a)
