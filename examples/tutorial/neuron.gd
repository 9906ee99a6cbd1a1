# examples/tutorial/neuron.gd: max(0, w·x + b), and the gradient of its error
#
#   gradc run examples/tutorial/neuron.gd --set x=[1,2] --set target=2
dim n
input x: [n]
input target: []
param w: [n] ~ ones
param b: []  ~ zeros
z = sum(w * x) + b
activation = max(0, z)
loss = (target - activation)^2
output activation, grad(loss, w, b)
