# gaussian_mixture.gd: the log-likelihood of a mixture of normal distributions and its gradient, with closed forms.
#
#   gradc run examples/gaussian_mixture.gd
#
#   ℓ = Σᵢ log Σₖ πₖ N(xᵢ; μₖ, σₖ²)     ∂ℓ/∂μₖ = Σᵢ rᵢₖ (xᵢ − μₖ)/σₖ²,   rᵢₖ the share of component k in point i
precision f64
dim points = 15, parts = 3
param x:          [points] ~ normal(2)
param center:     [parts]  ~ normal(2)
param log_spread: [parts]  ~ uniform(-0.5, 0.5)
param score:      [parts]  ~ normal(1)

spread = exp(log_spread)
z      = (reshape(x, [-1, 1]) - center) / spread
joint  = log_softmax(score) - z^2 / 2 - log_spread - log(2 * pi) / 2
likelihood = sum(logsumexp(joint, axis=1))

share = softmax(joint)
output likelihood
output grad(likelihood, center),     closed_dlikelihood_dcenter = sum(share * z / spread, axis=0)
output grad(likelihood, log_spread), closed_dlikelihood_dlog_spread = sum(share * (z^2 - 1), axis=0)
output grad(likelihood, score),      closed_dlikelihood_dscore = sum(share - softmax(score), axis=0)
