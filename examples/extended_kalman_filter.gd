# extended_kalman_filter.gd: tracking a pendulum by noisy measurements of its horizontal position.
#
#   gradc run examples/extended_kalman_filter.gd --inputs examples/data/extended_kalman_filter.npz
#
#   predict  x ← f(x),  P ← F P Fᵀ + Q,  F = ∂f/∂x          the filter linearises by `jacobian`,
#   update   K = P hᵀ / (h P hᵀ + R),  h = ∂(measured)/∂x    with no derivative written by hand
precision f64
dim times
input measured: [times]
input start:    [2]
param process:  [] ~ constant(0.001)
param noise:    [] ~ constant(0.04)

fn predict(x, h=0.05) = stack([x[0] + h * x[1], x[1] - h * 9.81 * sin(x[0] + h * x[1])])
fn observe(x) = sin(x[0])

fn step(x, P, z) {
  ahead    = predict(x)
  F        = jacobian(ahead, x)
  P_ahead  = F @ P @ F.T + process * eye(2)
  seen     = observe(ahead)
  h        = grad(seen, ahead)
  gain     = P_ahead @ h / (h @ P_ahead @ h + noise)
  return ahead + gain * (z - seen), P_ahead - outer(gain, h @ P_ahead)
}
states, covariances = scan(step, (start, eye(2)), measured)
expected = sin(states[:, 0])

# How the filter's fit depends on what it believes of its noise: the derivative goes through the whole recursion.
fit = mean((measured - expected)^2)
output states, final_covariance = covariances[-1], fit, grad(fit, noise, process)
