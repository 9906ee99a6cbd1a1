import GradIR

/// The local Jacobians that each derivative of a graph is made of, node by node from its value back to what it is taken by. Along a
/// path they are multiplied, over the paths added.
///
///     dy_dx = gradient(y, x)
///       y = reduce_sum(u)    ∂/∂u = 1ᵀ
///       u = tanh(x)          ∂/∂x = diag(1 − u²)
public func describeJacobians(of graph: Graph) -> String {
  let lines = JacobianText(graph).lines
  return lines.isEmpty ? "no derivatives" : lines.joined(separator: "\n")
}

/// The Jacobian of a node by one of its operands in words, coefficients as formulas over the graph's names: `diag(1 − y²)`.
public func describeJacobian(of node: Node, operandIndex: Int, in graph: Graph) -> String {
  JacobianText(graph).map(node, by: operandIndex)
}

private struct JacobianText {
  let graph: Graph
  /// Where the rules write coefficients.
  private let builder: GraphBuilder

  init(_ graph: Graph) {
    self.graph = graph
    builder = GraphBuilder(graph)
  }

  var lines: [String] {
    graph.nodes.flatMap { node -> [String] in
      switch node.op {
      case .derivative(let kind):
        let inputs = kind == .gradient ? node.operands[1...] : node.operands[1...1]
        return [equation(node)] + path(from: [node.operands[0]], to: Array(inputs)).map { "  \($0)" }
      case .loop(let loop): return JacobianText(loop.body).lines
      default: return []
      }
    }
  }

  private func path(from outputs: [ValueID], to inputs: [ValueID]) -> [String] {
    let activity = Activity(graph, of: outputs, by: inputs)
    let nodes = activity.nodes.reversed().map { graph.nodes[$0] }.filter { node in
      if case .parameter = node.op { return false }
      return node.results.contains { activity.isActive($0) && activity.reachesOutput($0) && !inputs.contains($0) }
    }
    let width = nodes.map { equation($0).count }.filter { $0 <= 60 }.max() ?? 0
    return nodes.flatMap { node -> [String] in
      let text = equation(node)
      let indentation = String(repeating: " ", count: max(0, width - text.count) + 4)
      let active = node.operands.indices.filter { activity.isActive(node.operands[$0]) }
      switch node.op {
      case .derivative: return [text + indentation + "written out before its own derivative is taken"]
      case .loop(let loop): return [text + indentation + "in each step:"] + steps(loop, active).map { "  \($0)" }
      default: return [text + indentation + jacobians(node, active)]
      }
    }
  }

  /// What the body of a loop adds: from its results back to its states and to what comes from an active operand.
  private func steps(_ loop: Loop, _ active: [Int]) -> [String] {
    let parameters = loop.body.parameterValues.enumerated().filter { $0.offset < loop.states || active.contains($0.offset) }
    return JacobianText(loop.body).path(from: loop.body.results.map(\.value), to: parameters.compactMap(\.element))
  }

  private func jacobians(_ node: Node, _ active: [Int]) -> String {
    active.filter { node.operands.firstIndex(of: node.operands[$0]) == $0 }.map { place in
      // An operand that is read twice has two Jacobians, which are added.
      let maps = active.filter { node.operands[$0] == node.operands[place] }.map { map(node, by: $0) }
      return "∂/∂\(name(node.operands[place])) = \(maps.joined(separator: " + "))"
    }.joined(separator: ", ")
  }

  func map(_ node: Node, by operand: Int) -> String {
    if case .loop = node.op { return "loop" }
    return localJacobian(node, operandIndex: operand, in: builder).description(naming: name)
  }

  private func equation(_ node: Node) -> String {
    "\(names(Array(node.results))) = \(node.op.name)(\(names(node.operands)))"
  }
  private func names(_ values: [ValueID]) -> String { values.map(name).joined(separator: ", ") }
  private func name(_ value: ValueID) -> String { FormulaWriter(graph: builder.graph, known: graph).text(value, binding: 0) }
}
