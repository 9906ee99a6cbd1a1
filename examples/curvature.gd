# curvature.gd: Riemann's curvature of a surface from its metric, by derivatives of derivatives.
#
#   gradc run examples/curvature.gd
#
#   Γⁱₖₗ = ½ gⁱᵐ (∂ₗ gₘₖ + ∂ₖ gₘₗ − ∂ₘ gₖₗ)     Rⁱⱼₖₗ = ∂ₖ Γⁱₗⱼ − ∂ₗ Γⁱₖⱼ + Γⁱₖₘ Γᵐₗⱼ − Γⁱₗₘ Γᵐₖⱼ     K = ½ gʲˡ Rⁱⱼᵢₗ
#   A torus with the radii A and b: K = cos θ / (b (A + b cos θ))
precision f64
param x:      [2] ~ uniform(0.5, 1.5)      # θ around the tube, φ around the axis
param radius: [2] ~ constant(2)
A, b = radius[0] + 1, radius[1]

# The surface in space gives the metric: g = Jᵀ J.
fn place(x) = (A + b * cos(x[0])) * concat([stack([cos(x[1]), sin(x[1])]), [0]]) + [0, 0, 1] * b * sin(x[0])
fn metric(x) {
  J = jacobian(place(x), x)
  return J.T @ J
}
fn inverse(m) = [[m[1, 1], -m[0, 1]], [-m[1, 0], m[0, 0]]] / (m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0])
fn christoffel(x) {
  dg = jacobian(metric(x), x)              # dg[i, j, k] = ∂ₖ gᵢⱼ
  return 0.5 * einsum("im,mkl->ikl", inverse(metric(x)), dg + einsum("mlk->mkl", dg) - einsum("klm->mkl", dg))
}
Gamma = christoffel(x)
slope = jacobian(christoffel(x), x)        # slope[i, j, k, l] = ∂ₗ Γⁱⱼₖ
riemann = einsum("iljk->ijkl", slope) - einsum("ikjl->ijkl", slope)
  + einsum("ikm,mlj->ijkl", Gamma, Gamma) - einsum("ilm,mkj->ijkl", Gamma, Gamma)
gauss = 0.5 * einsum("jl,ijil->", inverse(metric(x)), riemann)

theta = x[0]
ring  = A + b * cos(theta)
output g = metric(x), closed_g = diag(stack([b^2, ring^2]))
output Gamma, closed_Gamma = [[[0, 0], [0, ring * sin(theta) / b]], [[0, -b * sin(theta) / ring], [-b * sin(theta) / ring, 0]]]
output gauss, closed_gauss = cos(theta) / (b * ring)
output grad(gauss, x), closed_dgauss_dx = stack([-A * sin(theta) / (b * ring^2), 0])
