# Reductions that are made of others.

# Divided by n, not by n - 1.
fn var(x, axis=_all, keepdims=false) =
  mean(square(x - mean(x, axis=axis, keepdims=true)), axis=axis, keepdims=keepdims)

fn std(x, axis=_all, keepdims=false) = _root(var(x, axis=axis, keepdims=keepdims))

fn norm(x, axis=_all, keepdims=false) = _root(sum(square(x), axis=axis, keepdims=keepdims))

# The square root with derivative 0 at 0.
fn _root(s) = where(s == 0, 0, sqrt(where(s == 0, 1, s)))

# What exponentials are shifted by: the maximum, where it is finite. A constant for every derivative, for the shift cancels.
fn _shift(x, axis) {
  m = stop_gradient(max(x, axis=axis, keepdims=true))
  return where(abs(m) == inf, 0, m)
}

fn logsumexp(x, axis=_all, keepdims=false) {
  m = _shift(x, axis)
  # The shift has extent 1 along the axes: its sum takes them away.
  return log(sum(exp(x - m), axis=axis, keepdims=keepdims)) + sum(m, axis=axis, keepdims=keepdims)
}

fn softmax(x, axis=-1) {
  e = exp(x - _shift(x, axis))
  return e / sum(e, axis=axis, keepdims=true)
}

fn log_softmax(x, axis=-1) {
  z = x - _shift(x, axis)
  return z - log(sum(exp(z), axis=axis, keepdims=true))
}
