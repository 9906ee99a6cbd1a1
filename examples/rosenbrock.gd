# rosenbrock.gd: the valley of Rosenbrock in n dimensions: gradient, Hessian, and a Hessian times a vector without the Hessian.
#
#   gradc run examples/rosenbrock.gd
#   gradc run examples/rosenbrock.gd -D n=3 --set x=[1,1,1] --set v=[1,0,0]
#
#   f = Σᵢ 100 (xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)²
precision f64
dim n = 6
param x: [n] ~ uniform(-1, 1)
param v: [n] ~ normal(1)

here, next = x[:-1], x[1:]
f = sum(100 * (next - here^2)^2 + (1 - here)^2)
g = grad(f, x)

# The closed forms: each term touches two neighbours, so the Hessian has three diagonals.
slope    = next - here^2
from_own  = pad(-400 * here * slope - 2 * (1 - here), [[0, 1]])
from_last = pad(200 * slope, [[1, 0]])
on_diagonal = pad(1200 * here^2 - 400 * next + 2, [[0, 1]]) + pad(200 * ones([n - 1]), [[1, 0]])
beside      = pad(diag(-400 * here), [[0, 1], [1, 0]])

output f
output g,                  closed_g = from_own + from_last
output H = hessian(f, x),  closed_H = diag(on_diagonal) + beside + beside.T
# Forward over reverse and reverse over reverse give the same product.
output Hv_forward = jvp(g, x, v),           closed_Hv_forward = hessian(f, x) @ v
output Hv_reverse = grad(sum(g * v), x),    closed_Hv_reverse = hessian(f, x) @ v
