# Parr & Howard, sections 1 and 6, with the step of Adam (Kingma & Ba, algorithm 1):
#
#   m ← β₁ m + (1 − β₁) g,   s ← β₂ s + (1 − β₂) g²,   w ← w − η (m / (1 − β₁ᵗ)) / (√(s / (1 − β₂ᵗ)) + ε)
#
#   gradc run examples/matrix-calculus/p-6-training-adam.gd --inputs examples/data/neuron_diabetes.npz
precision f64
dim patients, measurements, steps = 100
input x: [patients, measurements]
input y: [patients]
param w: [measurements] ~ zeros
param b: []             ~ constant(1)

# Measurements on one scale, so that one rate suits them all.
scaled = (x - mean(x, axis=0)) / std(x, axis=0)
fn cost(w, b) = mean((y - max(0, scaled @ w + b))^2)
fn adam(p, m, s, g, t, rate=0.1, beta1=0.9, beta2=0.999, eps=1e-8) {
  m_next = beta1 * m + (1 - beta1) * g
  s_next = beta2 * s + (1 - beta2) * g^2
  return p - rate * (m_next / (1 - beta1^t)) / (sqrt(s_next / (1 - beta2^t)) + eps), m_next, s_next
}
fn step(w, m_w, s_w, b, m_b, s_b, number) {
  C = cost(w, b)
  t = f64(number + 1)
  w_next, m_w_next, s_w_next = adam(w, m_w, s_w, grad(C, w), t)
  b_next, m_b_next, s_b_next = adam(b, m_b, s_b, grad(C, b), t)
  return w_next, m_w_next, s_w_next, b_next, m_b_next, s_b_next
}
none = zeros([measurements])
w_end, m_w, s_w, b_end, m_b, s_b = fold(step, (w, none, none, b, 0 * b, 0 * b), iota(steps))

output cost_before = cost(w, b), cost_after = cost(w_end, b_end), w_end, b_end
