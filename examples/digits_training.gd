# digits_training.gd: a network of two layers learns handwritten digits: batches, Adam and the gradient in one model.
#
#   gradc run examples/digits_training.gd --inputs examples/data/mlp_digits.npz --outputs trained.npz
#
# The first 1500 images train it, in 15 batches of 100; the other 297 test it.
dim images = 1797, trained = 1500, batches = 15, size = 100, epochs = 4
dim pixels = 64, hidden = 32, classes = 10
input image: [images, pixels]
input label: i32[images]
param W1: [pixels, hidden]  ~ glorot
param b1: [hidden]          ~ zeros
param W2: [hidden, classes] ~ glorot
param b2: [classes]         ~ zeros

fn logits(x, W1, b1, W2, b2) = relu(x @ W1 + b1) @ W2 + b2

fn adam(p, m, s, g, t, rate=0.01, beta1=0.9, beta2=0.999, eps=1e-8) {
  m_next = beta1 * m + (1 - beta1) * g
  s_next = beta2 * s + (1 - beta2) * g^2
  return p - rate * (m_next / (1 - beta1^t)) / (sqrt(s_next / (1 - beta2^t)) + eps), m_next, s_next
}

fn step(W1, mW1, sW1, b1, mb1, sb1, W2, mW2, sW2, b2, mb2, sb2, t, x, truth) {
  loss = mean(softmax_cross_entropy(logits(x, W1, b1, W2, b2), truth))
  W1n, mW1n, sW1n = adam(W1, mW1, sW1, grad(loss, W1), t)
  b1n, mb1n, sb1n = adam(b1, mb1, sb1, grad(loss, b1), t)
  W2n, mW2n, sW2n = adam(W2, mW2, sW2, grad(loss, W2), t)
  b2n, mb2n, sb2n = adam(b2, mb2, sb2, grad(loss, b2), t)
  return W1n, mW1n, sW1n, b1n, mb1n, sb1n, W2n, mW2n, sW2n, b2n, mb2n, sb2n, t + 1
}

x_batches     = reshape(image[:trained], [batches, size, pixels])
truth_batches = reshape(label[:trained], [batches, size])

fn epoch(W1, mW1, sW1, b1, mb1, sb1, W2, mW2, sW2, b2, mb2, sb2, t, number) =
  fold(step, (W1, mW1, sW1, b1, mb1, sb1, W2, mW2, sW2, b2, mb2, sb2, t), x_batches, truth_batches)

W1_end, mW1, sW1, b1_end, mb1, sb1, W2_end, mW2, sW2, b2_end, mb2, sb2, t =
  fold(epoch, (W1, 0 * W1, 0 * W1, b1, 0 * b1, 0 * b1, W2, 0 * W2, 0 * W2, b2, 0 * b2, 0 * b2, 1.0), iota(epochs))

fn loss(x, truth, W1, b1, W2, b2) = mean(softmax_cross_entropy(logits(x, W1, b1, W2, b2), truth))
fn accuracy(x, truth, W1, b1, W2, b2) = mean(argmax(logits(x, W1, b1, W2, b2), axis=1) == truth)

x_test, truth_test = image[trained:], label[trained:]
output cost_before = loss(x_test, truth_test, W1, b1, W2, b2)
output cost_after  = loss(x_test, truth_test, W1_end, b1_end, W2_end, b2_end)
output accuracy_before = accuracy(x_test, truth_test, W1, b1, W2, b2)
output accuracy_after  = accuracy(x_test, truth_test, W1_end, b1_end, W2_end, b2_end)
output W1_end, b1_end, W2_end, b2_end
