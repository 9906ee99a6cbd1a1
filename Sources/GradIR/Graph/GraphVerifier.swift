/// A graph that breaks its invariants: a bug of the compiler, unless it says what the user is to be told.
public struct VerifierError: Error, Hashable, Sendable, CustomStringConvertible {
  public var message: String
  /// The pass that made the graph, once known.
  public var pass: String?
  /// A tensor that a derivative needs is beyond all bounds: no bug.
  public var diagnostic: Diagnostic?
  public init(_ message: String, pass: String? = nil, diagnostic: Diagnostic? = nil) {
    self.message = message
    self.pass = pass
    self.diagnostic = diagnostic
  }
  public var description: String { pass.map { "after \($0): \(message)" } ?? message }
}

/// Checks a graph's invariants: topological order, types by running each op's rule again, parameters, results, loop bodies.
public enum GraphVerifier {
  /// - Parameter allowsDerivatives: whether `derivative` nodes may stand in the graph, and `variable` nodes with them; both are gone
  ///   after `differentiate`.
  public static func verify(_ graph: Graph, allowsDerivatives: Bool = true) throws(VerifierError) {
    var values = 0
    var variables: Set<Int> = []
    var seen: Set<Int> = []
    for (index, node) in graph.nodes.enumerated() {
      func fail(_ message: String) -> VerifierError { VerifierError("node \(index) (\(node.op.name), \(node.firstResult)): \(message)") }
      guard Int(node.firstResult.index) == values, !node.types.isEmpty || isLoop(node.op) else {
        throw fail("results are not numbered in order")
      }
      for operand in node.operands where operand.index < 0 || operand.index >= values { throw fail("reads \(operand), which comes later") }
      for result in node.results
      where graph.nodeOfValue.indices.contains(Int(result.index)) == false || graph.nodeIndex(of: result) != index {
        throw fail("\(result) is not entered as its result")
      }
      values += node.types.count
      try verify(node, graph, allowsDerivatives, fail)
      switch node.op {
      case .parameter(let parameter):
        if !seen.insert(parameter).inserted { throw fail("parameter \(parameter) has two nodes") }
      case .variable(let number):
        if !variables.insert(number).inserted { throw fail("variable \(number) stands twice") }
      default: break
      }
    }
    guard graph.valueCount == values else { throw VerifierError("\(graph.valueCount) values are entered, \(values) are results") }
    for result in graph.results where result.value.index < 0 || result.value.index >= values {
      throw VerifierError("result `\(result.name)` is \(result.value), which does not exist")
    }
    for (value, name) in graph.names where value.index < 0 || value.index >= values {
      throw VerifierError("the name `\(name)` is that of \(value), which does not exist")
    }
  }

  private static func isLoop(_ op: Op) -> Bool {
    if case .loop = op { return true }
    return false
  }

  private static func verify(
    _ node: Node, _ graph: Graph, _ allowsDerivatives: Bool, _ fail: (String) -> VerifierError
  ) throws(VerifierError) {
    switch node.op {
    case .parameter(let index):
      guard graph.parameters.indices.contains(index) else { throw fail("there is no parameter \(index)") }
      guard node.types == [graph.parameters[index].type], node.operands.isEmpty else {
        throw fail("is \(node.types), the parameter is \(graph.parameters[index].type)")
      }
      return
    case .derivative:
      guard allowsDerivatives else { throw fail("is not expanded") }
      for x in node.operands.dropFirst(1).prefix(node.op == .derivative(.gradient) ? Int.max : 1) {
        switch graph.node(of: x).op {
        case .variable, .parameter: break
        default: throw fail("is taken by \(x), which is no variable")
        }
      }
    case .variable:
      guard allowsDerivatives else { throw fail("is not removed") }
    case .loop(let loop):
      guard loop.captures >= 0, loop.outputs >= 0 else { throw fail("the body has too few values") }
      do {
        try verify(loop.body, allowsDerivatives: allowsDerivatives)
      } catch {
        throw VerifierError(fail("in the body: \(error.message)").message, diagnostic: error.diagnostic)
      }
    default: break
    }
    let types: [TensorType]
    do {
      types = try TypeRule.infer(node.op, node.operands.map(graph.type(of:)))
    } catch {
      let size = Diagnostic(
        "dim.size", "a derivative needs what is too large: \(error.message)", at: node.source,
        hint: "take derivatives by smaller tensors, or of smaller ones")
      throw VerifierError(fail(error.message).message, diagnostic: error.isTooLarge ? size : nil)
    }
    guard types == node.types else { throw fail("has \(node.types), its rule gives \(types)") }
  }
}
