# Parr & Howard, section 4.5.1: the chain rule for one variable, a function inside a function.
#
#   y = sin(x²)           u = x²,                             dy/dx = dy/du du/dx = 2x cos x²
#   y = ln(sin(x³)²)      u₁ = x³, u₂ = sin u₁, u₃ = u₂²,      dy/dx = 6x² cos x³ / sin x³
precision f64
param x: [] ~ uniform(0.5, 1.2)

u = x^2
y = sin(u)

u1 = x^3
u2 = sin(u1)
u3 = u2^2
y4 = log(u3)

output grad(y, x), closed_dy_dx = 2 * x * cos(x^2)
output by_the_chain = grad(y, u) * grad(u, x), closed_by_the_chain = 2 * x * cos(x^2)

output grad(y4, x), closed_dy4_dx = 6 * x^2 * cos(x^3) / sin(x^3)
# The factors one by one, each a derivative by a name.
output grad(u1, x),   closed_du1_dx  = 3 * x^2
output grad(u2, u1),  closed_du2_du1 = cos(x^3)
output grad(u3, u2),  closed_du3_du2 = 2 * sin(x^3)
output grad(y4, u3),  closed_dy4_du3 = 1 / sin(x^3)^2
output by_four_factors = grad(y4, u3) * grad(u3, u2) * grad(u2, u1) * grad(u1, x), closed_by_four_factors = grad(y4, x)
