import GradIR

/// Checks each derivative node of one graph at one point, and those of loop bodies at the values of their first step.
struct GraphCheck {
  let graph: Graph
  let inputs: [Tensor]
  let dims: [String: Int]
  let source: SourceFile
  let differentiate: @Sendable (Graph) -> Graph

  func findings() throws -> [DerivativeCheck.Finding] {
    var findings: [DerivativeCheck.Finding] = []
    let live = graph.liveNodes
    for (index, node) in graph.nodes.enumerated() where live[index] {
      switch node.op {
      case .derivative(let kind):
        for position in 0..<(kind == .gradient ? node.operands.count - 1 : 1) { findings.append(try check(kind, node, position)) }
      case .loop(let loop) where loop.body.asksForDerivatives: findings += try bodyFindings(loop, node)
      default: break
      }
    }
    return findings
  }

  /// The derivatives in a loop's body, at the values of its first step.
  private func bodyFindings(_ loop: Loop, _ node: Node) throws -> [DerivativeCheck.Finding] {
    guard let count = loop.count.value(dims), count > 0 else { return [] }
    let values = try evaluate(node.operands)
    let first = loop.reverse ? count - 1 : 0
    let arguments = values.enumerated().map { index, value in
      (loop.states..<loop.states + loop.sequences).contains(index) ? value.row(first) : value
    }
    return try GraphCheck(graph: loop.body, inputs: arguments, dims: dims, source: source, differentiate: differentiate).findings()
  }

  /// One derivative: y by operand `position` + 1.
  private func check(_ kind: DerivativeKind, _ node: Node, _ position: Int) throws -> DerivativeCheck.Finding {
    let y = node.operands[0]
    let x = node.operands[position + 1]
    let result = ValueID(Int(node.firstResult.index) + position)
    let point = try evaluate([x, result] + (kind == .vectorJacobian || kind == .jacobianVector ? [node.operands[2]] : []))
    var finding = DerivativeCheck.Finding(title: title(kind, node, y, x))
    let cut = try CutFunction(graph: graph, result: y, by: x, inputs: inputs, dims: dims, differentiate: differentiate)
    var comparison = DifferenceComparison(function: cut, at: point[0], name: graph.names[x] ?? "x")
    switch kind {
    case _ where !cut.hasDifferences: finding.hasDifferences = false
    case .gradient: try comparison.compareByElements(point[1], cotangent: nil)
    case .vectorJacobian: try comparison.compareByElements(point[1], cotangent: point[2])
    case .jacobianVector: try comparison.compareAlong(point[2], point[1])
    case .jacobian: try comparison.compareJacobian(point[1])
    }
    finding.compared = comparison.compared
    finding.skipped = comparison.skipped
    finding.worst = comparison.worst
    finding.modes = try compareModes(y, x)
    return finding
  }

  private func title(_ kind: DerivativeKind, _ node: Node, _ y: ValueID, _ x: ValueID) -> String {
    let word =
      switch kind {
      case .gradient: "grad"
      case .vectorJacobian: "vjp"
      case .jacobianVector: "jvp"
      case .jacobian: "jacobian"
      }
    let place = node.source.map { " at \(source.name):\(source.line(of: $0.lower))" } ?? ""
    return "\(word)(\(graph.names[y] ?? "…"), \(graph.names[x] ?? "…"))\(place)"
  }

  /// ⟨u, J v⟩ by forward mode and ⟨Jᵀ u, v⟩ by reverse mode for random u and v.
  private func compareModes(_ y: ValueID, _ x: ValueID) throws -> (Double, Double, Double)? {
    let builder = GraphBuilder(graph)
    let u = builder.parameter(Parameter(name: "u", type: graph.type(of: y)))
    let v = builder.parameter(Parameter(name: "v", type: graph.type(of: x)))
    let forward = builder.add(.derivative(.jacobianVector), [y, x, v])
    let reverse = builder.add(.derivative(.vectorJacobian), [y, x, u])
    var both = builder.finish()
    both.results = [Output(name: "forward", value: forward), Output(name: "reverse", value: reverse), Output(name: "y", value: y)]
    guard let yExtents = graph.shape(of: y).extents(dims), let xExtents = graph.shape(of: x).extents(dims) else { return nil }
    let cotangent = Initializer.uniform(low: -1, high: 1).tensor(name: "u", dtype: graph.type(of: y).dtype, extents: yExtents)
    let tangent = Initializer.uniform(low: -1, high: 1).tensor(name: "v", dtype: graph.type(of: x).dtype, extents: xExtents)
    let values = try GraphInterpreter.run(differentiate(both), inputs: inputs + [cotangent, tangent], dims: dims)
    let (a, aScale) = inner(cotangent, values[0])
    let (b, bScale) = inner(values[1], tangent)
    if !a.isFinite || !b.isFinite { return nil }
    // Both sums round at each of their terms; the products within J do so too, a few hundred deep at most. Where J is zero by
    // cancelling, its terms are of the size of y or of 1: the floor that the differences have.
    let size = (0..<values[2].count).map { abs(values[2].double(at: $0)) }.filter(\.isFinite).max() ?? 0
    return (a, b, 1e-9 * max(aScale, bScale, 1e-3 * max(1, size)))
  }

  private func inner(_ a: Tensor, _ b: Tensor) -> (Double, scale: Double) {
    (0..<a.count).reduce((0, 0)) { sum, index in
      let product = a.double(at: index) * b.double(at: index)
      return (sum.0 + product, sum.1 + abs(product))
    }
  }

  private func evaluate(_ values: [ValueID]) throws -> [Tensor] {
    try GraphInterpreter.run(differentiate(graph.asking(for: values)), inputs: inputs, dims: dims)
  }
}

extension Graph {
  /// The same nodes with other results.
  func asking(for values: [ValueID]) -> Graph {
    var asked = self
    asked.results = values.enumerated().map { Output(name: "value\($0)", value: $1) }
    return asked
  }

  /// Makes a value a parameter, whatever it was computed from.
  mutating func cutOff(_ value: ValueID, as name: String) {
    parameters.append(Parameter(name: name, type: type(of: value)))
    let index = nodeIndex(of: value)
    nodes[index].op = .parameter(parameters.count - 1)
    nodes[index].operands = []
  }

  /// Whether a `stop_gradient` stands in it or in a loop's body.
  var stopsGradients: Bool {
    nodes.contains { node in
      switch node.op {
      case .stopGradient: true
      case .loop(let loop): loop.body.stopsGradients
      default: false
      }
    }
  }

  /// Whether a derivative stands in it or in a loop's body.
  var asksForDerivatives: Bool {
    nodes.contains { node in
      switch node.op {
      case .derivative: true
      case .loop(let loop): loop.body.asksForDerivatives
      default: false
      }
    }
  }
}

extension Tensor {
  /// Slice `index` along the first axis.
  func row(_ index: Int) -> Tensor {
    let size = shape.dropFirst().reduce(1, *)
    let range = index * size..<(index + 1) * size
    let storage: Storage =
      switch self.storage {
      case .f32(let v): .f32(Array(v[range]))
      case .f64(let v): .f64(Array(v[range]))
      case .i32(let v): .i32(Array(v[range]))
      case .i64(let v): .i64(Array(v[range]))
      case .bool(let v): .bool(Array(v[range]))
      }
    return Tensor(shape: Array(shape.dropFirst()), storage: storage)
  }
}
