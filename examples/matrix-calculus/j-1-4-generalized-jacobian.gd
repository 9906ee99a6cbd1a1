# Johnson, "Derivatives, Backpropagation, and Vectorization", section 1.4: tensors in, tensors out.
#
#   The generalized Jacobian of y by x has the shape shape(y) ++ shape(x). The chain rule contracts over the whole
#   shape of what lies between: (∂z/∂x)ₐᵦ꜀𝒹 = Σₑ𝒻 (∂z/∂y)ₐᵦₑ𝒻 (∂y/∂x)ₑ𝒻꜀𝒹.
precision f64
dim a = 2, b = 3, c = 4
param x: [a, b] ~ normal(1)
param w: [b, c] ~ normal(1)

y = tanh(x @ w)
z = y * sum(y^2, axis=0) + y[:, ::-1]

# ∂yᵢⱼ/∂xₖₗ = δᵢₖ (1 − yᵢⱼ²) wₗⱼ
output jacobian(y, x), closed_dy_dx = einsum("ik,ij,lj->ijkl", eye(a), 1 - y^2, w)
output jacobian(z, x), closed_dz_dx = einsum("abef,efcd->abcd", jacobian(z, y), jacobian(y, x))
# A gradient is a cotangent contracted with the Jacobian over the result's shape.
output by_reverse = vjp(z, x, z), closed_by_reverse = einsum("ab,abcd->cd", z, jacobian(z, x))
output by_forward = jvp(z, x, x), closed_by_forward = einsum("abcd,cd->ab", jacobian(z, x), x)
