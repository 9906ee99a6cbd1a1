# Parr & Howard, section 4.5.1: one graph, differentiated forward (from x) and backward (from y).
#
# For y = f(x) with the Jacobian J, forward mode gives J v and reverse mode uᵀ J, for any v and u:
#
#   ⟨u, J v⟩ = ⟨Jᵀ u, v⟩
precision f64
dim n = 4, m = 3
param x: [n]    ~ normal(1)
param A: [m, n] ~ normal(1)
param v: [n]    ~ normal(1)
param u: [m]    ~ normal(1)

y = tanh(A @ x) * sum(x^2) + sin(A @ x^2)

forward  = jvp(y, x, v)
backward = vjp(y, x, u)
J        = jacobian(y, x)

output forward,  closed_forward  = J @ v
output backward, closed_backward = u @ J
output pairing = dot(u, forward), closed_pairing = dot(backward, v)
