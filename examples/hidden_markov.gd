# hidden_markov.gd: the forward algorithm. The posterior of the hidden states, which takes a second, backward recursion when written
# by hand, is the derivative of the log-likelihood by the log-probabilities of what was seen.
#
#   gradc run examples/hidden_markov.gd
#
#   αₜ = logsumexpᵢ(αₜ₋₁ᵢ + Aᵢⱼ) + eₜⱼ,  ℓ = logsumexp α_T     ∂ℓ/∂eₜⱼ = p(state j at t | all of it) = exp(αₜⱼ + βₜⱼ − ℓ)
precision f64
dim times = 7, states = 3, symbols = 4
param jump:  [states, states]  ~ normal(1)
param emit:  [states, symbols] ~ normal(1)
param first: [states]          ~ normal(1)
seen = remainder(iota(times)^2, symbols)

A = log_softmax(jump)
e = log_softmax(emit).T[seen]              # [times, states]

fn forward(alpha, e) = logsumexp(reshape(alpha, [states, 1]) + A, axis=0) + e
start      = log_softmax(first) + e[0]
later      = scan(forward, start, e[1:])
likelihood = logsumexp(later[-1])
posterior  = grad(likelihood, e)

# The backward recursion, from the end: βₜᵢ = logsumexpⱼ(Aᵢⱼ + eₜ₊₁ⱼ + βₜ₊₁ⱼ).
fn backward(beta, e) = logsumexp(A + e + beta, axis=1)
beta  = concat([flip(scan(backward, zeros([states]), flip(e[1:], axis=0)), axis=0), zeros([1, states])])
alpha = concat([reshape(start, [1, states]), later])

output likelihood, grad(likelihood, jump, emit, first)
output posterior, closed_posterior = exp(alpha + beta - likelihood)
