# hamiltonian.gd: mechanics from one function. The energy H(q, p) is written down; the equations of motion are its gradients.
#
#   gradc run examples/hamiltonian.gd
#
#   q′ = ∂H/∂p,  p′ = −∂H/∂q, by leapfrog steps, which keep the energy: here two bodies around a fixed sun
precision f64
dim bodies = 2, steps = 200
param q0: [bodies, 2] ~ uniform(0.8, 1.2)
param p0: [bodies, 2] ~ uniform(-0.3, 0.3)
masses = [1.0, 0.5]

fn energy(q, p) {
  kinetic = sum(sum(p^2, axis=1) / (2 * masses))
  to_sun  = sqrt(sum(q^2, axis=1))
  apart   = sqrt(sum((q[0] - q[1])^2) + 0.01)
  return kinetic - sum(masses / to_sun) - 0.01 * masses[0] * masses[1] / apart
}
fn leapfrog(q, p, number, h=0.01) {
  p_half = p - h / 2 * grad(energy(q, p), q)
  q_next = q + h * grad(energy(q, p_half), p_half)
  return q_next, p_half - h / 2 * grad(energy(q_next, p_half), q_next)
}
q, p = fold(leapfrog, (q0, p0), iota(steps))

before, after = energy(q0, p0), energy(q, p)
output q, p, energy_before = before, energy_after = after, drift = abs(after - before) / abs(before)
# A leapfrog step keeps areas in phase space: its Jacobian is symplectic, so the derivative of q by q0 and by p0 exists in full.
output jacobian(q, p0)
