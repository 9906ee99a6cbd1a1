# Parr & Howard, section 5: "other affine functions such as convolution".
#
#   y = x ⋆ k (a correlation, as networks use it) with a given ∂L/∂y = g:
#   ∂L/∂k = x ⋆ g, summed over the examples        ∂L/∂x = g ⋆ (k turned by 180°), padded to the size of x
#
# Both are convolutions again: the transpose of a convolution is one.
precision f64
dim N = 2, I = 3, O = 2
param x: [N, I, 6, 5] ~ normal(1)
param k: [O, I, 3, 2] ~ normal(1)
param g: [N, O, 4, 4] ~ normal(1)

y = conv2d(x, k)

x_swapped = transpose(x, axes=[1, 0, 2, 3])
g_swapped = transpose(g, axes=[1, 0, 2, 3])
turned    = flip(transpose(k, axes=[1, 0, 2, 3]), axis=[2, 3])
g_padded  = pad(g, [[0, 0], [0, 0], [2, 2], [1, 1]])

output vjp(y, k, g), closed_dy_dk = transpose(conv2d(x_swapped, g_swapped), axes=[1, 0, 2, 3])
output vjp(y, x, g), closed_dy_dx = conv2d(g_padded, turned)
