# Parr & Howard, section 4.1: the Jacobian of the identity y = x, of vectors with n elements, is the identity matrix.
#
#   ∂yᵢ/∂xⱼ = 1 where i = j, else 0
precision f64
dim n = 5
param x: [n] ~ normal(1)

y = x

output jacobian(y, x), closed_dy_dx = eye(n)
