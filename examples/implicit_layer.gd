# implicit_layer.gd: a layer that is the solution of its own equation, found by iteration. The derivative through the iteration is
# that of the implicit function theorem.
#
#   gradc run examples/implicit_layer.gd
#
#   z = tanh(W z + x)     ∂z/∂x = (I − D W)⁻¹ D,  D = diag(1 − z²); a loss with gradient u gives uᵀ ∂z/∂x
precision f64
dim n = 4
param W: [n, n] ~ uniform(-0.25, 0.25)
param x: [n]    ~ normal(1)

fn again(z, i) = tanh(W @ z + x)
z    = fold(again, zeros([n]), iota(60))
loss = sum(z^2)

# (I − D W)⁻ᵀ u by its own fixed point: v = u + (D W)ᵀ v.
u = 2 * z
D = 1 - z^2
fn adjoint(v, i) = u + (D * v) @ W
v = D * fold(adjoint, u, iota(60))
output z, settled = again(z, 0), closed_settled = z
output grad(loss, x), closed_dloss_dx = v
output grad(loss, W), closed_dloss_dW = outer(v, z)
