# examples/tutorial/step.gd: a step of gradient descent; its outputs bear the names of what the next step is given
#
#   gradc run examples/tutorial/step.gd --inputs examples/data/mlp_digits.npz --set rate=0.1
dim batch, features = 64, hidden = 32, classes = 10
input image: [batch, features]
input label: i32[batch]
input rate:  []
param W1: [features, hidden] ~ glorot
param b1: [hidden]           ~ zeros
param W2: [hidden, classes]  ~ glorot
param b2: [classes]          ~ zeros

loss = mean(softmax_cross_entropy(tanh(image @ W1 + b1) @ W2 + b2, label))
dW1, db1, dW2, db2 = grad(loss, W1, b1, W2, b2)

output loss
output W1 = W1 - rate * dW1, b1 = b1 - rate * db1
output W2 = W2 - rate * dW2, b2 = b2 - rate * db2
