# neural_ode.gd: a small network as the right side of a differential equation, trained through Runge-Kutta steps.
#
#   gradc run examples/neural_ode.gd
precision f64
dim steps = 20, hidden = 8
param start:  [2]         ~ uniform(0.5, 1)
param W1:     [hidden, 2] ~ normal(0.6)
param b1:     [hidden]    ~ zeros
param W2:     [2, hidden] ~ normal(0.4)

fn slope(s) = W2 @ tanh(W1 @ s + b1)
fn step(s, t, h=0.1) {
  k1 = slope(s)
  k2 = slope(s + h/2 * k1)
  k3 = slope(s + h/2 * k2)
  k4 = slope(s + h * k3)
  return s + h/6 * (k1 + 2*k2 + 2*k3 + k4)
}
times  = (iota(steps) + 1) * 0.1
path   = scan(step, start, times)
# What it should follow: a circle.
circle = stack([cos(times) * start[0] - sin(times) * start[1], sin(times) * start[0] + cos(times) * start[1]], axis=1)
loss   = mse(path, stop_gradient(circle))

output loss, grad(loss, W1, b1, W2), path
