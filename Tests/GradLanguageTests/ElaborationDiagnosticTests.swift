import GradIR
import Testing

@testable import GradLanguage

@Suite struct ElaborationDiagnosticTests {
  @Test(
    arguments: [
      ("name.unknown", "dim n\ninput x: [n]\ny = xx + 1\noutput y"),
      ("name.unknown", "input loss: []\noutput y = lss * 2"),
      ("function.unknown", "input x: []\noutput y = sotfmax(x)"),
      ("function.unknown", "input x: []\noutput y = ln(x)"),
      ("function.value", "input x: []\noutput y = x(3)"),
      ("name.function", "fn f(x) = x\noutput y = f"),
      ("name.duplicate", "y = 1\ny = 2\noutput y"),
      ("name.duplicate", "fn f(x) = x\nfn f(y) = y\noutput y = f(1)"),
      ("name.duplicate", "fn f(x, x) = x\noutput y = f(1, 2)"),
      ("name.duplicate", "y = 1\noutput y, y"),
      ("name.duplicate", "precision f32\nprecision f64\noutput y = 1"),
      ("name.cycle", "a = b\nb = c\nc = a\noutput a"),
      ("name.cycle", "a = a + 1\noutput a"),
      ("name.cycle", "fn f(x) = x + y\ny = f(1)\noutput y"),
      ("name.cycle", "dim a = b, b = a\noutput y = a"),
      ("function.recursion", "fn f(x) = f(x - 1)\noutput y = f(1)"),
      ("function.recursion", "fn f(x) = g(x)\nfn g(x) = f(x)\noutput y = f(1)"),
      ("function.arguments", "fn f(x) = x\noutput y = f(1, 2)"),
      ("function.arguments", "fn f(x, y) = x\noutput y = f(1)"),
      ("function.arguments", "output y = softmax([1, 2], axes=0)"),
      ("function.arguments", "fn f(x) = x\noutput y = f(1, x=2)"),
      ("function.arguments", "output y = sum()"),
      ("function.arguments", "input x: []\noutput y = grad(x)"),
      ("function.arguments", "input x: []\noutput y = jvp(x^2, x)"),
      ("function.arguments", "output y = exp(1, 2)"),
      ("type.mismatch", "input a: f32\ninput b: f64\noutput y = a + b"),
      ("type.mismatch", "input a: f32\ny: f64 = a\noutput y"),
      (
        "shape.mismatch",
        "dim batch, features = 64, hidden = 32, classes = 10\ninput x: [batch, features]\nparam W2: [hidden, classes]\nparam b2: [classes]\nlogits = x @ W2 + b2\noutput logits"
      ),
      ("shape.mismatch", "dim n, m\ninput a: [n]\ninput b: [m]\noutput y = a + b"),
      ("shape.mismatch", "dim n\ninput a: [n]\ny: [n, 1] = a\noutput y"),
      ("shape.mismatch", "dim n\ninput a: [n]\nfn f(x) = x + [1, 2]\noutput y = f(a)"),
      ("shape.mismatch", "dim n\ninput a: [n, 3]\ninput l: i32[3]\noutput y = softmax_cross_entropy(a, l)"),
      ("shape.mismatch", "dim n\ninput a: [n, 3]\noutput y = layer_norm(a, [1, 2], 0)"),
      ("shape.mismatch", "output y = concat([[1, 2], [[1, 2]]])"),
      ("shape.rank", "output y = 2 @ 3.0"),
      ("shape.count", "output y = reshape([1, 2, 3], [2, 2])"),
      ("shape.count", "output y = reshape([1, 2, 3], [2, -1])"),
      ("shape.free", "output y = reshape([1, 2, 3], [-1, -1])"),
      ("type.bool", "input x: []\noutput y = if x then 1 else 2"),
      ("type.bool", "input x: []\noutput y = x and true"),
      ("type.bool", "input x: []\noutput y = any(x)"),
      ("axis.range", "output y = sum([1, 2], axis=1)"),
      ("axis.range", "output y = softmax([1, 2], axis=3)"),
      ("axis.twice", "output y = sum([[1, 2]], axis=[0, -2])"),
      ("index.range", "output y = [1, 2][2]"),
      ("index.range", "x = [1.0, 2.0]\noutput y = x[0:3]"),
      ("index.rank", "x = [1.0, 2.0]\noutput y = x[0, 0]"),
      ("index.type", "x = [1.0, 2.0]\noutput y = x[x]"),
      ("index.bound", "x = [1.0, 2.0]\ninput i: i32\noutput y = x[i:]"),
      ("index.step", "x = [1.0, 2.0]\noutput y = x[::0]"),
      ("dim.value", "input x: [y]\ninput y: []\noutput x"),
      ("name.unknown", "input x: [batch]\noutput x"),
      ("dim.negative", "dim n = -1\noutput y = n"),
      ("dim.value", "dim n = 1.5\noutput y = n"),
      ("dim.negative", "input x: [-2]\noutput x"),
      ("derivative.name", "input x: []\noutput y = grad(x^2, x + 1)"),
      ("derivative.scalar", "dim n\ninput x: [n]\noutput y = grad(x^2, x)"),
      ("derivative.type", "input x: i32\noutput y = grad(2.0 * x, x)"),
      ("derivative.type", "input x: []\ninput i: i32\noutput y = grad(i, x)"),
      ("derivative.type", "dim n\ninput x: [n]\noutput y = grad(sum(x), n)"),
      ("shape.mismatch", "dim n\ninput x: [n]\noutput y = jvp(x^2, x, 1.0)"),
      ("output.none", "y = 1"),
      ("output.unnamed", "output 1 + 2"),
      ("output.unnamed", "input x: []\noutput grad(x^2, x)"),
      ("output.several", "fn f(x) = x, x\ny = f(1)\noutput y"),
      ("output.several", "input x: []\ninput z: []\noutput g = grad(x * z, x, z)"),
      ("value.several", "fn f(x) = x, x\noutput y = f(1) + 1"),
      ("value.count", "fn f(x) = x, x\na, b, c = f(1)\noutput a"),
      ("value.count", "a, b = 3\noutput a"),
      ("init.unknown", "param w: [3] ~ xavier\noutput w"),
      ("init.value", "dim n\nparam w: [3] ~ constant(n)\noutput w"),
      ("function.arguments", "param w: [3] ~ normal\noutput w"),
      ("init.type", "param w: i32[3] ~ normal(1)\noutput w"),
      ("loop.function", "dim n\ninput x: [n]\noutput y = map(x + 1, x)"),
      ("loop.sequence", "input x: []\nfn f(a) = a\noutput y = map(f, x)"),
      ("loop.state", "dim n\ninput x: [n]\nfn f(s, a) = s, a\noutput y = fold(f, 0, x)"),
      ("shape.mismatch", "dim n\ninput x: [n]\nfn f(s, a) = [s, a]\noutput y = fold(f, 0, x)"),
      ("type.mismatch", "dim n\ninput x: [n]\nfn f(s, a) = s + a\noutput y = fold(f, i32(0), x)"),
      ("shape.mismatch", "dim n, m\ninput x: [n]\ninput z: [m]\nfn f(a, b) = a + b\noutput y = map(f, x, z)"),
      ("einsum.rank", "output y = einsum(\"ij->i\", [1, 2])"),
      ("einsum.text", "output y = einsum(\"i->j\", [1, 2])"),
      ("einsum.text", "output y = einsum(\"...i->i\", [[1, 2]])"),
      ("einsum.text", "output y = einsum(\"..i->i\", [1, 2])"),
      ("einsum.rank", "output y = einsum(\"...ij->...\", [1, 2])"),
      ("shape.mismatch", "output y = einsum(\"ii->i\", [[1, 2]])"),
      ("shape.mismatch", "output y = einsum(\"...,...->...\", [1, 2], [1, 2, 3])"),
      ("shape.mismatch", "output y = einsum(\"i,i->i\", [1, 2], [1, 2, 3])"),
      ("type.literal", "input x: i32\noutput y = x + 3000000000"),
      ("reduction.empty", "output y = max(zeros([0]))"),
      ("argument.shape", "input x: []\noutput y = zeros([x])"),
      ("dim.size", "output y = zeros([4000000000, 4000000000])"),
      ("shape.window", "dim n\ninput x: [n, 1, 2, 2]\nparam k: [1, 1, 3, 3]\noutput y = conv2d(x, k)"),
    ] as [(String, String)]) func everyMistakeIsReportedOnce(_ id: String, _ text: String)
  {
    let (model, diagnostics) = elaborate(SourceFile(name: "m.gd", text: text))
    #expect(diagnostics.map(\.id) == [id], "\(text): \(diagnostics.map(\.message))")
    #expect(model == nil)
    for diagnostic in diagnostics where diagnostic.id != "output.none" { #expect(diagnostic.range != nil) }
  }

  @Test(
    arguments: [
      ("axis.range", "fn f(x) = sum([1, 2], axis=3)"), ("function.arguments", "fn f(x) { y = softmax(x, axes=0); return x }"),
      ("shape.mismatch", "dim n\ninput z: [n]\nfn f(x) = x + (z + [1, 2])"),
      ("derivative.name", "input w: []\nfn f(x) = x + grad(w^2, w + 1)"),
      ("function.arguments", "fn g(a) = a\nfn f(x) = g(x, x)"), ("index.range", "w = [1.0, 2.0]\nfn f(x) = x * w[2]"),
      ("type.bool", "fn f(x) = x + (if 1 then 2 else 3)"), ("loop.function", "fn f(x) = map(x + 1, x)"),
    ]) func aFunctionThatIsNeverCalledIsCheckedAsFarAsItCanBe(_ id: String, _ text: String)
  {
    let (_, diagnostics) = elaborate(SourceFile(name: "m.gd", text: text + "\noutput one = 1"))
    #expect(diagnostics.map(\.id) == [id], "\(diagnostics)")
    #expect(diagnostics.allSatisfy { !$0.notes.contains { $0.message.contains("in this call") } })
  }

  @Test(
    arguments: [
      "fn f(x, n=0) = x[0:n] + 1 / n", "fn f(x) = grad(sum(x^2), x)", "fn f(s, x) = s @ x, x\nfn g(h, xs) = fold(f, (h, 1), xs)",
      "fn f(x, axis) = sum(x, axis=axis)",
      "fn f(x) { a, b = x; return a + b }", "fn f(x) = einsum(\"ij,jk->ik\", x, x.T)",
      "dim n\ninput z: [n]\nfn f(x) = z[5] + mean(z) + x + reshape(z, [2, -1])",
      "fn f(x) = [x, [1, 2]]", "fn f(x) = conv2d(x, x, stride=x)", "w = [1.0, 2.0]\nfn f(x) = jacobian(w * sum(x), w)",
    ]) func whatDependsOnArgumentsIsNotHeldAgainstAFunction(_ text: String) throws
  {
    let (model, diagnostics) = elaborate(SourceFile(name: "m.gd", text: text + "\noutput one = 1"))
    #expect(diagnostics.isEmpty, "\(diagnostics)")
    #expect(try #require(model).graph.requirements.isEmpty)
  }

  @Test func aMessageSpeaksInTheModelsNames() {
    let source = SourceFile(
      name: "mlp.gd",
      text: """
        dim batch, features = 64, hidden = 32, classes = 10
        input x: [batch, features]
        param W2: [hidden, classes]
        logits = x @ W2
        output logits
        """)
    #expect(
      elaborate(source).1.map { $0.rendered(in: source) } == [
        """
        mlp.gd:4:10: error: cannot multiply [batch, 64] by [32, 10]: the inner dimensions 64 and 32 differ
        4 | logits = x @ W2
          |          ^^^^^^
           = hint: `x` is [batch, 64], `W2` is [32, 10]
        """
      ])
  }

