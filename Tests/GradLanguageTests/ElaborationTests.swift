import GradIR
import Testing

@testable import GradLanguage

/// The graph of a model that is right.
func graph(_ text: String, options: ElaborationOptions = .init()) throws -> Graph {
  let source = SourceFile(name: "model.gd", text: text)
  let (model, diagnostics) = elaborate(source, options: options)
  if model == nil { Issue.record("\(diagnostics.map { $0.rendered(in: source) })") }
  let graph = try #require(model).graph
  try GraphVerifier.verify(graph)
  return graph
}

/// The types of a model's outputs.
func outputTypes(_ text: String, options: ElaborationOptions = .init()) throws -> [String] {
  let graph = try graph(text, options: options)
  return graph.results.map { graph.type(of: $0.value).description }
}

@Suite struct ElaborationTests {
  @Test func theSamplesElaborate() throws {
    for sample in elaborationSamples {
      let right = sample.replacing("r = reshape(x, [-1, 2]); z", with: "z")
      _ = try graph(right)
    }
  }

  // MARK: Types

  @Test(arguments: [
    ("1.5", "f32"), ("2", "i64"), ("true", "bool"), ("sqrt(2)", "f32"), ("1/2", "f32"), ("a + 1", "f32"), ("d * 0.1", "f64"),
    ("d + sqrt(2)", "f64"),
    ("i + 1", "i32"), ("i * 0.5", "f32"), ("i / 2", "f32"), ("i + l", "i64"), ("i * d", "f64"), ("i^2", "i32"), ("i^0.5", "f32"),
    ("i^-1", "f32"), ("sum(v)", "f32"),
    ("sum(i32([1, 2]))", "i64"), ("mean(i32([1, 2]))", "f32"), ("argmax(v)", "i64"), ("v > 0", "bool[n]"), ("iota(n)", "i64[n]"),
    ("i + n", "i32"), ("d + n", "f64"),
    ("sin(i)", "f32"), ("d * zeros([n])", "f64[n]"), ("d + [1, 2]", "f64[2]"), ("one_hot(i, 3)", "f32[3]"), ("where(true, 1, 0.5)", "f32"),
    ("where(v > 0, d, 0)", "f64[n]"),
    ("x[::2]", "f32[floor_divide(n + 1, 2), 3]"), ("x.T", "f32[3, n]"), ("fold(acc, 0, v)", "f32"), ("fold(acc, 0, i32([1]))", "i32"),
    ("fold(acc, 0, f64(v))", "f64"),
    ("map(acc, v, 2 * v)", "f32[n]"), ("concat([v, v])", "f32[2*n]"), ("-true", "i64"), ("pi", "f32"), ("n", "i64"), ("i * true", "i32"),
    ("grad(sum(d * f64(v)), d)", "f64"), ("jacobian(x, v)", "f32[n, 3, n]"), ("jvp(x @ w, w, [1, 2, 3])", "f32[n]"),
    ("jvp(x @ w, w, iota(3))", "f32[n]"),
    ("vjp(x @ w, w, v)", "f32[3]"), ("hessian(sum(w^3), w)", "f32[3, 3]"),
  ]) func typesMeetAsTheLanguageSays(_ expression: String, _ type: String) throws {
    let text = """
      dim n
      input a: []
      input d: f64
      input i: i32
      input l: i64
      input v: [n]
      input x: [n, 3]
      param w: [3]
      fn acc(s, x) = s + x
      output y = \(expression)
      """
    #expect(try outputTypes(text) == [type])
    // In double precision f32 of the model becomes f64, and i32 stays.
    #expect(try outputTypes(text, options: .init(precision: .f64)) == [type.replacing("f32", with: "f64")])
  }

  @Test func thePrecisionOfTheCommandLineWins() throws {
    let text = "precision f64\ninput x: []\ninput y: f32\noutput x, y"
    #expect(try outputTypes(text) == ["f64", "f32"])
    #expect(try outputTypes(text, options: .init(precision: .f32)) == ["f32", "f32"])
  }

  @Test func literalsAreRoundedOnce() throws {
    let graph = try graph("input x: []\noutput y = x * (0.1 + 0.2)")
    let constants = graph.nodes.compactMap { node -> Float? in
      if case .constant(let value) = node.op, value.dtype == .f32 { Float(value.double(at: 0)) } else { nil }
    }
    #expect(constants == [Float(0.1 + 0.2)])
  }

  @Test func bindingsFixDims() throws {
    let text = "dim n, k = 2\ninput x: [n, k]\noutput x"
    #expect(try outputTypes(text, options: .init(bindings: ["n": 5, "k": 3])) == ["f32[5, 3]"])
    let model = elaborate(SourceFile(name: "m.gd", text: text), options: .init(bindings: ["k": 3])).0
    #expect(model?.symbolicDimensions == ["n"])
    #expect(model?.dimensions.map(\.value) == [nil, 3])
  }

  // MARK: Names

  @Test func unnamedDerivativesAreCalledByTheirArguments() throws {
    let text = """
      input x: []
      input z: []
      y = x^2 * z
      output y, grad(y, x, z), hessian(y, x), jacobian(y, z), j = jvp(y, x, 1)
      """
    #expect(try graph(text.replacing("jacobian(y, z), ", with: "")).results.map(\.name) == ["y", "dy_dx", "dy_dz", "d2y_dx2", "j"])
    #expect(elaborate(SourceFile(name: "m.gd", text: text)).1.map(\.id) == ["name.duplicate"])
  }

