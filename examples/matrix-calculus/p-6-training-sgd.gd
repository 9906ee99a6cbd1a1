# Parr & Howard, sections 1 and 6: gradient descent on the neuron, w ← w − η ∂C/∂w, with mini-batches (SGD).
#
# The diabetes data: 442 patients in 13 batches of 34, ten measurements each. The gradient is taken inside the loop.
#
#   gradc run examples/matrix-calculus/p-6-training-sgd.gd --inputs examples/data/neuron_diabetes.npz
precision f64
dim batches = 13, size = 34, measurements = 10, epochs = 20
input x: [batches * size, measurements]
input y: [batches * size]
param w: [measurements] ~ zeros
param b: []             ~ constant(1)
rate = 0.05

fn cost(w, b, x, y) = mean((y - max(0, x @ w + b))^2)
fn step(w, b, x, y) {
  C = cost(w, b, x, y)
  return w - rate * grad(C, w), b - rate * grad(C, b)
}
# Measurements on one scale, so that one rate suits them all.
scaled    = (x - mean(x, axis=0)) / std(x, axis=0)
x_batches = reshape(scaled, [batches, size, measurements])
y_batches = reshape(y, [batches, size])
fn epoch(w, b, number) = fold(step, (w, b), x_batches, y_batches)

w_end, b_end = fold(epoch, (w, b), iota(epochs))

output cost_before = cost(w, b, scaled, y), cost_after = cost(w_end, b_end, scaled, y), w_end, b_end
