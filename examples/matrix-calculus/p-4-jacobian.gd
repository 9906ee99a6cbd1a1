# Parr & Howard, section 4: the gradients of several functions, stacked, are the Jacobian (numerator layout: a row a function).
#
#   J = [ ∇f ]  =  [ 6xy  3x² ]      of f = 3x²y and g = 2x + y⁸ by the vector p = [x, y]
#       [ ∇g ]     [ 2    8y⁷ ]
precision f64
param p: [2] ~ uniform(0.5, 1.5)

x, y = p[0], p[1]
f = 3 * x^2 * y
g = 2 * x + y^8
both = [f, g]

output J = jacobian(both, p), closed_J = [[6 * x * y, 3 * x^2], [2, 8 * y^7]]
output grad_f = grad(f, p),   closed_grad_f = [6 * x * y, 3 * x^2]
output rows = stack([grad(f, p), grad(g, p)]), closed_rows = jacobian(both, p)
