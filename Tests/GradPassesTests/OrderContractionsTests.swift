import GradIR
import GradPasses
import TestSupport
import Testing

/// Nodes in the words of graphs' text, and what the pass makes of them. Params are x: [n, d], w: [d, m], g: [n, m], v: [m], a: [d, d],
/// the last value is the result, `y` and what `returns` names.
struct ProductCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let dtype: String
  let returns: [String]
  let nodes: [String]
  /// Nil where the pass changes nothing.
  let expected: [String]?

  init(_ title: String, dtype: String = "f64", returns: [String] = [], _ nodes: [String], gives expected: [String]?) {
    testDescription = title
    self.dtype = dtype
    self.returns = returns
    self.nodes = nodes
    self.expected = expected
  }

  private static let parameters = ["x: [n, d]", "w: [d, m]", "g: [n, m]", "v: [m]", "a: [d, d]"]

  func check() throws {
    let graph = try GraphParser.parse(text)
    let ordered = Pass.eliminateDeadNodes.run(Pass.orderContractions.run(graph))
    try GraphVerifier.verify(ordered)
    let lines = Self.nodes(ordered)
    #expect(lines == expected ?? Self.nodes(graph), "\(testDescription)")
    // An empty axis, axes of 1, and sums of more than one block.
    for dims in [["n": 3, "d": 4, "m": 2], ["n": 0, "d": 1, "m": 5], ["n": 2, "d": 0, "m": 1], ["n": 600, "d": 3, "m": 4]] {
      let random = RandomSource(seed: 5)
      let inputs = graph.parameters.map {
        random.tensor($0.type.dtype, shape: $0.type.shape.extents(dims) ?? [], specialShare: 0)
      }
      var comparison = BoundComparison()
      try comparison.compare(graph, ordered, inputs: inputs, dims: dims, "\(testDescription) of \(dims)")
      #expect(comparison.compared == comparison.all)
    }
  }

  private var text: String {
    let declared = Self.parameters.map { "input \($0.prefix(3))\(dtype)\($0.dropFirst(3))" }
    let read = Self.parameters.enumerated().map { index, parameter in
      "\(parameter.prefix(1)) = parameter \(index) : \(dtype)\(parameter.dropFirst(3))"
    }
    let results = (returns + ["y"]).map { "return \($0): \($0)" }
    return (["graph {"] + declared + read + nodes + results + ["}"]).joined(separator: "\n")
  }
  private static func nodes(_ graph: Graph) -> [String] {
    GraphPrinter.print(graph).split(separator: "\n").map { line in String(line.drop { $0 == " " }) }
      .filter { $0.contains(" = ") && !$0.contains("= parameter") }
  }
}

