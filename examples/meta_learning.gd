# meta_learning.gd: learning to learn. Each task takes steps of gradient descent from shared weights; the shared weights and the rate
# are judged by where those steps lead, so the derivative passes through the gradients.
#
#   gradc run examples/meta_learning.gd
#
#   For least squares v′ = v − η ∇L(v), ∇L(v) = H v − c, and ∂/∂w of the outer loss is (I − η H)ᵏ applied to its gradient.
precision f64
dim tasks = 3, examples = 6, features = 2, steps = 3
param x_train: [tasks, examples, features] ~ normal(1)
param y_train: [tasks, examples]           ~ normal(1)
param x_test:  [tasks, examples, features] ~ normal(1)
param y_test:  [tasks, examples]           ~ normal(1)
param w:       [features]                  ~ normal(1)
param rate:    []                          ~ constant(0.1)

fn cost(w, x, y) = mse(x @ w, y)
fn adapt(x, y) {
  v, x_same, y_same = fold(descend, (w, x, y), iota(steps))
  return v
}
fn descend(v, x, y, i) {
  c = cost(v, x, y)
  return v - rate * grad(c, v), x, y
}
fn judge(x, y, x_new, y_new) = cost(adapt(x, y), x_new, y_new)
meta = mean(map(judge, x_train, y_train, x_test, y_test))

# By hand: B = I − η H for each task, and the outer gradient at the adapted weights.
adapted = map(adapt, x_train, y_train)
B       = eye(features) - 2 * rate / examples * einsum("tei,tej->tij", x_train, x_train)
outer_  = 2 / examples * einsum("tei,te->ti", x_test, einsum("tei,ti->te", x_test, adapted) - y_test)
output meta, grad(meta, rate), hessian(meta, rate)
output grad(meta, w), closed_dmeta_dw = einsum("tij,tjk,tkl,tl->i", B, B, B, outer_) / tasks
