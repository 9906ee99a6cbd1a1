# garch.gd: the likelihood of returns whose variance follows its own past, and the score by the recursion written out.
#
#   gradc run examples/garch.gd
#
#   hₜ = ω + α rₜ₋₁² + β hₜ₋₁,  ℓ = −½ Σ (log 2π hₜ + rₜ²/hₜ)     ∂hₜ/∂(ω, α, β) = (1, rₜ₋₁², hₜ₋₁) + β ∂hₜ₋₁/∂(ω, α, β)
precision f64
dim days = 40
param r:     [days] ~ normal(0.5)
param omega: []     ~ constant(0.02)
param alpha: []     ~ constant(0.15)
param beta:  []     ~ constant(0.8)
h0 = mean(r^2)

fn variance(h, r) = omega + alpha * r^2 + beta * h
h = concat([reshape(h0, [1]), scan(variance, h0, r[:-1])])
likelihood = -0.5 * sum(log(2 * pi * h) + r^2 / h)

fn sensitivity(s, r, h) = [1, r^2, h] + beta * s
s     = concat([zeros([1, 3]), scan(sensitivity, zeros([3]), r[:-1], h[:-1])])
score = 0.5 * ((r^2 / h - 1) / h) @ s

output likelihood, tomorrow = variance(h[-1], r[-1])
output grad(likelihood, omega), closed_dlikelihood_domega = score[0]
output grad(likelihood, alpha), closed_dlikelihood_dalpha = score[1]
output grad(likelihood, beta),  closed_dlikelihood_dbeta = score[2]
output curvature = hessian(likelihood, beta)
