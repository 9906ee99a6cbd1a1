# normalizing_flow.gd: a density by changing variables. The log-determinant comes from the Jacobian of the transformation; for
# coupling layers it is also the sum of their log-scales.
#
#   gradc run examples/normalizing_flow.gd
#
#   log p(x) = log N(f(x)) + log |det ∂f/∂x|
precision f64
dim points = 6, layers = 3
param x:     [points, 2] ~ normal(1)
param scale: [layers, 2] ~ normal(0.5)
param shift: [layers, 2] ~ normal(0.5)

# One half is scaled and moved as the other half says, then the halves change places.
fn log_scale(kept, s) = tanh(s[0] * kept + s[1])
fn couple(z, log_det, s, t) {
  a = log_scale(z[0], s)
  return stack([z[1] * exp(a) + t[0] * z[0] + t[1], z[0]]), log_det + a
}
fn transformed(x) = fold(couple, (x, 0), scale, shift)
fn log_density(x) {
  z, by_layers = transformed(x)
  J   = jacobian(z, x)
  det = J[0, 0] * J[1, 1] - J[0, 1] * J[1, 0]
  return log(abs(det)) - dot(z, z) / 2 - log(2 * pi), log(abs(det)), by_layers
}
log_p, log_det, closed = map(log_density, x)
loss = -mean(log_p)
output loss, grad(loss, scale, shift), log_det, closed_log_det = closed
