# neuron_diabetes.gd: one ReLU neuron with mean squared error on the diabetes data (442 patients, 10 measurements)
#
#   gradc run examples/neuron_diabetes.gd --inputs examples/data/neuron_diabetes.npz
dim patients, measurements
input x: [patients, measurements]
input y: [patients]
param w: [measurements] ~ zeros
param b: []             ~ zeros
activation = max(0, x @ w + b)
loss = mean((y - activation)^2)
output loss, grad(loss, w, b)
