# newton.gd: roots by Newton's method, each step with the derivative that it needs; the derivative of the root by the equation's
# parameter, first and second, beside the implicit function theorem's.
#
#   gradc run examples/newton.gd
#
#   x = a cos x (Kepler's kind of equation)     x′ = cos x / (1 + a sin x)
#   x″ = −x′ (2 sin x + a cos x x′) / (1 + a sin x)
precision f64
dim n = 5
param a: [n] ~ uniform(0.2, 1.5)

fn gap(x, a) = x - a * cos(x)
fn root(a) {
  x, same = fold(step, (a, a), iota(6))
  return x
}
fn step(x, a, i) {
  g = gap(x, a)
  return x - g / grad(g, x), a
}
fn slope(a) = grad(root(a), a)
fn bend(a) = hessian(root(a), a)

x = map(root, a)
s = cos(x) / (1 + a * sin(x))
output x, residue = x, closed_residue = a * cos(x)
output slopes = map(slope, a), closed_slopes = s
output bends = map(bend, a), closed_bends = -s * (2 * sin(x) + a * cos(x) * s) / (1 + a * sin(x))
