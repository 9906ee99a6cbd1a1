# contrastive.gd: pictures and texts in one space. Each row should match its own column and no other (cross-entropy both ways).
#
#   gradc run examples/contrastive.gd
#
#   S = exp(t) Â B̂ᵀ,  loss = ½ (CE of the rows + CE of the columns)     ∂loss/∂S = (softmax of rows + softmax of columns − 2 I) / 2n
precision f64
dim n = 5, features = 4
param A: [n, features] ~ normal(1)
param B: [n, features] ~ normal(1)
param t: []            ~ constant(0.7)

fn unit(x) = x / norm(x, axis=-1, keepdims=true)
a, b = unit(A), unit(B)
S    = exp(t) * a @ b.T
own  = iota(n)
loss = (mean(softmax_cross_entropy(S, own)) + mean(softmax_cross_entropy(S.T, own))) / 2

by_S = (softmax(S) + softmax(S, axis=0) - 2 * eye(n)) / (2 * n)
by_a = exp(t) * by_S @ b
output loss, right = mean(argmax(S, axis=1) == own)
output grad(loss, S), closed_dloss_dS = by_S
output grad(loss, t), closed_dloss_dt = sum(by_S * S)
# Scaling to length 1 takes the part along a away and divides by the length.
output grad(loss, A), closed_dloss_dA = (by_a - a * sum(by_a * a, axis=1, keepdims=true)) / norm(A, axis=1, keepdims=true)
output grad(loss, B)
