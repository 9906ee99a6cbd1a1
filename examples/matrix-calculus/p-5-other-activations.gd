# Parr & Howard, section 5: "other activations such as exponential linear units". Element by element each has a diagonal
# Jacobian, so the gradient of the sum holds all of it.
#
#   relu′  = 1 where z > 0, else 0                  leaky′    = 1 where z > 0, else the slope
#   elu′   = 1 where z > 0, else α eᶻ                softplus′ = σ(z)
#   σ′     = σ(1 − σ)                               tanh′     = 1 − tanh²
#   silu′  = σ(z)(1 + z(1 − σ(z)))                  gelu′     = Φ(z) + z φ(z), Φ and φ of the normal distribution
precision f64
dim n = 9
param z: [n] ~ normal(2)

s   = sigmoid(z)
Phi = (1 + erf(z / sqrt(2))) / 2
phi = exp(-z^2 / 2) / sqrt(2 * pi)

y_relu     = sum(relu(z))
y_leaky    = sum(leaky_relu(z, slope=0.1))
y_elu      = sum(elu(z, alpha=1.5))
y_softplus = sum(softplus(z))
y_sigmoid  = sum(sigmoid(z))
y_tanh     = sum(tanh(z))
y_silu     = sum(silu(z))
y_gelu     = sum(gelu(z))

output grad(y_relu, z),     closed_dy_relu_dz     = f64(z > 0)
output grad(y_leaky, z),    closed_dy_leaky_dz    = where(z > 0, 1, 0.1)
output grad(y_elu, z),      closed_dy_elu_dz      = where(z > 0, 1, 1.5 * exp(z))
output grad(y_softplus, z), closed_dy_softplus_dz = s
output grad(y_sigmoid, z),  closed_dy_sigmoid_dz  = s * (1 - s)
output grad(y_tanh, z),     closed_dy_tanh_dz     = 1 - tanh(z)^2
output grad(y_silu, z),     closed_dy_silu_dz     = s * (1 + z * (1 - s))
output grad(y_gelu, z),     closed_dy_gelu_dz     = Phi + z * phi
