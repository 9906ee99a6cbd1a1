# logistic_regression.gd: is a handwritten digit an eight? Fifty steps of gradient descent, inside the model.
#
#   gradc run examples/logistic_regression.gd --inputs examples/data/mlp_digits.npz
dim images, pixels = 64, steps = 50
input image: [images, pixels]
input label: i32[images]
param w: [pixels] ~ zeros
param b: []       ~ zeros

target = where(label == 8, 1.0, 0.0)
fn cost(w, b) = mean(sigmoid_cross_entropy(image @ w + b, target)) + 0.001 * sum(w^2)
fn step(w, b, number, rate=0.5) {
  C = cost(w, b)
  return w - rate * grad(C, w), b - rate * grad(C, b)
}
w_end, b_end = fold(step, (w, b), iota(steps))

is_eight = image @ w_end + b_end > 0
output cost_before = cost(w, b), cost_after = cost(w_end, b_end), accuracy = mean(is_eight == (label == 8)), w_end
