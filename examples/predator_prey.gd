# predator_prey.gd: the rates of the Lotka-Volterra equations from observed populations.
#
#   gradc run examples/predator_prey.gd --inputs examples/data/predator_prey.npz
#
#   prey′ = α prey − β prey·predators      predators′ = δ prey·predators − γ predators
#
# A scan through the observations, half a unit of time apart, holds a fold of small steps;
# the rates, kept positive by their logarithms, are learnt by gradient descent.
precision f64
dim times, substeps = 5, iterations = 40
input populations: [times, 2]
param log_rates: [4] ~ constant(-0.4)

fn slope(s, k) = stack([s[0] * (k[0] - k[1] * s[1]), s[1] * (k[2] * s[0] - k[3])])
fn advance(s, k, h=0.1) {
  k1 = slope(s, k)
  k2 = slope(s + h/2 * k1, k)
  k3 = slope(s + h/2 * k2, k)
  k4 = slope(s + h * k3, k)
  return s + h/6 * (k1 + 2*k2 + 2*k3 + k4)
}
fn interval(s, k) = fold(advance, s, broadcast_to(k, [substeps, 4]))
fn trajectory(log_rates) = scan(interval, populations[0], broadcast_to(exp(log_rates), [times - 1, 4]))
fn cost(log_rates) = mse(log(trajectory(log_rates)), log(populations[1:]))

fn descend(log_rates, number, rate=0.1) = log_rates - rate * grad(cost(log_rates), log_rates)
found = fold(descend, log_rates, iota(iterations))

output rates = exp(found), cost_before = cost(log_rates), cost_after = cost(found), gradient = grad(cost(log_rates), log_rates)
