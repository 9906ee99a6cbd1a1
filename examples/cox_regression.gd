# cox_regression.gd: proportional hazards. With the patients in falling order of time, who is at risk is a running sum.
#
#   gradc run examples/cox_regression.gd
#
#   ℓ = Σ over deaths i of (ηᵢ − log Σ_{j at risk} exp ηⱼ),  η = X w     ∂ℓ/∂w = Σ (xᵢ − mean of x over those at risk, weighted by exp η)
precision f64
dim patients = 12, traits = 3
param X: [patients, traits] ~ normal(1)
param w: [traits]           ~ normal(0.5)
died = remainder(iota(patients), 3) != 0     # the others are censored

hazard = exp(X @ w)
risk   = cumsum(hazard)
likelihood = sum(where(died, X @ w - log(risk), 0))

weight = reshape(hazard, [-1, 1])
center = cumsum(weight * X) / reshape(risk, [-1, 1])
output likelihood
output grad(likelihood, w), closed_dlikelihood_dw = sum((X - center) * reshape(died, [-1, 1]), axis=0)
second = cumsum(reshape(weight, [-1, 1, 1]) * einsum("pi,pj->pij", X, X)) / reshape(risk, [-1, 1, 1])
output hessian(likelihood, w), closed_d2likelihood_dw2 = -einsum("p,pij->ij", died, second - einsum("pi,pj->pij", center, center))
