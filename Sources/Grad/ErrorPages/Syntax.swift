// How a model is written.
extension ErrorPage {
  static let syntax: [ErrorPage] = [
    ErrorPage(
      "syntax.argument", "Arguments without a name are told apart by their places, so they stand before those with a name.",
      .model("input x: [2, 3]\noutput y = sum(axis=0, x)"), mend: "Put the arguments without a name first: `sum(x, axis=0)`."),
    ErrorPage(
      "syntax.assignment", "`=` defines a name, once in each definition. It does not compare.",
      .model("input x: []\noutput y = if (x = 1) then 2 else 3"), mend: "Compare with `==`; give every definition a line of its own."),
    ErrorPage(
      "syntax.attribute", "Values have no attributes and no methods, but for the transposition `.T`.",
      .model("input x: [3]\noutput y = x.sum()"),
      mend: "Call the function with the value: `sum(x)`. A dimension declared by `dim` is its own number."),
    ErrorPage(
      "syntax.bracket", "Each bracket is closed by its like, in the order of opening.",
      .model("input x: []\noutput y = (x + 1"), mend: "Add the bracket that is missing, or take away the one too many."),
    ErrorPage(
      "syntax.call", "Only a function is called, and only by its name.", .model("input x: []\noutput y = 2(x + 1)"),
      mend: "Write a product with `*`: `2 * (x + 1)`."),
    ErrorPage(
      "syntax.character", "The character has no meaning in a model. Names are made of the letters A to Z and a to z, digits and `_`.",
      .model("input größe: []\noutput y = 1"), mend: "Rename, or take the character away."),
    ErrorPage(
      "syntax.comparison", "The result of a comparison is a truth value, which is not compared with a number: comparisons do not chain.",
      .model("input x: []\noutput inside = 0 < x < 1"), mend: "Write both: `0 < x and x < 1`."),
    ErrorPage(
      "syntax.depth", "Brackets are nested deeper than gradc follows, which is 200 levels.",
      .model("input x: []\noutput y = " + String(repeating: "(", count: 201) + "x" + String(repeating: ")", count: 201)),
      mend: "Name parts of the expression in definitions of their own."),
    ErrorPage(
      "syntax.encoding", "A model is UTF-8 text, and the file holds a byte that cannot be.",
      .commands("$ printf 'input x: []\\noutput y = x # \\377\\n' > model.gd\n$ gradc run model.gd"), mend: "Save the file as UTF-8."),
    ErrorPage(
      "syntax.expected", "Something else should stand here: the message says what.", .model("input x: []\ny = x x\noutput y"),
      mend: "Often an operator or a comma is missing, or two statements stand on one line."),
    ErrorPage(
      "syntax.expression", "An expression is expected, and none begins here.", .model("input x: []\ny = x *\noutput y"),
      mend: "Write what is missing. An expression goes on in the next line after an operator, and inside brackets."),
    ErrorPage(
      "syntax.function",
      "A function is `fn f(x) = …` or `fn f(x) { …definitions… return … }`. It holds definitions only, ends with one `return`, "
        + "and its parameters have no types: it is checked at each call for those it meets.",
      .model("fn f(x) {\n  y = x^2\n}\noutput z = f(3)"), mend: "The message says which of this does not hold."),
    ErrorPage(
      "syntax.index",
      "An index stands in brackets behind what it picks from: integers, slices `1:n`, and one `...` at most for the axes between.",
      .model("input x: [2, 3]\noutput y = x[]"), mend: "Write what is picked; all of `x` is `x`."),
    ErrorPage(
      "syntax.initializer", "An input is data that is given at each call; only a param has a value to start from.",
      .model("input x: [3] ~ zeros\noutput y = x"), mend: "Make it a `param`, or leave out the initializer."),
    ErrorPage(
      "syntax.many", "The text holds so many mistakes that it can hardly be a model; the first thousand are shown.",
      .commands("$ yes ')' | head -2000 > model.gd\n$ gradc run model.gd"), mend: "Mend the first ones; see that it is the right file."),
    ErrorPage(
      "syntax.number", "A number is decimal: `1`, `1.5`, `2e-3`. Integers fit 64 bits, floats have a value below 1.8e308.",
      .model("output y = 1_000"), mend: "Write the digits without groups and letters; a product is written with `*`: `2*x`."),
    ErrorPage(
      "syntax.operand", "`not` and `if` bind looser than the operator before them, so they cannot be its right side without parentheses.",
      .model("input x: bool\noutput y = true == not x"), mend: "Put parentheses around it: `true == (not x)`."),
    ErrorPage(
      "syntax.operator", "The operator is one of another language.", .model("input x: []\noutput y = x ** 2"),
      mend: "The hint says how it is written here: `^` is the power, `and`, `or`, `not` combine truth values, `#` begins a comment."),
    ErrorPage(
      "syntax.precision", "The float type of a model is f32 or f64.", .model("precision f16\noutput y = 1.5"),
      mend: "Write `precision f64`, or leave it out for f32."),
    ErrorPage(
      "syntax.reserved",
      "Reserved words name nothing: `dim precision input param fn return output if then else and or not true false inf nan pi` and the types.",
      .model("input param: []\noutput y = 1"), mend: "Choose another name, such as the word with `_` behind it."),
    ErrorPage(
      "syntax.semicolon", "`;` separates definitions between a function's braces; elsewhere the end of the line does.",
      .model("y = 3;\noutput y"), mend: "Take it away."),
    ErrorPage(
      "syntax.statement", "A statement begins with `dim`, `precision`, `input`, `param`, `fn` or `output`, or is a definition `name = …`.",
      .model("input x: [3]\nsum(x)\noutput y = x"), mend: "Give the value a name, or return it: `output y = sum(x)`."),
    ErrorPage(
      "syntax.text", "A text in double quotes stands as the first argument of `einsum` and nowhere else.", .model("output y = \"three\""),
      mend: "Values are numbers and tensors of them."),
    ErrorPage(
      "syntax.type",
      "A type is a number type, a shape, or both: `i32`, `[n, 3]`, `f32[n]`. It stands behind an input, a param or a single name, and is no value.",
      .model("input x\noutput y = 1"), mend: "Write `input x: [n]`, or `input x: []` for a scalar; a cast is `f64(x)`."),
  ]
}
