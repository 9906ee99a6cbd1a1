# Parr & Howard, section 4.5.2: the total derivative sums over every path by which x reaches the result.
#
#   y = x + x²        u = x²,      dy/dx = ∂y/∂x + ∂y/∂u du/dx = 1 + 2x
#   y = sin(x + x²)                dy/dx = cos(x + x²)(1 + 2x)
#   y = x · x²                     dy/dx = u + x · 2x = 3x²
precision f64
param x: [] ~ uniform(0.5, 1.5)

u1 = x^2
u2 = x + u1
u3 = sin(u2)
u4 = x * u1

output grad(u2, x), closed_du2_dx = 1 + 2 * x
output grad(u3, x), closed_du3_dx = cos(x + x^2) * (1 + 2 * x)
output grad(u4, x), closed_du4_dx = 3 * x^2
# By the intermediate name alone: one path, the partial derivative.
output grad(u2, u1), closed_du2_du1 = 1.0
output grad(u3, u1), closed_du3_du1 = cos(x + x^2)
output grad(u4, u1), closed_du4_du1 = x
