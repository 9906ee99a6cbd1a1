# symplectic.gd: the leapfrog steps of Hamiltonian Monte Carlo. Whatever the energy, their Jacobian J keeps areas of phase space.
#
#   gradc run examples/symplectic.gd
#
#   p ← p − h/2 U′(q),  q ← q + h p,  p ← p − h/2 U′(q)     Jᵀ Ω J = Ω,  Ω = [0 I; −I 0];  and back with −p to the start
precision f64
dim n = 2, steps = 8
param z: [2 * n] ~ normal(1)
param h: []      ~ constant(0.1)

fn U(q) = sum(q^4) / 4 + q[0] * q[1] + exp(-dot(q, q))
fn force(q) {
  u = U(q)
  return -grad(u, q)
}
fn leap(q, p, i) {
  half  = p + h / 2 * force(q)
  ahead = q + h * half
  return ahead, half + h / 2 * force(ahead)
}
fn flow(z) {
  q, p = fold(leap, (z[:n], z[n:]), iota(steps))
  return concat([q, p])
}
fn energy(z) = U(z[:n]) + dot(z[n:], z[n:]) / 2

moved = flow(z)
J     = jacobian(moved, z)
zero, one = zeros([n, n]), eye(n)
Omega = concat([concat([zero, one], axis=1), concat([-one, zero], axis=1)])
turn  = concat([ones([n]), -ones([n])])
drift = energy(moved) - energy(z)

output moved, drift, grad(drift, h, z)
output area = J.T @ Omega @ J, closed_area = Omega
output back = turn * flow(turn * moved), closed_back = z
