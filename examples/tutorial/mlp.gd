# examples/tutorial/mlp.gd: two layers, softmax and cross-entropy
#
#   gradc run examples/tutorial/mlp.gd --inputs examples/data/mlp_digits.npz
dim batch, features = 64, hidden = 32, classes = 10
input image: [batch, features]
input label: i32[batch]
param W1: [features, hidden] ~ glorot
param b1: [hidden]           ~ zeros
param W2: [hidden, classes]  ~ glorot
param b2: [classes]          ~ zeros

h      = tanh(image @ W1 + b1)
logits = h @ W2 + b2
loss   = mean(softmax_cross_entropy(logits, label))

output loss, grad(loss, W1, b1, W2, b2)
