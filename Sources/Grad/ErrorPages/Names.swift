// Names, functions and what they stand for.
extension ErrorPage {
  static let names: [ErrorPage] = [
    ErrorPage(
      "name.cycle", "The definitions of a model stand in any order, but none needs its own value.",
      .model("a = b + 1\nb = 2 * a\noutput a"),
      mend: "What depends on its last value step by step is a loop: `fold` or `scan`."),
    ErrorPage(
      "name.duplicate",
      "A name means one thing in the whole model, so it is defined once; so is an output. A function's own names hide the model's.",
      .model("x = 1\nx = 2\noutput x"), mend: "Give the second a name of its own."),
    ErrorPage(
      "name.function", "A function is not a value. Its name stands alone as the first argument of `map`, `fold` and `scan` only.",
      .model("fn f(x) = x^2\noutput y = f"), mend: "Call it: `f(3)`."),
    ErrorPage(
      "name.unknown",
      "Nothing of that name is in sight: no dim, input, param or definition of the model, and nothing of the function around.",
      .model("input loss: []\noutput y = 2 * lss"), mend: "Mend the name, or define it."),
    ErrorPage(
      "unused.definition", "A warning: nothing reads this definition, and it is no output.",
      .model("input x: []\ny = sin(x)\nz = cos(x)\noutput y"),
      mend: "Remove it, return it, or begin its name with `_`."),
    ErrorPage(
      "unused.dim", "A warning: no type and no expression names this dim.", .model("dim n, m\ninput x: [n]\noutput y = sum(x)"),
      mend: "Remove it, or begin its name with `_`."),
    ErrorPage(
      "unused.function",
      "A warning: this function is called nowhere, so its body is checked only as far as it does not depend on arguments.",
      .model("fn f(x) = x^2\ninput x: []\noutput y = 2 * x"),
      mend: "Remove it, or begin its name with `_`."),
    ErrorPage(
      "unused.input", "A warning: nothing reads this input, though data for it must be given.",
      .model("input x: []\ninput z: []\noutput y = 2 * x"),
      mend: "Remove it, or begin its name with `_`. Arrays of an .npz that the model does not name may stay there."),
    ErrorPage(
      "unused.param", "A warning: nothing reads this param, so there is nothing to learn in it.",
      .model("input x: []\nparam w: [3] ~ zeros\noutput y = 2 * x"),
      mend: "Remove it, or begin its name with `_`."),
  ]