  @Test func whatFollowsFromAMistakeIsSilent() {
    // A definition with a syntax error, one with an unknown name, one with a wrong shape: three, and nothing about their users.
    let text = """
      dim n
      input x: [n]
      a = x +
      b = xx * 2
      c = x + [1, 2]
      let d = 3
      fn f(y) = y + zz
      output p = a + b + c + d + f(x), q = sum(b), grad(a, x)
      """
    #expect(
      elaborate(SourceFile(name: "m.gd", text: text)).1.map(\.id) == [
        "syntax.expression", "name.unknown", "shape.mismatch", "syntax.statement", "name.unknown",
      ])
  }

  @Test func aMistakeInAFunctionIsReportedAtItsTextWithTheCall() throws {
    let text = "dim n\ninput x: [n]\nfn f(a) = a + [1, 2]\noutput y = f(x), z = f(2 * x)"
    let diagnostics = elaborate(SourceFile(name: "m.gd", text: text)).1
    #expect(diagnostics.count == 1)
    let found = try #require(diagnostics.first)
    #expect(SourceFile(name: "m.gd", text: text).text(in: try #require(found.range)) == "a + [1, 2]")
    #expect(found.notes.first?.message == "in this call of `f`")
  }

  @Test func aFunctionThatIsNotCalledIsCheckedForNames() {
    let ids = elaborate(SourceFile(name: "m.gd", text: "fn f(x) = x + nope + missing(x)\noutput y = 1")).1.map(\.id)
    #expect(ids == ["name.unknown", "function.unknown"])
  }

  @Test func bindingsFromOutsideAreChecked() {
    func ids(_ bindings: [String: Int]) -> [String] {
      let text = "dim batch, k = 2\ninput x: [batch]\noutput y = sum(x) * k"
      return elaborate(SourceFile(name: "m.gd", text: text), options: .init(bindings: bindings)).1.map(\.id)
    }
    #expect(ids(["batch": 3, "k": 5]) == [])
    #expect(ids(["bach": 3]) == ["dim.unknown"])
    #expect(ids(["batch": -3]) == ["dim.negative"])
    #expect(ids(["x": 3]) == ["dim.unknown"])
  }
}

