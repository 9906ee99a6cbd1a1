# Parr & Howard, section 4.4: a sum over a vector.
#
#   ∂ sum(x)/∂x = 1ᵀ       ∂ sum(f(x))/∂x = Σᵢ ∂fᵢ/∂x       ∂ sum(x z)/∂x = [z, …, z]       ∂ sum(x z)/∂z = sum(x)
#
# For the last the text prints n; that is the derivative of sum(x + z) by z, shown here beside it.
precision f64
dim n = 5
param x: [n] ~ uniform(0.2, 1)
param z: []  ~ normal(1)

total    = sum(x)
# Every element of f depends on every element of x.
f        = sin(x) * sum(x^2)
total_f  = sum(f)
scaled   = sum(x * z)
shifted  = sum(x + z)

output grad(total, x),   closed_dtotal_dx   = ones([n])
output grad(total_f, x), closed_dtotal_f_dx = sum(jacobian(f, x), axis=0)
output grad(scaled, x),  closed_dscaled_dx  = full([n], z)
output grad(scaled, z),  closed_dscaled_dz  = sum(x)
output grad(shifted, z), closed_dshifted_dz = f64(n)
