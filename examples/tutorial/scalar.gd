# examples/tutorial/scalar.gd: a function of one number, and its slope
#
#   gradc run examples/tutorial/scalar.gd --set x=2
input x: []
u = x^2
y = sin(u)
output y, grad(y, u), grad(y, x)
