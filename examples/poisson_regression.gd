# poisson_regression.gd: counts explained by measurements: log-likelihood, score and observed information, with closed forms.
#
#   gradc run examples/poisson_regression.gd
#
#   ℓ(β) = Σᵢ yᵢ xᵢ·β − exp(xᵢ·β)      ∇ℓ = Xᵀ (y − μ)      −∇²ℓ = Xᵀ diag(μ) X,   μ = exp(Xβ)
precision f64
dim observations = 20, measurements = 3
param x:    [observations, measurements] ~ normal(0.5)
param raw:  [observations]               ~ uniform(0, 6)
param beta: [measurements]               ~ normal(0.5)

counts = stop_gradient(floor(raw))
eta = x @ beta
mu  = exp(eta)
log_likelihood = sum(counts * eta - mu)

output log_likelihood
output score = grad(log_likelihood, beta),           closed_score = x.T @ (counts - mu)
output information = -hessian(log_likelihood, beta), closed_information = x.T @ diag(mu) @ x
