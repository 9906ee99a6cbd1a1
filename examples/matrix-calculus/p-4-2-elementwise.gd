# Parr & Howard, section 4.2: element-wise operations on two vectors have diagonal Jacobians.
#
#            w + x   w − x   w ⊗ x     w ⊘ x
#   by w     I       I       diag(x)   diag(1/x)
#   by x     I       −I      diag(w)   diag(−w/x²)
precision f64
dim n = 5
param w: [n] ~ normal(1)
param x: [n] ~ uniform(0.5, 2)

plus     = w + x
minus    = w - x
times    = w * x
quotient = w / x

output jacobian(plus, w),     closed_dplus_dw     = eye(n)
output jacobian(plus, x),     closed_dplus_dx     = eye(n)
output jacobian(minus, w),    closed_dminus_dw    = eye(n)
output jacobian(minus, x),    closed_dminus_dx    = -eye(n)
output jacobian(times, w),    closed_dtimes_dw    = diag(x)
output jacobian(times, x),    closed_dtimes_dx    = diag(w)
output jacobian(quotient, w), closed_dquotient_dw = diag(1 / x)
output jacobian(quotient, x), closed_dquotient_dx = diag(-w / x^2)
