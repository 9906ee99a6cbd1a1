# Parr & Howard, "The Matrix Calculus You Need For Deep Learning", section 2: the rules for scalars.
#
#   d/dx 99 = 0            d/dx 3x = 3           d/dx x³ = 3x²          d/dx (x² + 3x) = 2x + 3
#   d/dx x² x = 3x²        d/dx ln x² = 2/x      d/dx 9(x + x²) = 9 + 18x
#
# Here as in every file of this folder, an output `closed_N` is the closed form that the derivative `N` must equal.
precision f64
param x: [] ~ uniform(0.5, 2)

constant: [] = 99
multiple  = 3 * x
cube      = x^3
sums      = x^2 + 3 * x
product   = x^2 * x
chain     = log(x^2)
distribute = 9 * (x + x^2)

output grad(constant, x),   closed_dconstant_dx   = 0.0
output grad(multiple, x),   closed_dmultiple_dx   = 3.0
output grad(cube, x),       closed_dcube_dx       = 3 * x^2
output grad(sums, x),       closed_dsums_dx       = 2 * x + 3
output grad(product, x),    closed_dproduct_dx    = 3 * x^2
output grad(chain, x),      closed_dchain_dx      = 2 / x
output grad(distribute, x), closed_ddistribute_dx = 9 + 18 * x