  @Test func statementsStandInAnyOrder() throws {
    #expect(try outputTypes("output y\ny = f(x)\nfn f(a) { c = b * 2; b = a + k; return c }\ninput x: [k]\ndim k = 3") == ["f32[3]"])
  }

  @Test func aModelsFunctionHidesTheBuiltIn() throws {
    let result = try run(
      "precision f64\nfn mean(x) = 7.0\nfn exp(x) = 0 * x\noutput a = mean([1.0]), b = sum(softmax([1.0, 2.0])), norm = 3.0")
    #expect(result.map { $0.double(at: 0) }.map { ($0 * 1e9).rounded() / 1e9 } == [7, 1, 3])
  }

  // MARK: Derivatives

  @Test func whatADerivativeIsTakenByIsAValueOfItsOwn() throws {
    // u and v compute the same; only u is differentiated by.
    let graph = try graph("input x: []\nu = sin(x)\nv = sin(x)\noutput a = grad(v, u), b = grad(u * u, u)")
    let gradients = graph.nodes.filter { if case .derivative = $0.op { true } else { false } }
    #expect(gradients.count == 2)
    for gradient in gradients {
      if case .variable = graph.node(of: gradient.operands[1]).op {} else { Issue.record("the derivative is not by a variable") }
    }
    if case .map = graph.node(of: gradients[0].operands[0]).op {} else { Issue.record("v is not a value apart from u") }
  }

  @Test func aDerivativeInALoopGoesThroughWhatWasComputedOutside() throws {
    let graph = try graph(
      """
      dim n
      input w: []
      input x: [n]
      h = tanh(w)
      fn f(a) = grad(a * h * w, w)
      output y = map(f, x)
      """)
    let bodies = graph.nodes.compactMap { node -> Graph? in if case .loop(let loop) = node.op { loop.body } else { nil } }
    let body = try #require(bodies.first)
    // tanh(w) is computed in the body, from the captured w.
    #expect(body.nodes.contains { if case .map(let function) = $0.op { function.name == "tanh" } else { false } })
    #expect(body.parameters.map(\.name) == ["a", "w"])
  }

  @Test func aDerivativeInALoopGoesThroughTheSequence() throws {
    let graph = try graph("dim n\ninput w: []\ninput x: [n]\nys = w * x\nfn f(a) = grad(a^2, w)\noutput y = map(f, ys)")
    let bodies = graph.nodes.compactMap { node -> Graph? in if case .loop(let loop) = node.op { loop.body } else { nil } }
    #expect(try #require(bodies.first).parameters.map(\.name) == ["step", "w", "x"])
  }

  @Test func aDerivativeThroughTheStateIsRefused() {
    let text = "dim n\ninput w: []\ninput x: [n]\nfn f(s, a) = grad(s * a * w, w)\noutput y = fold(f, 0, x)"
    #expect(elaborate(SourceFile(name: "m.gd", text: text)).1.map(\.id) == ["derivative.state"])
  }

  // MARK: Requirements

  @Test func whatOnlyDimsDecideBecomesARequirement() throws {
    let graph = try graph("dim n, k\ninput x: [n]\noutput a = max(x), b = x[2], c = reshape(x, [k, 2])")
    #expect(graph.requirements.map { "\($0.left) \($0.relation.rawValue) \($0.right)" } == ["n >= 1", "n >= 3", "2*k == n"])
  }

  // MARK: Size

  @Test func longChainsCostNoStack() throws {
    let chain = (1...10_000).map { "y\($0) = y\($0 - 1) * x" }.reversed().joined(separator: "\n")
    #expect(try outputTypes("input x: []\noutput y10000\n\(chain)\ny0 = x") == ["f32"])
    #expect(try outputTypes("input x: []\noutput y = x" + String(repeating: " + x", count: 50_000)) == ["f32"])
    #expect(try outputTypes("input x: []\noutput y = " + String(repeating: "-", count: 20_000) + "x") == ["f32"])
    #expect(try outputTypes("input x: []\noutput y = x" + String(repeating: "^x", count: 5_000)) == ["f32"])
    let branches = String(repeating: "if x > 0 then x else ", count: 5_000)
    #expect(try outputTypes("input x: []\noutput y = \(branches)x") == ["f32"])
  }

  @Test func callsNestDeep() throws {
    let functions = (1...900).map { "fn g_\($0)(x) = g_\($0 - 1)(x) + 1" }.joined(separator: "\n")
    #expect(try outputTypes("input x: []\nfn g_0(x) = x\n\(functions)\noutput y = g_900(x)") == ["f32"])
    let more = (901...1_200).map { "fn g_\($0)(x) = g_\($0 - 1)(x) + 1" }.joined(separator: "\n")
    let text = "input x: []\nfn g_0(x) = x\n\(functions)\n\(more)\noutput y = g_1200(x)"
    #expect(elaborate(SourceFile(name: "m.gd", text: text)).1.map(\.id) == ["function.depth"])
  }

  @Test func loopsDoNotGrowWithTheirSteps() throws {
    let short = try graph("fn acc(s, x) = s + x\noutput y = fold(acc, 0, iota(10))")
    let long = try graph("fn acc(s, x) = s + x\noutput y = fold(acc, 0, iota(1000000))")
    #expect(short.nodes.count == long.nodes.count)
  }
}
