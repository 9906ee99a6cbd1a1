# Parr & Howard, section 4.3: a scalar z meets every element of a vector x.
#
#            x + z                  x z
#   by x     I                      z I = diag(z, …, z)
#   by z     the column of ones     the column x
precision f64
dim n = 5
param x: [n] ~ normal(1)
param z: []  ~ normal(1)

plus  = x + z
times = x * z

output jacobian(plus, x),  closed_dplus_dx  = eye(n)
output jacobian(plus, z),  closed_dplus_dz  = ones([n])
output jacobian(times, x), closed_dtimes_dx = z * eye(n)
output jacobian(times, z), closed_dtimes_dz = x
