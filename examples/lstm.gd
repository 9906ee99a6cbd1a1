# lstm.gd: a recurrent network with two states, hidden and cell, and its gradient through time.
#
#   gradc run examples/lstm.gd
#
# One matrix W holds the four gates; `fold` takes the pair of states, so the code does not grow with the length.
precision f64
dim time = 12, features = 3, hidden = 5
param x:      [time, features]                 ~ normal(1)
param target: [hidden]                         ~ uniform(-0.5, 0.5)
param W:      [features + hidden, 4 * hidden]  ~ glorot
param b:      [4 * hidden]                     ~ normal(0.1)

fn cell(h, c, x) {
  gates  = concat([x, h]) @ W + b
  enter  = sigmoid(gates[:hidden])
  forget = sigmoid(gates[hidden : 2 * hidden] + 1)
  leave  = sigmoid(gates[2 * hidden : 3 * hidden])
  fresh  = tanh(gates[3 * hidden :])
  c_next = forget * c + enter * fresh
  return leave * tanh(c_next), c_next
}
h, c = fold(cell, (zeros([hidden]), zeros([hidden])), x)
loss = mse(h, target)

output loss, grad(loss, W, b, x)
