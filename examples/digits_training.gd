# digits_training.gd: a network of two layers learns handwritten digits: batches, Adam and the gradient in one model.
#
#   gradc run examples/digits_training.gd --inputs examples/data/mlp_digits.npz --outputs trained.npz
#
# The first 1500 images train it, in 15 batches of 100; the other 297 test it.
dim images = 1797, trained = 1500, batches = 15, size = 100, epochs = 10
dim pixels = 64, hidden = 32, classes = 10
input image: [images, pixels]
input label: i32[images]
param A: [pixels, hidden]  ~ glorot
param a: [hidden]          ~ zeros
param B: [hidden, classes] ~ glorot
param b: [classes]         ~ zeros

fn logits(x, A, a, B, b) = relu(x @ A + a) @ B + b

fn adam(p, m, s, g, t, rate=0.01, beta1=0.9, beta2=0.999, eps=1e-8) {
  m_next = beta1 * m + (1 - beta1) * g
  s_next = beta2 * s + (1 - beta2) * g^2
  return p - rate * (m_next / (1 - beta1^t)) / (sqrt(s_next / (1 - beta2^t)) + eps), m_next, s_next
}

fn step(A, m_A, s_A, a, m_a, s_a, B, m_B, s_B, b, m_b, s_b, t, x, truth) {
  loss = mean(softmax_cross_entropy(logits(x, A, a, B, b), truth))
  A_next, m_A_next, s_A_next = adam(A, m_A, s_A, grad(loss, A), t)
  a_next, m_a_next, s_a_next = adam(a, m_a, s_a, grad(loss, a), t)
  B_next, m_B_next, s_B_next = adam(B, m_B, s_B, grad(loss, B), t)
  b_next, m_b_next, s_b_next = adam(b, m_b, s_b, grad(loss, b), t)
  return A_next, m_A_next, s_A_next, a_next, m_a_next, s_a_next, B_next, m_B_next, s_B_next, b_next, m_b_next, s_b_next, t + 1
}

x_batches     = reshape(image[:trained], [batches, size, pixels])
truth_batches = reshape(label[:trained], [batches, size])

fn epoch(A, m_A, s_A, a, m_a, s_a, B, m_B, s_B, b, m_b, s_b, t, number) =
  fold(step, (A, m_A, s_A, a, m_a, s_a, B, m_B, s_B, b, m_b, s_b, t), x_batches, truth_batches)

A_end, m_A, s_A, a_end, m_a, s_a, B_end, m_B, s_B, b_end, m_b, s_b, t =
  fold(epoch, (A, 0 * A, 0 * A, a, 0 * a, 0 * a, B, 0 * B, 0 * B, b, 0 * b, 0 * b, 1.0), iota(epochs))

fn loss(x, truth, A, a, B, b) = mean(softmax_cross_entropy(logits(x, A, a, B, b), truth))
fn accuracy(x, truth, A, a, B, b) = mean(argmax(logits(x, A, a, B, b), axis=1) == truth)

x_test, truth_test = image[trained:], label[trained:]
output cost_before = loss(x_test, truth_test, A, a, B, b)
output cost_after  = loss(x_test, truth_test, A_end, a_end, B_end, b_end)
output accuracy_before = accuracy(x_test, truth_test, A, a, B, b)
output accuracy_after  = accuracy(x_test, truth_test, A_end, a_end, B_end, b_end)
output A_end, a_end, B_end, b_end
