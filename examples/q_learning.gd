# q_learning.gd: temporal differences. The target is made of the same table of values, yet must be held still: `stop_gradient`.
#
#   gradc run examples/q_learning.gd
#
#   loss = mean (r + γ max Q(s′) − Q(s, a))²     ∂loss/∂Q = −2/n Σ error at (s, a), nothing by way of the target
precision f64
dim states = 5, actions = 3, n = 8
param Q:      [states, actions] ~ normal(1)
param reward: [n]               ~ uniform(0, 1)
state  = remainder(3 * iota(n), states)
action = remainder(iota(n), actions)
next   = remainder(state + action + 1, states)

fn at(table, state, action) = reshape(table, [-1])[state * actions + action]
target = stop_gradient(reward + 0.9 * max(Q[next], axis=1))
error  = target - at(Q, state, action)
loss   = mean(error^2)

output loss, grad(loss, Q), closed_dloss_dQ = -2 / n * einsum("n,ns,na->sa", error, one_hot(state, states), one_hot(action, actions))
output policy = argmax(Q, axis=1)
fn descend(Q, i) {
  target = stop_gradient(reward + 0.9 * max(Q[next], axis=1))
  cost   = mse(target, at(Q, state, action))
  return Q - 0.5 * grad(cost, Q)
}
learnt      = fold(descend, Q, iota(200))
cost_before = loss
cost_after  = mean((reward + 0.9 * max(learnt[next], axis=1) - at(learnt, state, action))^2)
output cost_before, cost_after
