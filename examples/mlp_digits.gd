# mlp_digits.gd: handwritten digits, 8 by 8 pixels, two layers, cross-entropy
#
#   gradc run examples/mlp_digits.gd --inputs examples/data/mlp_digits.npz
dim batch, pixels = 64, hidden = 32, classes = 10
input image: [batch, pixels]
input label: i32[batch]
param W1: [pixels, hidden]  ~ glorot
param b1: [hidden]          ~ zeros
param W2: [hidden, classes] ~ glorot
param b2: [classes]         ~ zeros
h      = relu(image @ W1 + b1)
logits = h @ W2 + b2
loss   = mean(softmax_cross_entropy(logits, label))
output loss, grad(loss, W1, b1, W2, b2)
