# Johnson, section 2: why a Jacobian is never stored.
#
# With N = 64 and D = M = 4096 the Jacobian ∂y/∂x would have 64 · 4096 · 64 · 4096 elements, 256 GB in f32. Both gradients take
# the memory of their results and the time of a matrix product. The dims are open, so the graph itself holds for all sizes:
#
#   gradc run examples/matrix-calculus/j-2-memory.gd -D N=64 -D D=4096 -D M=4096 --outputs gradients.npz
precision f32
dim N, D, M
param x: [N, D] ~ normal(1)
param w: [D, M] ~ normal(0.015625)
param g: [N, M] ~ normal(1)

y = x @ w

output vjp(y, x, g), closed_dy_dx = g @ w.T
output vjp(y, w, g), closed_dy_dw = x.T @ g
