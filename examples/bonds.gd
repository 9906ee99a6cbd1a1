# bonds.gd: a yield curve fitted to the prices of bonds, with forward rates, durations and convexities as derivatives.
#
#   gradc run examples/bonds.gd
#
#   P = Σₖ c exp(−y k) + 100 exp(−y m)     −P′/P = Σₖ k cₖ exp(−y k) / P,  P″/P = Σₖ k² cₖ exp(−y k) / P
precision f64
dim years = 10, bonds = 4
param coupon: [bonds] ~ uniform(1, 6)
param quote:  [bonds] ~ uniform(90, 110)
param beta:   [4]     ~ uniform(0.5, 1.5)
maturity = 2 * iota(bonds) + 3
t        = iota(years) + 1

# Nelson and Siegel's curve: level, slope and hump, in per cent.
fn yield(t) {
  x     = t / (1 + beta[3]^2)
  slope = (1 - exp(-x)) / x
  return 0.01 * (beta[0] + beta[1] * slope + beta[2] * (slope - exp(-x)))
}
fn forward_rate(t) = grad(t * yield(t), t)
fn cash(coupon, maturity) = where(t <= maturity, coupon, 0) + where(t == maturity, 100, 0)
fn price(coupon, maturity) = sum(cash(coupon, maturity) * exp(-yield(t) * t))

prices = map(price, coupon, maturity)
fit    = mse(prices, quote)
output prices, fit, grad(fit, beta), hessian(fit, beta)

x = t / (1 + beta[3]^2)
output forward = map(forward_rate, 1.0 * t), closed_forward = 0.01 * (beta[0] + (beta[1] + beta[2] * x) * exp(-x))

fn by_yield(coupon, maturity, y=0.03) {
  value = sum(cash(coupon, maturity) * exp(-y * t))
  return -grad(value, y) / value, hessian(value, y) / value
}
duration, convexity = map(by_yield, coupon, maturity)
paid = map(cash, coupon, maturity) * exp(-0.03 * t)
output duration,  closed_duration = paid @ t / sum(paid, axis=1)
output convexity, closed_convexity = paid @ t^2 / sum(paid, axis=1)
