extension FunctionPage {
  static let loopWords = """
    Their first argument is a function's name; what it does not get takes its default. The code does not grow with the number of steps, nor
    does that of a derivative, which is a loop itself.
    """
  static let derivativeWords = """
    What is differentiated is any expression; what it is differentiated by is a name. The derivative sums over every path from that name. It is a
    value like any other and may be differentiated again. See [the language](language.md#derivatives).
    """

  static let loops: [FunctionPage] = [
    FunctionPage(
      "map",
      "f of each slice along the first axis, stacked, all at once. Several sequences give f several arguments, several results several stacks.",
      "dim n, d\ninput x: [n, d]\nfn f(row) = sum(row^2)\ny = map(f, x)\noutput y, jacobian(y, x)", "x=[[1,2],[3,4]]"),
    FunctionPage(
      "fold",
      "The last state: f takes the state, or each of several, then one slice of each sequence, and gives the next. Without steps it is `init`. "
        + "With `init` as `(h, c)` f gives `(h, c)`.",
      "dim n\ninput x: [n]\ninput start: []\nfn step(s, slice) = s * slice\ny = fold(step, start, x)\noutput y, grad(y, start, x)",
      "x=[2,3,4] start=1"),
    FunctionPage(
      "scan", "The states after each step, stacked; without `init`.",
      "dim n\ninput x: [n]\ninput start: []\nfn step(s, slice) = s * slice\ny = scan(step, start, x)\noutput y, jacobian(y, start)",
      "x=[2,3,4] start=1"),
  ]

  static let derivatives: [FunctionPage] = [
    FunctionPage(
      "grad", "The gradient of a scalar, in the shape of x; by several names several values. By reverse mode, one pass for all of them.",
      "dim n\ninput w: [n]\ninput x: [n]\ny = tanh(sum(w * x))\noutput y, grad(y, w, x)", "w=[1,2] x=[0.5,-0.25]"),
    FunctionPage(
      "jacobian",
      "∂yᵢ/∂xⱼ: the axes of y, then those of x. Where the structure of the maps holds they are multiplied; else by whichever of the two modes takes fewer passes.",
      "dim n\ninput x: [n]\ny = cumsum(x^2)\noutput jacobian(y, x)", "x=[1,2,3]"),
    FunctionPage(
      "hessian", "∂²f/∂xᵢ∂xⱼ of a scalar f: the axes of x twice.",
      "dim n\ninput x: [n]\nf = prod(x)\noutput hessian(f, x)", "x=[2,3,4]"),
    FunctionPage(
      "jvp", "J v: how y changes when x changes by v. By forward mode, one pass.",
      "dim n\ninput x: [n]\ninput v: [n]\ny = cumsum(x^2)\noutput jvp(y, x, v)", "x=[1,2,3] v=[1,0,0]"),
    FunctionPage(
      "vjp", "uᵀ J, in the shape of x: how Σ u y changes with x. By reverse mode, one pass.",
      "dim n\ninput x: [n]\ninput u: [n]\ny = cumsum(x^2)\noutput vjp(y, x, u)", "x=[1,2,3] u=[0,0,1]"),
  ]
}
