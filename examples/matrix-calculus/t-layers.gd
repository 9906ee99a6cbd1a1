# Tan, "Deep Learning Foundations": the parts of a layer and their Jacobians.
#
#   h = f(u), element by element:   ∂h/∂u = diag(f′(u))
#   u = W x + b:                    ∂u/∂x = W,  ∂u/∂b = I
#   s = uᵀ h:                       ∂s/∂u = hᵀ
precision f64
dim n = 4, m = 3
param x: [n]    ~ normal(1)
param W: [m, n] ~ normal(1)
param b: [m]    ~ normal(1)
param o: [m]    ~ normal(1)

u = W @ x + b
h = tanh(u)
s = dot(o, h)

output jacobian(h, u), closed_dh_du = diag(1 - tanh(u)^2)
output jacobian(u, x), closed_du_dx = W
output jacobian(u, b), closed_du_db = eye(m)
# By the weights: a tensor of rank three, δᵢⱼ xₖ.
output jacobian(u, W), closed_du_dW = einsum("ij,k->ijk", eye(m), x)
output jacobian(s, o), closed_ds_do = h
# The whole layer: the product of the three.
output jacobian(s, x), closed_ds_dx = o @ diag(1 - tanh(u)^2) @ W
output grad(s, W),     closed_ds_dW = outer(o * (1 - tanh(u)^2), x)
