# A recurrent network with two states
dim steps
param x: [steps, 16]
param W: [48, 128]
param b: [128]
fn cell(h, c, row) {
  gates = concat([row, h]) @ W + b
  c_next = sigmoid(gates[32:64]) * c + sigmoid(gates[:32]) * tanh(gates[96:])
  return sigmoid(gates[64:96]) * tanh(c_next), c_next
}
h, c = fold(cell, (zeros([32]), zeros([32])), x)
loss = sum(h^2)
output loss, grad(loss, x, W, b)
