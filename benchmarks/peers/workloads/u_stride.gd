# Every second number
dim n
param x: [2 * n]
even, odd = x[::2], x[1::2]
loss = sum(sin(even) * odd^2 + exp(-even^2))
output loss, grad(loss, x)
