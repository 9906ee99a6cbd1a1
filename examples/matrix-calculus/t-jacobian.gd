# Tan, "Deep Learning Foundations": the Jacobian of two functions of two variables.
#
#   f = 3x²(2y + 7),  g = 4x + y²       J = [ 6x(2y + 7)  6x² ]
#                                           [ 4           2y  ]
precision f64
param p: [2] ~ normal(1)

x, y = p[0], p[1]
both = stack([3 * x^2 * (2 * y + 7), 4 * x + y^2])

output J = jacobian(both, p), closed_J = [[6 * x * (2 * y + 7), 6 * x^2], [4, 2 * y]]
