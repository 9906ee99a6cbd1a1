# convolution.gd: convolution, rectifier, pooling and a linear readout
#
#   gradc run examples/convolution.gd --inputs examples/data/convolution.npz
dim batch
input image: [batch, 2, 8, 8]
param k: [3, 2, 3, 3] ~ he
param W: [48, 4]       ~ glorot
features = max_pool2d(relu(conv2d(image, k, padding=1)), 2)
scores = reshape(features, [batch, -1]) @ W
loss = mean(scores^2)
output loss, grad(loss, k, W, image)
