# gaussian_process.gd: the evidence of a Gaussian process and its derivatives by the kernel's parameters. Gauss-Jordan elimination,
# a `fold` over the rows, gives the inverse and the determinant of the kernel matrix.
#
#   gradc run examples/gaussian_process.gd
#
#   ℓ = −½ yᵀ K⁻¹ y − ½ log |K| − n/2 log 2π,     ∂ℓ/∂K = ½ (K⁻¹ y yᵀ K⁻¹ − K⁻¹)
precision f64
dim n = 6
param t:     [n] ~ uniform(0, 4)
param y:     [n] ~ normal(1)
param theta: [3] ~ uniform(-0.5, 0.5)       # logarithms of length, scale and noise

fn kernel(theta) {
  length, scale, noise = exp(theta[0]), exp(theta[1]), exp(theta[2])
  return scale^2 * exp(-(reshape(t, [n, 1]) - t)^2 / (2 * length^2)) + noise^2 * eye(n)
}
# Divides row i by its pivot and takes it from the others; the right side becomes the inverse.
fn eliminate(M, right, log_det, i) {
  here   = one_hot(i, n)
  pivot  = dot(here, M @ here)
  factor = where(iota(n) == i, 1 - 1 / pivot, M @ here / pivot)
  return M - outer(factor, here @ M), right - outer(factor, here @ right), log_det + log(pivot)
}
K = kernel(theta)
rest, inverse, log_det = fold(eliminate, (K, eye(n), 0), iota(n))
weights  = inverse @ y
evidence = -0.5 * dot(y, weights) - 0.5 * log_det - 0.5 * n * log(2 * pi)

output evidence, grad(evidence, theta), hessian(evidence, theta)
output grad(evidence, K), closed_devidence_dK = 0.5 * (outer(weights, weights) - inverse)
output grad(evidence, y), closed_devidence_dy = -weights
