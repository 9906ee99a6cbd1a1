# Tan, "Deep Learning Foundations": the chain rule for scalars.
#
#   d/dx 2(x² + 9)³ = 12x(x² + 9)²      d/dx σ(x) = σ(x)(1 − σ(x))      d/dx x exp(x²) = exp(x²)(2x² + 1)
precision f64
param x: [] ~ normal(1)

polynomial = 2 * (x^2 + 9)^3
squashed   = 1 / (1 + exp(-x))
built_in   = sigmoid(x)
bell       = x * exp(x^2)

output grad(polynomial, x), closed_dpolynomial_dx = 12 * x * (x^2 + 9)^2
output grad(squashed, x),   closed_dsquashed_dx   = sigmoid(x) * (1 - sigmoid(x))
output grad(built_in, x),   closed_dbuilt_in_dx   = squashed * (1 - squashed)
output grad(bell, x),       closed_dbell_dx       = exp(x^2) * (2 * x^2 + 1)
