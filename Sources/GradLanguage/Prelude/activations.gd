# Element-wise functions that are made of others.

# slope · x below 0; its derivative at 0 is the slope.
fn leaky_relu(x, slope=0.01) = where(x > 0, x, slope * x)

# alpha (exp x - 1) below 0. The exponential never sees a positive x, where it could overflow.
fn elu(x, alpha=1) = where(x > 0, x, alpha * expm1(min(x, 0)))
