# examples/tutorial/sum.gd: a sum turns a vector into a number
#
#   gradc run examples/tutorial/sum.gd --set w=[1,2,3] --set x=[4,5,6]
dim n
input w: [n]
input x: [n]
y = w * x
z = sum(y)
output z, jacobian(z, y), grad(z, w)
