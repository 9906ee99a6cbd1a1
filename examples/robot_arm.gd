# robot_arm.gd: inverse kinematics of a planar arm with four joints: where must the joints turn to reach a point?
#
#   gradc run examples/robot_arm.gd --set target=[1.5,1.2]
#
# Damped least squares: Δq = Jᵀ (J Jᵀ + λI)⁻¹ (target − p(q)); the matrix inverted is 2 by 2, so its inverse is written out.
precision f64
dim joints = 4, steps = 30
param lengths: [joints] ~ constant(0.8)
param start:   [joints] ~ constant(0.3)
param target:  [2]      ~ constant(1.2)

fn tip(q) {
  angles = cumsum(q)
  return stack([sum(lengths * cos(angles)), sum(lengths * sin(angles))])
}
fn step(q, number, damping=0.01) {
  p = tip(q)
  J = jacobian(p, q)
  A = J @ J.T + damping * eye(2)
  determinant = A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0]
  inverse = [[A[1, 1], -A[0, 1]], [-A[1, 0], A[0, 0]]] / determinant
  return q + J.T @ (inverse @ (target - p))
}
q = fold(step, start, iota(steps))
p = tip(q)
J = jacobian(p, q)

# ∂x/∂qⱼ = −Σ lᵢ sin over the links from joint j outward, and likewise for y.
turned = cumsum(q)
outward = f64(reshape(iota(joints), [-1, 1]) >= reshape(iota(joints), [1, -1]))

output angles = q, tip = p, cost_before = norm(target - tip(start)), cost_after = norm(target - p)
output J, closed_J = stack([-(lengths * sin(turned)) @ outward, (lengths * cos(turned)) @ outward])
