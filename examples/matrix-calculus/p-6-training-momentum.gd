# Parr & Howard, sections 1 and 6: gradient descent with momentum. The step remembers where it was going:
#
#   v ← μ v + ∂C/∂w,   w ← w − η v
#
#   gradc run examples/matrix-calculus/p-6-training-momentum.gd --inputs examples/data/neuron_diabetes.npz
precision f64
dim patients, measurements, steps = 100
input x: [patients, measurements]
input y: [patients]
param w: [measurements] ~ zeros
param b: []             ~ constant(1)

# Measurements on one scale, so that one rate suits them all.
scaled = (x - mean(x, axis=0)) / std(x, axis=0)
fn cost(w, b) = mean((y - max(0, scaled @ w + b))^2)
fn step(w, b, v_w, v_b, number, rate=0.02, mu=0.9) {
  C = cost(w, b)
  v_w_next = mu * v_w + grad(C, w)
  v_b_next = mu * v_b + grad(C, b)
  return w - rate * v_w_next, b - rate * v_b_next, v_w_next, v_b_next
}
w_end, b_end, v_w, v_b = fold(step, (w, b, zeros([measurements]), 0 * b), iota(steps))

output cost_before = cost(w, b), cost_after = cost(w_end, b_end), w_end, b_end