@Suite struct OrderContractionsTests {
  static let cases: [ProductCase] = [
    ProductCase(
      "Σ (x w)∘g = Σ x∘(g wᵀ), and g wᵀ is computed anyway", returns: ["dx", "dw"],
      [
        "h = contract[ab,bc->ac](x, w) : f64[n, m]", "p = multiply(h, g) : f64[n, m]", "y = reduce_sum[axes 0 1](p) : f64",
        "dx = contract[ab,cb->ca](w, g) : f64[n, d]", "dw = contract[ab,ac->bc](x, g) : f64[d, m]",
      ],
      gives: [
        "dx = contract[ab,cb->ca](w, g) : f64[n, d]", "y = contract[ab,ab->](x, dx) : f64", "dw = contract[ab,ac->bc](x, g) : f64[d, m]",
      ]),
    ProductCase(
      "Σ (x w)∘g stays where all orders cost as much",
      ["h = contract[ab,bc->ac](x, w) : f64[n, m]", "p = multiply(h, g) : f64[n, m]", "y = reduce_sum[axes 0 1](p) : f64"], gives: nil),
    ProductCase(
      "(x w) v = x (w v)", ["h = contract[ab,bc->ac](x, w) : f64[n, m]", "y = contract[ab,b->a](h, v) : f64[n]"],
      gives: ["%3 = contract[ab,b->a](w, v) : f64[d]", "y = contract[ab,b->a](x, %3) : f64[n]"]),
    ProductCase(
      "(x a) w stays: which is cheaper the sizes decide",
      ["h = contract[ab,bc->ac](x, a) : f64[n, d]", "y = contract[ab,bc->ac](h, w) : f64[n, m]"], gives: nil),
    ProductCase(
      "what is read twice stays", returns: ["h"],
      ["h = contract[ab,bc->ac](x, w) : f64[n, m]", "y = contract[ab,b->a](h, v) : f64[n]"], gives: nil),
    ProductCase(
      "signs and scalars are pulled through",
      [
        "h = contract[ab,bc->ac](x, w) : f64[n, m]", "c = constant {3.0} : f64", "s = broadcast(c) : f64[n, m]",
        "t = multiply(s, h) : f64[n, m]", "u = negate(t) : f64[n, m]", "y = contract[ab,b->a](u, v) : f64[n]",
      ],
      gives: [
        "c = constant {3.0} : f64", "%4 = contract[ab,b->a](w, v) : f64[d]", "%5 = contract[ab,b->a](x, %4) : f64[n]",
        "%6 = broadcast(c) : f64[n]", "%7 = multiply(%5, %6) : f64[n]", "y = negate(%7) : f64[n]",
      ]),
    ProductCase(
      "what is not linear stays",
      [
        "h = contract[ab,bc->ac](x, w) : f64[n, m]", "t = tanh(h) : f64[n, m]", "y = contract[ab,b->a](t, v) : f64[n]",
      ], gives: nil),
    ProductCase(
      "Σ_n x w = (Σ_n x) w", ["h = contract[ab,bc->ac](x, w) : f64[n, m]", "y = reduce_sum[axes 0](h) : f64[m]"],
      gives: ["%2 = reduce_sum[axes 0](x) : f64[d]", "y = contract[a,ab->b](%2, w) : f64[m]"]),
    ProductCase(
      "Σ broadcast(x)∘broadcast(w) = x w",
      [
        "l = broadcast[axes 0 1](x) : f64[n, d, m]", "r = broadcast[axes 1 2](w) : f64[n, d, m]", "p = multiply(l, r) : f64[n, d, m]",
        "y = reduce_sum[axes 1](p) : f64[n, m]",
      ],
      gives: ["y = contract[ab,bc->ac](x, w) : f64[n, m]"]),
    ProductCase(
      "Σ broadcast(x) = m x", ["l = broadcast[axes 0 1](x) : f64[n, d, m]", "y = reduce_sum[axes 2](l) : f64[n, d]"],
      gives: [
        "%1 = dimension[m] : i64", "%2 = cast_f64(%1) : f64", "%3 = broadcast(%2) : f64[n, d]", "y = multiply(x, %3) : f64[n, d]",
      ]),
    ProductCase(
      "Σ x∘y of whole factors stays a sum, which takes its producers in",
      ["p = multiply(x, x) : f64[n, d]", "y = reduce_sum[axes 0](p) : f64[d]"], gives: nil),
    ProductCase(
      "a transposed operand is a permuted list of labels",
      ["t = transpose[axes 1 0](x) : f64[d, n]", "y = contract[ab,bc->ac](t, g) : f64[d, m]"],
      gives: ["y = contract[ab,ac->bc](x, g) : f64[d, m]"]),
    ProductCase(
      "a transposed result is too",
      ["h = contract[ab,bc->ac](x, w) : f64[n, m]", "y = transpose[axes 1 0](h) : f64[m, n]"],
      gives: ["y = contract[ab,bc->ca](x, w) : f64[m, n]"]),
    ProductCase(
      "a broadcast operand loses axes",
      ["b = broadcast[axes 1](v) : f64[n, m]", "y = contract[ab,ab->a](g, b) : f64[n]"],
      gives: ["y = contract[ab,b->a](g, v) : f64[n]"]),
    ProductCase(
      "a sum over an axis that a broadcast operand lacks is one of the other",
      ["b = broadcast[axes 1](v) : f64[n, m]", "y = contract[ab,ab->b](g, b) : f64[m]"],
      gives: ["%2 = reduce_sum[axes 0](g) : f64[m]", "y = multiply(%2, v) : f64[m]"]),
    ProductCase(
      "x · 1 = x, nothing summed", ["c = constant {1.0} : f64", "y = contract[ab,->ab](x, c) : f64[n, d]"], gives: []),
    ProductCase(
      "contract(x, 1) = Σ x",
      ["c = constant {1.0} : f64", "b = broadcast(c) : f64[m]", "y = contract[ab,b->a](g, b) : f64[n]"],
      gives: ["y = reduce_sum[axes 1](g) : f64[n]"]),
    ProductCase(
      "a factor of 2 stays", ["c = constant {2.0} : f64", "y = contract[ab,->ab](x, c) : f64[n, d]"], gives: nil),
    ProductCase(
      "1 times 1 stays: no factor would be left", ["c = constant {1.0} : f64", "y = contract[,->](c, c) : f64"], gives: nil),
    ProductCase(
      "a masked product by 1 stays", ["c = constant {1.0} : f64", "y = contract[ab,->ab!](x, c) : f64[n, d]"], gives: nil),
    ProductCase(
      "a masked contraction keeps its order",
      ["h = contract[ab,bc->ac!](x, w) : f64[n, m]", "y = contract[ab,b->a](h, v) : f64[n]"], gives: nil),
    ProductCase(
      "integers stay as they are", dtype: "i64",
      ["h = contract[ab,bc->ac](x, w) : i64[n, m]", "y = contract[ab,b->a](h, v) : i64[n]"], gives: nil),
  ]
  @Test(arguments: cases) func productsAreOrdered(_ product: ProductCase) throws { try product.check() }

  @Test func bodiesOfLoopsAreOrderedToo() throws {
    let (n, m) = (Dim.symbol("n"), Dim.symbol("m"))
    let body = GraphBuilder()
    let state = body.parameter(Parameter(name: "s", type: TensorType(.f64, [n])))
    let x = body.parameter(Parameter(name: "x", type: TensorType(.f64, [n, m])))
    let w = body.parameter(Parameter(name: "w", type: TensorType(.f64, [m, n])))
    let square = body.contract(x, w, Contraction([0, 1], [1, 2], [0, 2]))
    body.output("s", body.contract(square, state, Contraction([0, 1], [1], [0])))
    let builder = GraphBuilder()
    let operands = [TensorType(.f64, [n]), TensorType(.f64, [n, m]), TensorType(.f64, [m, n])].enumerated().map {
      builder.parameter(Parameter(name: "p\($0)", type: $1, role: .input))
    }
    builder.output("y", builder.loop(Loop(body: body.finish(), count: 3, states: 1, sequences: 0), operands)[0])
    let ordered = Pass.eliminateDeadNodes.run(Pass.orderContractions.run(builder.finish()))
    guard case .loop(let loop)? = ordered.nodes.last?.op else {
      Issue.record("the loop is gone")
      return
    }
    #expect(loop.body.nodes.allSatisfy { $0.types[0].rank < 2 || $0.op.name == "parameter" })
  }
}
