// Derivatives, outputs and params, and the model as a whole.
extension ErrorPage {
  static let derivatives: [ErrorPage] = [
    ErrorPage(
      "derivative.name", "A derivative is taken by a name: an input, a param, a definition, a function's parameter.",
      .model("input x: []\noutput y = grad(x^2, x + 1)"), mend: "Give what it is taken by a name, and compute from the name."),
    ErrorPage(
      "derivative.scalar", "`grad` and `hessian` are of a scalar.", .model("input x: [3]\noutput y = grad(x^2, x)"),
      mend: "Take `jacobian`, or the `grad` of a sum."),
    ErrorPage(
      "derivative.state",
      "A derivative in the body of a loop, by a value from outside, depends on the state's own derivative, and so on with every step: its order "
        + "would grow with the number of steps, which is not known.",
      .model("dim n\ninput x: [n]\ninput a: []\nfn f(s, e) = s * grad(sin(s * a), a) + e\noutput y = fold(f, 1.0, x)"),
      mend: "Take the derivative of the loop's result, or stop it in the state: `stop_gradient(s)`."),
    ErrorPage(
      "derivative.type", "Derivatives are of floats and by floats.", .model("input x: i32\noutput y = grad(2.0 * x, x)"),
      mend: "Declare a float, or cast before the name: `u = f32(x)`."),
  ]

  static let models: [ErrorPage] = [
    ErrorPage(
      "init.type", "A param starts with values of its type.", .model("param w: i32[3] ~ glorot\noutput w"),
      mend: "Random numbers are floats; integers start as `zeros`, `ones` or `constant(c)`."),
    ErrorPage(
      "init.unknown", "Initializers are `zeros`, `ones`, `constant(c)`, `normal(std)`, `uniform(lo, hi)`, `glorot` and `he`.",
      .model("param w: [3] ~ xavier\noutput w"), mend: "Choose one of them, or give the param as data."),
    ErrorPage(
      "init.value", "An initializer's numbers are known while compiling, a deviation is 0 or more, and lo ≤ hi.",
      .model("param w: [3] ~ normal(-1)\noutput w"), mend: "Mend the numbers."),
    ErrorPage(
      "model.size",
      "Calls are copies of their functions and derivatives are written out, 200,000 calls and 250,000 operations at most. Functions that call another twice, "
        + "and derivatives of derivatives, double with each level.",
      .model(
        """
        fn a(x) = sin(x) + sin(x + 1)
        fn b(x) = a(a(a(a(a(a(a(a(a(a(x))))))))))
        fn c(x) = b(b(b(b(b(b(b(b(b(b(x))))))))))
        fn d(x) = c(c(c(c(c(c(c(c(c(c(x))))))))))
        fn e(x) = d(d(d(d(d(d(d(d(d(d(x))))))))))
        fn f(x) = e(e(e(e(e(e(e(e(e(e(x))))))))))
        input x: []
        output y = f(f(f(x)))
        """),
      mend:
        "Name what is needed twice, `u = f(x)`, and use `u`; write what repeats as a `fold`, a `scan` or a `map`; take fewer derivatives of derivatives."
    ),
    ErrorPage("output.none", "A model returns something.", .model("input x: []\ny = x^2"), mend: "List what it returns: `output y`."),
    ErrorPage(
      "output.several", "An output is one value.", .model("fn f(x) = x, 2 * x\ny = f(1)\noutput y"),
      mend: "Take the values apart: `a, b = f(1)`, `output a, b`."),
    ErrorPage(
      "output.unnamed", "An output is known by its name. A name has one, and so has a derivative whose arguments are names.",
      .model("output 1 + 2"), mend: "Write `output y = 1 + 2`."),
    ErrorPage(
      "output.value", "The output has no value, and no mistake that would explain it was reported.",
      .commands("(no model is known that leads here)"), mend: "Please report the model: it is a fault of gradc."),
    ErrorPage(
      "update.input", "`--in-place` names something that is no input and no param.",
      .commands("$ gradc compile model.gd --in-place z=y"), mend: "Write an input or param, then the output: `W1=W1_next`."),
    ErrorPage(
      "update.output", "`--in-place` names something that the model does not return.",
      .commands("$ gradc compile model.gd --in-place x=z"), mend: "Add it to `output`, or mend the name."),
    ErrorPage(
      "update.twice", "An input takes one output, and an output has one place.",
      .commands(
        "$ printf 'param w: []\\noutput w_next = w + 1, twice = 2 * w\\n' > step.gd\n$ gradc compile step.gd --in-place w=w_next --in-place w=twice"
      ),
      mend: "Name each input and each output once; return a value under two names where two arrays are to have it."),
    ErrorPage(
      "update.type", "An output is written over an input of its own number type and shape, in the same dims.",
      .commands("$ gradc compile model.gd --in-place x=y"), mend: "Mend the pair, or the types: `f32(x)`, `reshape`."),
  ]
}
