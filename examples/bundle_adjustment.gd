# bundle_adjustment.gd: cameras and points from pictures. Each observation gives a residual of two numbers, which depends on one
# camera (rotation vector, position, focal length) and one point; `map` makes the small Jacobians of all observations at once.
#
#   gradc run examples/bundle_adjustment.gd
precision f64
dim observations = 6, cameras = 2, points = 3
param camera:    [cameras, 7] ~ uniform(0.05, 0.5)
param point:     [points, 3]  ~ uniform(1, 2)
param seen:      [observations, 2] ~ normal(0.3)

of_camera = floor_divide(iota(observations), 3)
of_point  = remainder(iota(observations), 3)

fn cross(a, b) = stack([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])
# Rodrigues' formula: p turned about the axis r by the angle |r|.
fn rotate(r, p) {
  angle = norm(r)
  axis  = r / angle
  return p * cos(angle) + cross(axis, p) * sin(angle) + axis * dot(axis, p) * (1 - cos(angle))
}
fn residual(c, p, pixel) {
  inside = rotate(c[:3], p) + c[3:6]
  return (1 + c[6]) * inside[:2] / inside[2] - pixel
}
fn linearised(c, p, pixel) {
  r = residual(c, p, pixel)
  return r, jacobian(r, c), jacobian(r, p)
}
r, J_camera, J_point = map(linearised, camera[of_camera], point[of_point], seen)

cost = sum(r^2) / 2
output cost, r, J_camera, J_point
# The gradient is Σ Jᵀ r over the observations of each camera and each point.
cameras_hot = one_hot(of_camera, cameras)
points_hot  = one_hot(of_point, points)
output grad(cost, camera), closed_dcost_dcamera = einsum("oc,oij,oi->cj", cameras_hot, J_camera, r)
output grad(cost, point),  closed_dcost_dpoint  = einsum("op,oij,oi->pj", points_hot, J_point, r)
