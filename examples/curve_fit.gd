# curve_fit.gd: a damped oscillation fitted by Gauss-Newton: JᵀJ and Jᵀr from one `jacobian`, the step by conjugate gradients.
#
#   gradc run examples/curve_fit.gd --inputs examples/data/curve_fit.npz
precision f64
dim samples, iterations = 12
input t: [samples]
input y: [samples]
param start: [4]

# amplitude, decay, frequency, phase
fn model(k) = k[0] * exp(-k[1] * t) * cos(k[2] * t + k[3])

# (JᵀJ + λI) d = b by conjugate gradients, which end after as many steps as there are parameters.
fn solve(A, b) {
  d, r, p = fold(descend, (0 * b, b, b), broadcast_to(A, [4, 4, 4]))
  return d
}
fn descend(d, r, p, A) {
  Ap     = A @ p
  length = dot(r, r) / (dot(p, Ap) + 1e-300)
  r_next = r - length * Ap
  return d + length * p, r_next, r_next + dot(r_next, r_next) / (dot(r, r) + 1e-300) * p
}
fn improve(k, number, damping=0.001) {
  r = model(k) - y
  J = jacobian(r, k)
  return k - solve(J.T @ J + damping * eye(4), J.T @ r)
}
k = fold(improve, start, iota(iterations))
output parameters = k, cost_before = mse(model(start), y), cost_after = mse(model(k), y)
