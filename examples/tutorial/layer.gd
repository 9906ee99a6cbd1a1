# examples/tutorial/layer.gd: a batch of examples through a linear layer
#
#   gradc run examples/tutorial/layer.gd --set x=[[1,2,3],[4,5,6]] --set W=[[1,0],[0,1],[1,1]] --set g=[[1,0],[0,1]]
dim batch, features, classes
input x: [batch, features]
input g: [batch, classes]
param W: [features, classes] ~ glorot
y = x @ W
output y, vjp(y, x, g), vjp(y, W, g)
