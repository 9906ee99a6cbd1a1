# black_scholes.gd: the price of European calls and its sensitivities, "the Greeks", each beside its closed form.
#
#   gradc run examples/black_scholes.gd
#
#   C = S Φ(d₁) − K exp(−rT) Φ(d₂),   d₁ = (ln(S/K) + (r + σ²/2) T) / (σ√T),   d₂ = d₁ − σ√T
precision f64
dim options = 5
param spot:       [options] ~ uniform(80, 120)
param strike:     [options] ~ uniform(90, 110)
param time:       [options] ~ uniform(0.25, 2)
param volatility: [options] ~ uniform(0.1, 0.4)
param rate:       []        ~ constant(0.03)

fn Phi(z) = (1 + erf(z / sqrt(2))) / 2
fn phi(z) = exp(-z^2 / 2) / sqrt(2 * pi)

spread = volatility * sqrt(time)
d1     = (log(spot / strike) + (rate + volatility^2 / 2) * time) / spread
d2     = d1 - spread
paid   = strike * exp(-rate * time)
price  = spot * Phi(d1) - paid * Phi(d2)

# Each price depends on its own option alone: the gradient of the sum holds all derivatives.
total = sum(price)
delta = grad(total, spot)

output price
output delta,                       closed_delta = Phi(d1)
output gamma = grad(sum(delta), spot), closed_gamma = phi(d1) / (spot * spread)
output vega  = grad(total, volatility), closed_vega = spot * phi(d1) * sqrt(time)
output theta = -grad(total, time),
       closed_theta = -spot * phi(d1) * volatility / (2 * sqrt(time)) - rate * paid * Phi(d2)
output rho = grad(total, rate),     closed_rho = sum(time * paid * Phi(d2))
output vanna = grad(sum(delta), volatility), closed_vanna = -phi(d1) * d2 / volatility
