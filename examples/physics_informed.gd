# physics_informed.gd: derivatives inside a model: u'' + u = 0 by a small network, trained through its own derivatives
#
#   gradc run examples/physics_informed.gd --inputs examples/data/physics_informed.npz
dim points
input t: [points]
param a: [8] ~ normal(1)
param c: [8] ~ normal(1)
param o: [8] ~ normal(1)
fn u(s) = sum(o * tanh(a * s + c))
fn residual(s) { v = u(s); return grad(grad(v, s), s) + v }
loss = mean(map(residual, t)^2)
output loss, grad(loss, a, c, o)
