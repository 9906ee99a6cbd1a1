# rotation.gd: rotations by a vector (axis times angle), and the derivative that attitude filters and bundle adjustment need.
#
#   gradc run examples/rotation.gd
#
#   R = I + sin θ/θ [v]ₓ + (1 − cos θ)/θ² [v]ₓ²     ∂(R p)/∂v = −R [p]ₓ J,  J = I − (1 − cos θ)/θ² [v]ₓ + (θ − sin θ)/θ³ [v]ₓ²
precision f64
dim points = 3
param v: [3]         ~ normal(1)
param p: [points, 3] ~ normal(1)

fn hat(v) = [[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]]
fn rotation(v) {
  angle = norm(v)
  return eye(3) + sin(angle) / angle * hat(v) + (1 - cos(angle)) / angle^2 * hat(v) @ hat(v)
}
R     = rotation(v)
moved = p @ R.T
angle = norm(v)
J = eye(3) - (1 - cos(angle)) / angle^2 * hat(v) + (angle - sin(angle)) / angle^3 * hat(v) @ hat(v)

output R, orthogonal = R.T @ R, closed_orthogonal = eye(3)
output jacobian(moved, v), closed_dmoved_dv = -einsum("ij,pjk,kl->pil", R, map(hat, p), J)

# Where the rotation is near none the formulas divide by zero; `where` keeps to the series there, value and derivative.
fn safe(v) {
  square = dot(v, v)
  near   = square < 1e-12
  angle  = sqrt(where(near, 1, square))
  return eye(3) + where(near, 1, sin(angle) / angle) * hat(v) + where(near, 0.5, (1 - cos(angle)) / angle^2) * hat(v) @ hat(v)
}
none = 0 * v
output at_rest = jacobian(p @ safe(none).T, none), closed_at_rest = -map(hat, p)
