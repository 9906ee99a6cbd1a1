# A Jacobian of 11 by 3 for each row
dim n
input x: [n, 3]
fn eleven(p) {
  x, y, z = p[0], p[1], p[2]
  return stack([x * y, y * z, z * x, sin(x), sin(y), sin(z), exp(x * y), x * x * y, y * y * z, z * z * x, x * y * z])
}
fn derivative(p) = jacobian(eleven(p), p)
output J = map(derivative, x)
