# transformer_block.gd: a causal transformer block with several heads: attention, layer norms, a GELU network, residual paths.
#
#   gradc run examples/transformer_block.gd
dim tokens = 8, width = 16, heads = 4, head = 4, inner = 32
param x:    [tokens, width]      ~ normal(1)
param W_q:  [width, heads, head] ~ normal(0.25)
param W_k:  [width, heads, head] ~ normal(0.25)
param W_v:  [width, heads, head] ~ normal(0.25)
param W_o:  [heads, head, width] ~ normal(0.25)
param W_1:  [width, inner]       ~ glorot
param b_1:  [inner]              ~ zeros
param W_2:  [inner, width]       ~ glorot
param b_2:  [width]              ~ zeros
param gain: [2, width]           ~ ones
param bias: [2, width]           ~ zeros

normed = layer_norm(x, gain[0], bias[0])
q = einsum("tw,whd->htd", normed, W_q)
k = einsum("tw,whd->htd", normed, W_k)
v = einsum("tw,whd->htd", normed, W_v)

# A token attends to itself and to what was before it.
scores = einsum("hsd,htd->hst", q, k) / sqrt(head)
allowed = reshape(iota(tokens), [-1, 1]) >= reshape(iota(tokens), [1, -1])
weights = softmax(where(allowed, scores, -inf))
mixed   = einsum("hst,htd->shd", weights, v)
attended = x + einsum("shd,hdw->sw", mixed, W_o)

y = attended + gelu(layer_norm(attended, gain[1], bias[1]) @ W_1 + b_1) @ W_2 + b_2
loss = mean(y^2)

output loss, grad(loss, W_q, W_k, W_v, W_o, W_1, b_1, W_2, b_2, gain, bias)
# Nothing flows back from a token to what comes after it.
output first_by_x = jacobian(y[0, 0], x)
