# examples/tutorial/elementwise.gd: vectors, element by element
#
#   gradc run examples/tutorial/elementwise.gd --set w=[1,2,3] --set x=[4,5,6]
dim n
input w: [n]
input x: [n]
y = w * x
output y, jacobian(y, w), jacobian(y, x)
