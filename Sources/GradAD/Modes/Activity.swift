import GradIR

/// The part of a graph between what a derivative is taken by and what it is taken of.
struct Activity {
  /// The graph when the derivative was asked for; nodes made since then are not on the way.
  let graph: Graph
  /// The nodes to walk.
  let nodes: Range<Int>
  /// By value: float, and dependent on an input along a path that passes derivatives.
  let isActive: [Bool]
  /// By value: an output depends on it.
  let reachesOutput: [Bool]
  /// By node: below a `where`.
  let isMasked: [Bool]

  /// - Parameter masked: the outputs that themselves are below a `where`.
  init(_ graph: Graph, of outputs: [ValueID], by inputs: [ValueID], masked: Set<ValueID> = []) {
    self.graph = graph
    let lower = inputs.map(graph.nodeIndex(of:)).min() ?? 0
    let upper = (outputs.map(graph.nodeIndex(of:)).max() ?? -1) + 1
    nodes = lower..<max(lower, upper)
    var active = [Bool](repeating: false, count: graph.valueCount)
    for input in inputs { active[Int(input.index)] = true }
    for index in nodes where graph.nodes[index].passesDerivatives {
      guard graph.nodes[index].operands.contains(where: { active[Int($0.index)] }) else { continue }
      let first = Int(graph.nodes[index].firstResult.index)
      for (place, type) in graph.nodes[index].types.enumerated() where type.dtype.isFloat { active[first + place] = true }
    }
    isActive = active
    let below = graph.valuesBelow(outputs, masked: masked)
    reachesOutput = below.reached
    var masked = [Bool](repeating: false, count: graph.nodes.count)
    for (value, node) in graph.nodeOfValue.enumerated() where below.masked[value] { masked[Int(node)] = true }
    isMasked = masked
  }

  func isActive(_ value: ValueID) -> Bool { isActive[Int(value.index)] }
  func reachesOutput(_ value: ValueID) -> Bool { reachesOutput[Int(value.index)] }
}

extension Node {
  /// False where no operand has a derivative, or it is stopped here.
  fileprivate var passesDerivatives: Bool {
    switch op {
    case .parameter, .constant, .dimension, .iota, .stopGradient, .argsort: false
    default: types.contains { $0.dtype.isFloat }
    }
  }
}

extension Graph {
  /// The values that some roots depend on by a way for derivatives, and among them those below a `where`: below one of its sides, or
  /// below a product that an earlier derivative made annihilating because it stood below one.
  func valuesBelow(_ roots: [ValueID], masked maskedRoots: Set<ValueID>) -> (reached: [Bool], masked: [Bool]) {
    var reached = [Bool](repeating: false, count: valueCount)
    var masked = reached
    for root in roots { reached[Int(root.index)] = true }
    for root in maskedRoots { masked[Int(root.index)] = true }
    let last = roots.map(nodeIndex(of:)).max() ?? -1
    for index in (0..<(last + 1)).reversed() {
      let node = nodes[index]
      let results = node.results
      guard results.contains(where: { reached[Int($0.index)] }), node.passesDerivatives else { continue }
      let whole = results.contains { masked[Int($0.index)] }
      for operand in node.operands { reached[Int(operand.index)] = true }
      if whole {
        for operand in node.operands { masked[Int(operand.index)] = true }
      } else if let partly = maskedOperands(node) {
        for (operand, isMasked) in zip(node.operands, partly) where isMasked { masked[Int(operand.index)] = true }
      }
    }
    return (reached, masked)
  }

  /// The operands that a node puts below a `where`; nil for none.
  private func maskedOperands(_ node: Node) -> [Bool]? {
    switch node.op {
    case .map(.select): return [false, true, true]
    case .map(.annihilatingMultiply): return [true, true]
    case .contract(let contraction) where contraction.annihilating: return [true, true]
    case .loop(let loop): return loop.maskedParameters(masked: [])
    default: return nil
    }
  }
}

extension Loop {
  /// Which of the body's parameters lie below a `where` in the body, in this step or, by way of the states, in a later one.
  func maskedParameters(masked results: Set<Int>) -> [Bool] {
    var masked = [Bool](repeating: false, count: body.parameters.count)
    var maskedResults = results
    let roots = body.results.map(\.value)
    while true {
      let below = body.valuesBelow(roots, masked: Set(maskedResults.map { roots[$0] }))
      for (index, value) in body.parameterValues.enumerated() {
        if let value, below.masked[Int(value.index)] { masked[index] = true }
      }
      let states = (0..<self.states).filter { masked[$0] }
      if maskedResults.isSuperset(of: states) { return masked }
      maskedResults.formUnion(states)
    }
  }
}