/// Models that use most of the language.
let elaborationSamples = [
  """
  dim batch, features = 64, hidden = 32, classes = 10
  input x: [batch, features]
  input label: i32[batch]
  param W1: [features, hidden] ~ glorot
  param b1: [hidden] ~ constant(0.5)
  param W2: [hidden, classes] ~ normal(0.1)
  h = relu(x @ W1 + b1)
  logits = h @ W2
  loss = mean(softmax_cross_entropy(logits, label))
  output loss, grad(loss, W1, b1, W2)
  """,
  """
  dim steps
  input start: [2]
  input torque: [steps]
  fn slope(s, u) = stack([s[1], -9.81 * sin(s[0]) - 0.1 * s[1] + u])
  fn step(s, u, h=0.05) {
    k1 = slope(s, u)
    k2 = slope(s + h/2 * k1, u)
    return s + h * (k1 + k2) / 2
  }
  end = fold(step, start, torque)
  cost = sum(end^2) + 0.01 * sum(torque^2)
  output cost, end, grad(cost, torque), J = jacobian(end, start)
  """,
  """
  dim points
  input t: [points]
  param a: [8]
  fn u(s) = sum(a * tanh(a * s))
  fn residual(s) { v = u(s); return grad(grad(v, s), s) + v }
  loss = mean(map(residual, t)^2)
  output loss, grad(loss, a), H = hessian(loss, a)
  """,
  """
  precision f64
  dim n, m = 4
  input x: [n, m]
  input i: i64[n]
  param k: [2, 1, 3, 3]
  fn two(h, c, r) = h + r, where(c > 0, c * r, 0)
  p, q = fold(two, (zeros([m]), ones([m])), x)
  s = scan(max, x[0], x)
  e = einsum("ij,kj->ik", x, x)
  y: f64[n, m] = if x > 0 then x^2 else softmax(x, axis=0)
  r = reshape(x, [-1, 2]); z = concat([x[::2], x[1:n, :]], axis=0)
  w = x[:, -1] + x[..., 0]
  c = conv2d(reshape(x, [n, 1, 2, 2]), k, padding=1)
  output p, q, s, e, y, w, g = pad(c[0, 0], [[1, 0], [0, 1]]), t = cumsum(flip(x), axis=1), o = one_hot(i, 3), b = all(x == x)
  """,
]
