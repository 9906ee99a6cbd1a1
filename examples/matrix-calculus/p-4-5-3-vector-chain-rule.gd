# Parr & Howard, section 4.5.3: the chain rule for vectors is a product of Jacobians.
#
#   y = [ln x², sin 3x] of a scalar x:   ∂y/∂x = [2/x, 3 cos 3x]
#   y = f(g(x)), |f| = m, |g| = k, |x| = n:   ∂y/∂x = ∂f/∂g ∂g/∂x, of shapes (m × k)(k × n)
#   where f and g work element by element, both factors are diagonal and so is the product
precision f64
dim m = 3, k = 4, n = 5
param x: []     ~ uniform(0.5, 1.5)
param p: [n]    ~ normal(1)
param A: [k, n] ~ normal(1)
param B: [m, k] ~ normal(1)

g1 = x^2
g2 = 3 * x
y  = [log(g1), sin(g2)]

g = tanh(A @ p)
f = B @ g^2

inner = p^2
outer_ = sin(inner)

output jacobian(y, x), closed_dy_dx = [2 / x, 3 * cos(3 * x)]
output jacobian(f, p), closed_df_dp = jacobian(f, g) @ jacobian(g, p)
output jacobian(f, g), closed_df_dg = B @ diag(2 * g)
output jacobian(g, p), closed_dg_dp = diag(1 - g^2) @ A
output jacobian(outer_, p), closed_douter__dp = diag(cos(p^2) * 2 * p)