  static let functions: [ErrorPage] = [
    ErrorPage(
      "argument.bool", "The argument is `true` or `false`, written out.", .model("input x: [3]\noutput y = sum(x, keepdims=1)"),
      mend: "Write `keepdims=true`."),
    ErrorPage(
      "argument.integer",
      "The argument decides the shape of the result, so it is an integer known before the data: a number, or an expression over dims.",
      .model("input k: i64\noutput y = iota(k)"), mend: "Declare a dim, and bind it by a shape or by `-D`."),
    ErrorPage(
      "argument.list", "`concat` and `stack` join the values of one list.", .model("input x: [3]\noutput y = concat(x, x)"),
      mend: "Put the values in brackets: `concat([x, x])`."),
    ErrorPage(
      "argument.pad", "`pad` takes a pair `[before, after]` for each axis.", .model("input x: [3]\noutput y = pad(x, [1, 1])"),
      mend: "Write a list of pairs: `pad(x, [[1, 1]])`."),
    ErrorPage(
      "argument.padding", "Zeros are put around an image or not: their number is 0 or more.",
      .model("input x: [1, 1, 4, 4]\nparam k: [1, 1, 3, 3] ~ he\noutput y = conv2d(x, k, padding=-1)"),
      mend: "Slice the image to make it smaller: `x[:, :, 1:3, 1:3]`."),
    ErrorPage(
      "argument.shape", "A shape is a list of integer expressions over dims.", .model("input x: []\noutput y = zeros([x, 3])"),
      mend: "Declare a dim: `dim n`, `zeros([n, 3])`."),
    ErrorPage(
      "argument.size", "A window holds at least one element.", .model("input x: [1, 1, 4, 4]\noutput y = max_pool2d(x, 0)"),
      mend: "Give a size of 1 or more."),
    ErrorPage(
      "argument.stride", "A window moves on by one element at least.",
      .model("input x: [1, 1, 4, 4]\nparam k: [1, 1, 3, 3] ~ he\noutput y = conv2d(x, k, stride=0)"), mend: "Give a stride of 1 or more."),
    ErrorPage(
      "function.arguments", "The call and the function do not agree on number or names of arguments.",
      .model("output y = softmax([1, 2], axes=0)"),
      mend: "The hint shows the parameters; those with `=…` may be left out."),
    ErrorPage(
      "function.depth", "Calls are written out one within the other, a thousand levels deep at most.",
      .commands(
        """
        $ (echo 'fn g0(x) = x'
           for i in $(seq 1000); do echo "fn g$i(x) = g$((i - 1))(x)"; done
           echo 'output y = g1000(1)') > model.gd
        $ gradc run model.gd
        """),
      mend: "Write what repeats as a loop: `fold` or `scan`."),
    ErrorPage(
      "function.recursion", "A call is replaced by the body of its function, so a function cannot call itself, by way of others neither.",
      .model("fn f(x) = if x < 1 then 1 else x * f(x - 1)\noutput y = f(3)"), mend: "Write what runs step by step as a `fold` or a `scan`."),
    ErrorPage(
      "function.unknown", "There is no function of that name, neither in the model nor in the language.",
      .model("input x: []\noutput y = sotfmax(x)"), mend: "Mend the name, or write the function: `fn f(x) = …`."),
    ErrorPage(
      "function.value", "What is called is a value. A name and parentheses are a call, never a product.",
      .model("input x: []\noutput y = x(3)"),
      mend: "Write a product with `*`; a part of a tensor is `x[3]`."),
    ErrorPage(
      "loop.depth", "Loops stand one within the other thirty-two deep at most.",
      .commands(
        """
        $ (echo 'fn g0(s, x) = s + x'
           for i in $(seq 33); do echo "fn g$i(s, x) = fold(g$((i - 1)), s, stack([x, x]))"; done
           echo 'output y = fold(g33, 0.0, [1, 2])') > model.gd
        $ gradc run model.gd
        """),
      mend: "Run over several axes at once: reshape them to one, or write the innermost loops as operations on tensors."),
    ErrorPage(
      "loop.function", "The first argument of `map`, `fold` and `scan` is the name of a function.",
      .model("input x: [3]\noutput y = map(x + 1, x)"),
      mend: "Define the function first: `fn f(a) = a + 1`, `map(f, x)`. A loop or derivative is handed in within a function."),
    ErrorPage(
      "loop.sequence", "Loops run over the first axis of what they are given, and a scalar has none.",
      .model("fn f(a) = a\noutput y = map(f, 3)"),
      mend: "Hand in a vector; `n` steps without data are a loop over `iota(n)`."),
    ErrorPage(
      "loop.state", "Each step of a loop gives as many states as it takes.", .model("fn f(s, a) = s, a\noutput y = fold(f, 0, [1, 2])"),
      mend: "Return the next states alone, or begin with several: `fold(f, (0, 0), xs)`."),
    ErrorPage(
      "value.count", "A definition of several names takes apart as many values.",
      .model("fn f(x) = x, 2 * x\na, b, c = f(1)\noutput a, b, c"), mend: "Name each value once; a part of a tensor is `x[0]`."),
    ErrorPage(
      "value.several", "One value is expected here, and several stand together.", .model("fn f(x) = x, 2 * x\noutput y = f(1) + 1"),
      mend: "Take them apart first: `a, b = f(1)`."),
    ErrorPage(
      "value.text", "A text is a pattern for `einsum`, not a value to compute with.", .model("fn einsum(x) = x\noutput y = einsum(\"ij\")"),
      mend: "Call `einsum` with operands. A function of that name hides the language's own."),
  ]
}
