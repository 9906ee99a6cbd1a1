extension FunctionPage {
  static let elementwiseWords = """
    Each element of the result is made of one element of each operand. Operands broadcast as NumPy's do: shapes align at the right, a dimension
    of 1 expands. Functions of analysis take integers as floats; the arithmetic ones (`neg abs sign square max min pow floor_divide remainder
    where clamp`) keep them. What is NaN stays NaN unless the entry says otherwise; how exact each is stands in [numerics.md](numerics.md). The
    Jacobian is diagonal.
    """

  static let elementwise: [FunctionPage] =
    arithmetic + exponentials + trigonometry + activations + rounding + pairs + choices + casts

  private static let arithmetic: [FunctionPage] = [
    .unary("neg", "−x, as the operator `-x`. Integers wrap.", at: "[1,0,-2]"),
    .unary("abs", "|x|. At the kink at 0 the derivative is 0.", at: "[-2,0,3]"),
    .unary("sign", "−1, 0 or 1 by the sign of x. Its derivative is 0 everywhere.", at: "[-2,0,3]"),
    .unary("square", "x², as `x^2`.", at: "[-2,0,3]"),
    .unary("sqrt", "√x; NaN below 0. At 0 the derivative is infinite.", at: "[4,0,-1]"),
    .unary("rsqrt", "1/√x; infinite at 0, NaN below.", at: "[4,0,-1]"),
  ]

  private static let exponentials: [FunctionPage] = [
    .unary("exp", "eˣ; infinite where it is too large, 0 where it is too small.", at: "[0,1,1000]"),
    .unary("expm1", "eˣ − 1 without cancellation for small x.", at: "[1e-8,1,-1000]"),
    .unary("log", "The natural logarithm; −∞ at 0, NaN below.", at: "[1,0,-1]"),
    .unary("log1p", "ln(1 + x) without cancellation for small x; −∞ at −1, NaN below.", at: "[1e-8,1,-1]"),
  ]

  private static let trigonometry: [FunctionPage] = [
    .unary("sin", "The sine of x in radians, as exact for large arguments as for small ones. NaN at ±∞.", at: "[0,1,1e10]"),
    .unary("cos", "The cosine of x in radians, as exact for large arguments as for small ones. NaN at ±∞.", at: "[0,1,1e10]"),
    .unary("tan", "The tangent of x in radians, as exact for large arguments as for small ones. NaN at ±∞.", at: "[0,1,-1]"),
    .unary("asin", "The angle in [−π/2, π/2] whose sine is x; NaN outside [−1, 1]. The derivative is infinite at ±1.", at: "[0,0.5,1]"),
    .unary("acos", "The angle in [0, π] whose cosine is x; NaN outside [−1, 1]. The derivative is infinite at ±1.", at: "[0,0.5,1]"),
    .unary("atan", "The angle in (−π/2, π/2) whose tangent is x.", at: "[0,1,inf]"),
    .unary("sinh", "(eˣ − e⁻ˣ)/2.", at: "[0,1,-1]"), .unary("cosh", "(eˣ + e⁻ˣ)/2.", at: "[0,1,-1]"),
    .unary("tanh", "The hyperbolic tangent, between −1 and 1.", at: "[0,1,-100]"),
  ]

  private static let activations: [FunctionPage] = [
    .unary("erf", "The error function, 2/√π ∫₀ˣ exp(−t²) dt.", at: "[0,1,-10]"),
    .unary("sigmoid", "σ(x) = 1/(1 + e⁻ˣ), right in both tails.", at: "[0,1,-100]"),
    .unary("softplus", "ln(1 + eˣ), right in both tails; its derivative is σ(x).", at: "[0,100,-100]"),
    .unary("relu", "x where x > 0, else 0; NaN of NaN. At 0 the derivative is 0.", at: "[-1,0,2]"),
    .unary("leaky_relu", "x where x > 0, else `slope` · x. At 0 the derivative is the slope.", at: "[-1,0,2]"),
    .unary(
      "elu", "x where x > 0, else `alpha` (eˣ − 1). The exponential never sees a positive x, where it could overflow.", at: "[-1,0,2]"),
    .unary("gelu", "x Φ(x), Φ the normal distribution: the exact one, not the formula with tanh.", at: "[-1,0,2]"),
    .unary("silu", "x σ(x).", at: "[-1,0,2]"),
  ]

  private static let rounding: [FunctionPage] = [
    .unary("floor", "The greatest whole number that is not above x; an integer is its own. The derivative is 0.", at: "[1.5,-1.5,2]"),
    .unary("ceil", "The least whole number that is not below x; an integer is its own. The derivative is 0.", at: "[1.5,-1.5,2]"),
    .unary("round", "The nearest whole number, halves to the even one. The derivative is 0.", at: "[0.5,1.5,-2.4]"),
  ]

  private static func pair(
    _ name: String, _ words: String, _ a: String = "a", _ b: String = "b", at points: (String, String)
  ) -> FunctionPage {
    FunctionPage(
      name, words, "dim n\ninput \(a): [n]\ninput \(b): [n]\nf = \(name)(\(a), \(b))\noutput f, jacobian(f, \(a)), jacobian(f, \(b))",
      "\(a)=\(points.0) \(b)=\(points.1)")
  }

  private static let pairs: [FunctionPage] = [
    pair(
      "max",
      "The greater of two, NaN if one is NaN. At a tie the first has the derivative. With one argument it is the greatest element "
        + "along `axis`, whose derivative is shared among ties; of nothing it is an error.", at: ("[1,2,5]", "[3,2,4]")),
    pair(
      "min",
      "The lesser of two, NaN if one is NaN. At a tie the first has the derivative. With one argument it is the least element "
        + "along `axis`, whose derivative is shared among ties; of nothing it is an error.", at: ("[1,2,5]", "[3,2,4]")),
    pair(
      "pow",
      "aᵇ, as `a^b`. a⁰ is 1 with derivative 0 by a; by b the derivative is 0 at a = 0 < b. With a literal exponent n the derivative is "
        + "n aⁿ⁻¹ at 0 too, at every order, and integers with n ≥ 0 stay integers.", at: ("[2,0,4]", "[3,2,0.5]")),
    pair(
      "atan2", "The angle of the point (x, y), in [−π, π].", "y", "x", at: ("[1,0,-1]", "[1,-1,0]")),
    pair("hypot", "√(a² + b²) without overflow on the way. Where it is 0 the derivatives are 0.", at: ("[3,0]", "[4,0]")),
    pair(
      "floor_divide", "⌊a/b⌋, as Python's `//`; for b = 0 a/b, of integers 0. The derivative is 0.", at: ("[7,-7,7]", "[2,2,0]")),
    pair(
      "remainder", "a − b ⌊a/b⌋, as Python's `%`: it has the sign of b. For b = 0 it is NaN, of integers 0.", at: ("[7,-7,5.5]", "[2,2,-2]")
    ),
  ]

  private static let choices: [FunctionPage] = [
    FunctionPage(
      "where",
      "a where c is true, else b: `if c then a else b`. Nothing of the side that is not chosen comes into a derivative, neither NaN nor infinity.",
      "dim n\ninput x: [n]\ny = where(x > 0, sqrt(x), 0)\noutput y, jacobian(y, x)", "x=[4,0,-1]"),
    FunctionPage(
      "clamp", "`min(max(x, lo), hi)`: x kept between two bounds; NaN of NaN. On a bound the derivative is 1, outside 0.",
      "dim n\ninput x: [n]\ny = clamp(x, 0, 1)\noutput y, jacobian(y, x)", "x=[-1,0.5,1,2]"),
    FunctionPage(
      "stop_gradient", "x, a constant for every derivative, in both modes.",
      "dim n\ninput x: [n]\ny = x * stop_gradient(x)\noutput y, jacobian(y, x)", "x=[1,2,3]"),
  ]

  private static let casts: [FunctionPage] = [
    FunctionPage(
      "f32", "x in single precision.", "input x: f64[2]\ny = f32(x)\noutput y, jacobian(y, x)", "x=[0.1,1e300]"),
    FunctionPage("f64", "x in double precision.", "input x: f32[2]\ny = f64(x)\noutput y, jacobian(y, x)", "x=[0.1,2]"),
    FunctionPage(
      "i32", "x without its fraction; what is too large becomes the greatest integer, NaN 0.", "input x: [4]\noutput y = i32(x)",
      "x=[1.9,-1.9,1e20,nan]"),
    FunctionPage(
      "i64", "x without its fraction; what is too large becomes the greatest integer, NaN 0.", "input x: [4]\noutput y = i64(x)",
      "x=[1.9,-1.9,1e20,nan]"),
    FunctionPage("bool", "Whether x is not 0.", "input x: [3]\noutput y = bool(x)", "x=[0,0.5,nan]"),
  ]
}
