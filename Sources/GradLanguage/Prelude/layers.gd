# Layers and costs of neural networks.

# log Σ exp(z) - z[label], z shifted by its maximum: right for logits of any size.
fn softmax_cross_entropy(logits, labels) {
  z = logits - _shift(logits, -1)
  return log(sum(exp(z), axis=-1)) - _take(z, labels)
}

# -t log σ(z) - (1 - t) log(1 - σ(z)), without the logarithm of a small number.
fn sigmoid_cross_entropy(logits, targets) = softplus(logits) - targets * logits

fn mse(a, b) = mean(square(a - b))

fn layer_norm(x, gain, bias, eps=1e-5) {
  centred = x - mean(x, axis=-1, keepdims=true)
  variance = mean(square(centred), axis=-1, keepdims=true)
  return centred * rsqrt(variance + eps) * gain + bias
}

# Statistics of the batch, one for each entry of axis 1.
fn batch_norm(x, gain, bias, eps=1e-5) {
  axes = _others(x, 1)
  centred = x - mean(x, axis=axes, keepdims=true)
  variance = mean(square(centred), axis=axes, keepdims=true)
  return centred * rsqrt(variance + eps) * _along(gain, x, 1) + _along(bias, x, 1)
}

fn attention(q, k, v) = softmax(q @ _swap(k) / sqrt(_size(q, -1))) @ v
