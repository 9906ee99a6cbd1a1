# attention.gd: scaled dot-product attention, then a layer norm
#
#   gradc run examples/attention.gd --inputs examples/data/attention.npz
dim tokens, d
input q: [tokens, d]
input k: [tokens, d]
input v: [tokens, d]
param gain: [d] ~ ones
param bias: [d] ~ zeros
weights = softmax(q @ k.T / sqrt(d), axis=-1)
y = layer_norm(weights @ v, gain, bias, eps=1e-5)
loss = mean(y^2)
output loss, grad(loss, q, k, v, gain, bias)
