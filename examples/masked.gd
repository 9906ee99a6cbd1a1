# masked.gd: the side of where that is not chosen leaves no NaN in a gradient
#
#   gradc run examples/masked.gd --inputs examples/data/masked.npz
dim n
input x: [n]
y = where(x > 0, sqrt(x) * log(x), 0)
loss = sum(y)
output loss, grad(loss, x)
