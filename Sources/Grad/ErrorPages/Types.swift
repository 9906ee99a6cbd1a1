// Number types, shapes and dims.
extension ErrorPage {
  static let types: [ErrorPage] = [
    ErrorPage(
      "type.bool", "Conditions, `and`, `or`, `not`, `any` and `all` take truth values.",
      .model("input x: []\noutput y = if x then 1 else 2"), mend: "Compare: `x != 0`."),
    ErrorPage(
      "type.literal", "The integer does not fit the type that it meets.", .model("input x: i32\noutput y = x + 3000000000"),
      mend: "Cast what it meets: `i64(x) + 3000000000`."),
    ErrorPage(
      "type.mismatch", "Two float types never mix by themselves, and a value has the type that is written beside its name.",
      .model("input a: f32\ninput b: f64\noutput y = a + b"),
      mend: "Cast one of them: `f64(a) + b`. Types without a number type follow `precision`."),
    ErrorPage(
      "type.precision", "The float type of a model is f32 or f64. Only a program that calls the library can ask for another.",
      .commands("try Model(source: source, options: ModelOptions(precision: .i32))"), mend: "Ask for `.f32` or `.f64`."),
    ErrorPage(
      "type.rule", "An operation does not take what it is given, and no check before it has said so in better words.",
      .commands("(no model is known that leads here)"), mend: "Please report the model: the words should be better."),
  ]

  static let shapes: [ErrorPage] = [
    ErrorPage(
      "axis.order", "The axes of a transposition are all axes of the tensor, each once.",
      .model("input x: [2, 3]\noutput y = transpose(x, axes=[0, 0])"), mend: "List each axis once: `axes=[1, 0]`; `x.T` turns all round."),
    ErrorPage(
      "axis.range", "The tensor has no such axis. Axes count from 0; -1 is the last.", .model("input x: [2, 3]\noutput y = sum(x, axis=2)"),
      mend: "Name one of its axes."),
    ErrorPage(
      "axis.twice", "An axis is reduced once.", .model("input x: [2, 3]\noutput y = sum(x, axis=[1, -1])"),
      mend: "Name each axis once; negative ones count from the end."),
    ErrorPage(
      "einsum.rank", "The text names as many labels as the operand has axes.", .model("input x: [2, 3]\noutput y = einsum(\"i->i\", x)"),
      mend: "Give each axis a label; `...` stands for all others."),
    ErrorPage(
      "einsum.text",
      "The text of `einsum` is a list of labels for each operand, and behind `->` those of the result: letters, each once in the result, and `...`.",
      .model("input a: [2, 3]\noutput y = einsum(\"ij,jk->ik\", a)"),
      mend: "Write as many lists as operands: `einsum(\"ij,jk->ik\", a, b)`."),
    ErrorPage(
      "index.bound", "A slice's bounds decide the shape of the result, so they are known before the data.",
      .model("input x: [3]\ninput k: i64\noutput y = x[:k]"), mend: "Use dims; or mask: `where(iota(3) < k, x, 0)`."),
    ErrorPage(
      "index.range", "The index or bound lies outside of its axis. Unlike in NumPy, a slice's bounds too lie inside.",
      .model("input x: [3]\noutput y = x[1:5]"),
      mend: "Count from 0, or from the end with a minus; leave a bound out to go to the end: `x[1:]`."),
    ErrorPage(
      "index.rank", "There are more indices than axes.", .model("input x: [3]\noutput y = x[0, 1]"),
      mend: "Give one index for each axis at most."),
    ErrorPage(
      "index.step", "A slice's step is an integer other than 0, known while compiling.", .model("input x: [3]\noutput y = x[::0]"),
      mend: "Write `x[::2]`, or `x[::-1]` for the reverse."),
    ErrorPage(
      "index.type", "Elements are picked by integers.", .model("input x: [3]\ninput at: []\noutput y = x[at]"),
      mend: "Declare the index as `i64`, or cast it: `i64(at)`. A choice by truth values is `where(c, a, b)`."),
    ErrorPage(
      "reduction.empty", "The greatest, the least and the mean of nothing are not defined. (A sum of nothing is 0, a product 1.)",
      .model("output y = max(zeros([0, 3]), axis=0)"), mend: "Keep the axis from being empty, or `concat` a value that stands for nothing."),
    ErrorPage(
      "shape.count", "`reshape` keeps the number of elements.", .model("input x: [3]\noutput y = reshape(x, [2, 2])"),
      mend: "Let `-1` stand for what is left: `reshape(x, [-1, 1])`."),
    ErrorPage(
      "shape.free", "One dimension of a `reshape` may be left open by `-1`, where the others decide it.",
      .model("input x: [4]\noutput y = reshape(x, [-1, -1])"), mend: "Write out all dimensions but one."),
    ErrorPage(
      "shape.mismatch",
      "Two shapes that meet do not agree. Shapes align at the right, and a dimension of 1 expands; a dim with a name never does.",
      .model("dim n, m\ninput x: [n, m]\ninput w: [n]\noutput y = x * w"),
      mend: "See the shapes in the message. A new axis is made by `reshape(w, [n, 1])`, a transposition is `.T`."),
    ErrorPage(
      "shape.rank", "The value has not as many axes as are needed.", .model("output y = trace([1, 2, 3])"),
      mend: "Make it the value that is wanted by `reshape`, or index it."),
    ErrorPage(
      "shape.window", "The window is greater than the axis that it runs over.",
      .model("input x: [1, 1, 2, 2]\nparam k: [1, 1, 3, 3] ~ he\noutput y = conv2d(x, k)"),
      mend: "Take a smaller kernel, or pad the image: `padding=1`."),
  ]

  static let dims: [ErrorPage] = [
    ErrorPage(
      "dim.negative", "A dimension is 0 or more.", .model("dim n = -1\ninput x: [n]\noutput x"),
      mend: "Mend the expression, or what `-D` gives."),
    ErrorPage(
      "dim.requirement", "The dims of the data do not meet what an expression of the model asks of them.",
      .run("dim n\ninput x: [n]\noutput y = reshape(x, [2, -1])", with: "--set x=[1,2,3]"),
      mend: "Give data of another length, or write the model for all of them."),
    ErrorPage(
      "dim.size", "A dim is below 2^61, an expression over dims has at most 1000 terms, and a tensor has fewer than 2^61 elements.",
      .model("dim n = 9223372036854775807\ninput x: [n]\noutput x"),
      mend: "Nothing of that size could be held. See whether two dims are multiplied that should not be."),
    ErrorPage(
      "dim.unbound", "A dim without a value is bound by data in whose shape it stands, and there is none.",
      .run("dim n\nparam w: [n] ~ zeros\noutput y = sum(w)", with: ""),
      mend: "Bind it by hand: `-D n=3`; or give the param by `--set` or `--inputs`."),
    ErrorPage(
      "dim.unknown", "`-D` binds a dim that the model declares.",
      .commands("$ echo 'dim n\ninput x: [n]\noutput x' > model.gd\n$ gradc run model.gd -D m=3"),
      mend: "Mend the name, or declare it: `dim m`."),
    ErrorPage(
      "dim.value", "A dimension is an integer expression over dims, known before the data.", .model("input n: i64\ninput x: [n]\noutput x"),
      mend: "Declare it by `dim n`: data binds it, or `-D n=3`."),
  ]
}
