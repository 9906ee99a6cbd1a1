# Parr & Howard, section 3: partial derivatives, collected into a gradient.
#
#   f(x, y) = 3x²y     ∇f = [∂f/∂x, ∂f/∂y] = [6xy, 3x²]
#   g(x, y) = 2x + y⁸  ∇g = [2, 8y⁷]
precision f64
param x: [] ~ uniform(0.5, 2)
param y: [] ~ uniform(0.5, 1.5)

f = 3 * x^2 * y
g = 2 * x + y^8

output grad(f, x, y), closed_df_dx = 6 * x * y, closed_df_dy = 3 * x^2
output grad(g, x, y), closed_dg_dx = 2.0,       closed_dg_dy = 8 * y^7
