# examples/tutorial/descent.gd: stochastic gradient descent as one model, tested on what it has not seen
#
#   gradc run examples/tutorial/descent.gd --inputs examples/data/mlp_digits.npz --set rate=0.5
dim examples, features = 64, hidden = 32, classes = 10
dim batches = 68, size = 25, seen = 1700
input image: [examples, features]
input label: i32[examples]
input rate:  []
param W1: [features, hidden] ~ glorot
param b1: [hidden]           ~ zeros
param W2: [hidden, classes]  ~ glorot
param b2: [classes]          ~ zeros

fn logits(x, W1, b1, W2, b2) = tanh(x @ W1 + b1) @ W2 + b2

fn step(W1, b1, W2, b2, x, t) {
  loss = mean(softmax_cross_entropy(logits(x, W1, b1, W2, b2), t))
  dW1, db1, dW2, db2 = grad(loss, W1, b1, W2, b2)
  return W1 - rate * dW1, b1 - rate * db1, W2 - rate * dW2, b2 - rate * db2
}
x = reshape(image[0:seen], [batches, size, features])
t = reshape(label[0:seen], [batches, size])
V1, c1, V2, c2 = fold(step, (W1, b1, W2, b2), x, t)

before = logits(image[seen:], W1, b1, W2, b2)
after  = logits(image[seen:], V1, c1, V2, c2)
output cost_before = mean(softmax_cross_entropy(before, label[seen:]))
output cost_after  = mean(softmax_cross_entropy(after, label[seen:]))
output accuracy    = mean(argmax(after, axis=-1) == label[seen:])
