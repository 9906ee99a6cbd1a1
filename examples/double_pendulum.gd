# double_pendulum.gd: motion from the Lagrangian alone. The accelerations solve M a = f with derivatives of L, and stand beside the
# formulas of the textbooks; the path's derivative by its start goes through all of it.
#
#   gradc run examples/double_pendulum.gd
#
#   d/dt ∂L/∂v = ∂L/∂q     so that  M a = ∂L/∂q − (∂²L/∂v∂q) v,  M = ∂²L/∂v²
precision f64
dim steps = 12
param q0:   [2] ~ uniform(0.5, 1.5)
param v0:   [2] ~ normal(0.5)
param mass: [2] ~ uniform(0.5, 2)
g = 9.81

# Two rods of length 1; the angles are from the vertical.
fn lagrangian(q, v) {
  kinetic   = 0.5 * mass[0] * v[0]^2 + 0.5 * mass[1] * (v[0]^2 + v[1]^2 + 2 * v[0] * v[1] * cos(q[0] - q[1]))
  potential = -(mass[0] + mass[1]) * g * cos(q[0]) - mass[1] * g * cos(q[1])
  return kinetic - potential
}
fn acceleration(q, v) {
  L        = lagrangian(q, v)
  momentum = grad(L, v)
  M        = jacobian(momentum, v)
  force    = grad(L, q) - jacobian(momentum, q) @ v
  return [M[1, 1] * force[0] - M[0, 1] * force[1], M[0, 0] * force[1] - M[1, 0] * force[0]] / (M[0, 0] * M[1, 1] - M[0, 1] * M[1, 0])
}
fn step(q, v, i, h=0.02) {
  v_next = v + h * acceleration(q, v)
  return q + h * v_next, v_next
}
path, speeds = scan(step, (q0, v0), iota(steps))
end = path[-1]
output path, jacobian(end, q0), jacobian(end, mass)

a, b, u, w, m, k = q0[0], q0[1], v0[0], v0[1], mass[0], mass[1]
below = 2 * m + k - k * cos(2 * (a - b))
first = -g * (2 * m + k) * sin(a) - k * g * sin(a - 2 * b) - 2 * sin(a - b) * k * (w^2 + u^2 * cos(a - b))
other = 2 * sin(a - b) * (u^2 * (m + k) + g * (m + k) * cos(a) + w^2 * k * cos(a - b))
output start = acceleration(q0, v0), closed_start = [first, other] / below
