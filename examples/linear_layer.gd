# linear_layer.gd: y = x w and a given cotangent g, after Johnson
#
#   gradc run examples/linear_layer.gd --inputs examples/data/linear_layer.npz
dim N, D, M
input x: [N, D]
input w: [D, M]
input g: [N, M]
y = x @ w
output vjp(y, x, g), vjp(y, w, g)
