extension FunctionPage {
  static let networkWords = """
    Most are written in the language, of the functions above: their derivatives are those of their parts, which passes simplify. In their text
    `_shift(x, axis)` is the maximum along an axis as a constant, `_take(x, i)` the elements at indices of the last axis, `_others(x, 1)` all axes but one,
    `_along(v, x, 1)` a vector along an axis of x, `_swap` exchanges the last two axes, `_size` is a dim.
    """

  private static let image = "dim n, c, h, w\ninput x: [n, c, h, w]\n"

  static let networks: [FunctionPage] = [
    FunctionPage(
      "softmax",
      "eˣ / Σ eˣ along an axis: positive, with sum 1. Shifted by the maximum, so x may be of any size. Together the Jacobian is diag(y) − y yᵀ.",
      "dim n\ninput x: [n]\ny = softmax(x)\noutput y, jacobian(y, x)", "x=[0,1,2]"),
    FunctionPage(
      "log_softmax", "x − ln Σ eˣ along an axis, without a logarithm of what has become 0.",
      "dim n\ninput x: [n]\ny = log_softmax(x)\noutput y, jacobian(y, x)", "x=[0,0,1000]"),
    FunctionPage(
      "softmax_cross_entropy",
      "−ln softmax(logits) at the label, for logits [.., classes] and integer labels [..]; one value an example. Together the gradient by the logits "
        + "is softmax − one_hot. A label outside 0 … classes − 1 is an error of the run.",
      "dim n\ninput x: [n, 3]\ninput label: i32[n]\ny = sum(softmax_cross_entropy(x, label))\noutput y, grad(y, x)", "x=[[1,2,3]] label=[2]"
    ),
    FunctionPage(
      "sigmoid_cross_entropy", "−t ln σ(z) − (1 − t) ln(1 − σ(z)), as softplus(z) − t z; one value an element.",
      "dim n\ninput z: [n]\ninput t: [n]\ny = sigmoid_cross_entropy(z, t)\noutput y, jacobian(y, z)", "z=[0,200] t=[1,0]"),
    FunctionPage(
      "mse", "The mean of (a − b)².", "dim n\ninput a: [n]\ninput b: [n]\ny = mse(a, b)\noutput y, grad(y, a)", "a=[1,2] b=[3,5]"),
    FunctionPage(
      "layer_norm", "Each row of the last axis less its mean, over √(variance + eps), times `gain` plus `bias`.",
      "dim n\ninput x: [n]\ny = layer_norm(x, 1, 0)\noutput y, jacobian(y, x)", "x=[1,2,6]"),
    FunctionPage(
      "batch_norm", "The same with the mean and variance of the batch, one for each entry of axis 1.",
      "dim n, c\ninput x: [n, c]\ninput gain: [c]\ninput bias: [c]\ny = batch_norm(x, gain, bias)\noutput y, jacobian(y, bias)",
      "x=[[1,2],[3,6]] gain=[1,2] bias=[0,1]"),
    FunctionPage(
      "conv2d",
      "Images [N, C, H, W] correlated with kernels [O, C, h, w]: windows, then a contraction. `stride` steps, `padding` zeros on every side.",
      image + "input k: [1, c, 2, 2]\ny = conv2d(x, k)\nloss = sum(y)\noutput y, grad(loss, x, k)",
      "x=[[[[1,2,3],[4,5,6],[7,8,9]]]] k=[[[[1,0],[0,1]]]]"),
    FunctionPage(
      "max_pool2d",
      "The greatest of each window of size × size; windows do not overlap, a remainder is dropped. Ties share the derivative.",
      image + "y = max_pool2d(x, 2)\nloss = sum(y)\noutput y, grad(loss, x)", "x=[[[[1,2,3],[4,4,6]]]]"),
    FunctionPage(
      "avg_pool2d", "The mean of each window of size × size; windows do not overlap, a remainder is dropped.",
      image + "y = avg_pool2d(x, 2)\nloss = sum(y)\noutput y, grad(loss, x)", "x=[[[[1,2,3],[4,5,6]]]]"),
    FunctionPage(
      "attention", "softmax(q kᵀ/√d) v for q [.., n, d], k [.., m, d], v [.., m, e]; axes before the last two are a batch.",
      "dim n, m, d\ninput q: [n, d]\ninput k: [m, d]\ninput v: [m, d]\ny = attention(q, k, v)\nloss = sum(y^2)\noutput y, grad(loss, q)",
      "q=[[1,0]] k=[[1,0],[0,1]] v=[[1,2],[3,4]]"),
  ]
}
