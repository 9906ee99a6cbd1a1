# Parr & Howard, section 5: the affine function of a neuron.
#
#   y = w · x = sum(w ⊗ x):   ∂y/∂w = xᵀ, ∂y/∂x = wᵀ        z = w · x + b:   ∂z/∂w = xᵀ, ∂z/∂b = 1
precision f64
dim n = 6
param w: [n] ~ normal(1)
param x: [n] ~ normal(1)
param b: []  ~ normal(1)

as_sum = sum(w * x)
as_dot = dot(w, x)
z      = w @ x + b

output grad(as_sum, w), closed_das_sum_dw = x
output grad(as_dot, w), closed_das_dot_dw = x
output grad(as_dot, x), closed_das_dot_dx = w
output grad(z, w, b),   closed_dz_dw = x, closed_dz_db = 1.0
