# Parr & Howard, section 6: the gradient of the neuron's mean squared error over N examples.
#
#   C(w, b) = 1/N Σᵢ (yᵢ − max(0, w · xᵢ + b))²
#   ∂C/∂w = 2/N Σ eᵢ xᵢᵀ,  ∂C/∂b = 2/N Σ eᵢ,  over the examples with w · xᵢ + b > 0, with the error eᵢ = w · xᵢ + b − yᵢ
precision f64
dim N = 12, n = 4
param x: [N, n] ~ normal(1)
param y: [N]    ~ normal(1)
param w: [n]    ~ normal(1)
param b: []     ~ constant(0.25)

affine = x @ w + b
C = 1 / N * sum((y - max(0, affine))^2)

e = where(affine > 0, affine - y, 0)

output C
output grad(C, w), closed_dC_dw = 2 / N * e @ x
output grad(C, b), closed_dC_db = 2 / N * sum(e)
# Between the cost and the affine function stands a diagonal map: each example's error is its own.
output grad(C, affine), closed_dC_daffine = 2 / N * e
