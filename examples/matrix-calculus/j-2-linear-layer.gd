# Johnson, section 2: a linear layer y = x w on a batch, x: [N, D], w: [D, M], and a given ∂L/∂y.
#
#   ∂L/∂x = ∂L/∂y wᵀ        ∂L/∂w = xᵀ ∂L/∂y
#
# (Equation 12 of the text prints xᵀ in the place of wᵀ, a slip.)
precision f64
dim N = 2, D = 2, M = 3
param x: [N, D] ~ normal(1)
param w: [D, M] ~ normal(1)
param g: [N, M] ~ normal(1)

y = x @ w
# A loss whose derivative by y is g.
L = sum(g * y)

output grad(L, y),   closed_dL_dy = g
output vjp(y, x, g), closed_dy_dx = g @ w.T
output vjp(y, w, g), closed_dy_dw = x.T @ g
output grad(L, x),   closed_dL_dx = g @ w.T
output grad(L, w),   closed_dL_dw = x.T @ g
# The Jacobian in full, as the text writes it out for N = D = 2, M = 3: ∂yₙₘ/∂xₖₗ = δₙₖ wₗₘ.
output J = jacobian(y, x), closed_J = einsum("nk,lm->nmkl", eye(N), w)
