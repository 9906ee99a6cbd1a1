# Parr & Howard, section 6.2: the bias taken into the weights, ŵ = [wᵀ, b]ᵀ and x̂ = [xᵀ, 1].
#
#   C(ŵ) = 1/N Σᵢ (yᵢ − max(0, ŵ · x̂ᵢ))²     ∂C/∂ŵ = [∂C/∂w, ∂C/∂b]
precision f64
dim N = 12, n = 4
param x: [N, n] ~ normal(1)
param y: [N]    ~ normal(1)
param w: [n]    ~ normal(1)
param b: []     ~ constant(0.25)

C_pair = mean((y - max(0, x @ w + b))^2)

x_hat = concat([x, ones([N, 1])], axis=1)
w_hat = concat([w, [b]], axis=0)
C_hat = mean((y - max(0, x_hat @ w_hat))^2)

output C_pair, closed_C_pair = C_hat
output grad(C_hat, w_hat), closed_dC_hat_dw_hat = concat([grad(C_pair, w), [grad(C_pair, b)]], axis=0)
# The chain goes on through the concatenation to w and b.
output grad(C_hat, w, b), closed_dC_hat_dw = grad(C_pair, w), closed_dC_hat_db = grad(C_pair, b)
