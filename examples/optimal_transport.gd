# optimal_transport.gd: the cost of moving one cloud of points onto another, smoothed by entropy, by Sinkhorn's iteration.
#
#   gradc run examples/optimal_transport.gd
#
#   min over plans P with the given margins of Σ P C + τ Σ P (log P − 1)     its derivative by C is the best plan itself
precision f64
dim n = 4, m = 3, steps = 150
param x: [n, 2] ~ uniform(0, 1)
param y: [m, 2] ~ uniform(0, 1)
tau = 0.5
C = sum((reshape(x, [n, 1, 2]) - y)^2, axis=2)

fn sweep(f, g, i) {
  f_next = -tau * logsumexp((g - C) / tau, axis=1) - tau * log(n)
  g_next = -tau * logsumexp((reshape(f_next, [n, 1]) - C) / tau, axis=0) - tau * log(m)
  return f_next, g_next
}
f, g = fold(sweep, (zeros([n]), zeros([m])), iota(steps))
plan = exp((reshape(f, [n, 1]) + g - C) / tau)
cost = sum(plan * C) + tau * sum(plan * (log(plan) - 1))

output plan, cost
output leaving = sum(plan, axis=1),  closed_leaving = full([n], 1 / n)
output arriving = sum(plan, axis=0), closed_arriving = full([m], 1 / m)
output grad(cost, C), closed_dcost_dC = plan
output grad(cost, x), closed_dcost_dx = 2 * (x / n - plan @ y)
