# total_derivative.gd: x reaches y along several paths
#
#   gradc run examples/total_derivative.gd --inputs examples/data/total_derivative.npz
input x: f64
u = x^2
y = sin(x + u) * u + ln_of(u)
fn ln_of(v) = log(v)
output y, grad(y, x), hessian(y, x)
