# Tan, "Deep Learning Foundations": a network of two sigmoid layers with a cross-entropy cost, by the chain rule.
#
#   u₁ = W₁ x + b₁,  u₂ = σ(u₁),  u₃ = W₂ u₂ + b₂,  u₄ = σ(u₃),  c = −log u₄ at the true class
#
#   ∂c/∂u₄ = −1/u₄ at the class, else 0
#   ∂c/∂u₃ = ∂c/∂u₄ diag(σ′(u₃)),      ∂c/∂W₂ = (∂c/∂u₃)ᵀ u₂ᵀ,   ∂c/∂b₂ = ∂c/∂u₃
#   ∂c/∂u₁ = ∂c/∂u₃ W₂ diag(σ′(u₁)),   ∂c/∂W₁ = (∂c/∂u₁)ᵀ xᵀ,    ∂c/∂b₁ = ∂c/∂u₁
precision f64
dim pixels = 6, hidden = 5, classes = 3, truth = 1
param x:  [pixels]          ~ uniform(0, 1)
param W1: [hidden, pixels]  ~ glorot
param b1: [hidden]          ~ normal(0.1)
param W2: [classes, hidden] ~ glorot
param b2: [classes]         ~ normal(0.1)

u1 = W1 @ x + b1
u2 = sigmoid(u1)
u3 = W2 @ u2 + b2
u4 = sigmoid(u3)
c  = -log(u4[truth])

# The closed forms, layer by layer from the cost back.
d4 = where(iota(classes) == truth, -1 / u4, 0)
d3 = d4 * u4 * (1 - u4)
d1 = d3 @ W2 * u2 * (1 - u2)

output c
output grad(c, u4),         closed_dc_du4 = d4
output grad(c, u3, b2, W2), closed_dc_du3 = d3, closed_dc_db2 = d3, closed_dc_dW2 = outer(d3, u2)
output grad(c, u1, b1, W1), closed_dc_du1 = d1, closed_dc_db1 = d1, closed_dc_dW1 = outer(d1, x)
output grad(c, x),          closed_dc_dx = d1 @ W1
