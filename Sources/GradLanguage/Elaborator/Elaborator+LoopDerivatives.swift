import GradIR

// The derivatives of its states that a loop carries, as far as the loop is concerned; what they are stands in
// Elaborator+StateDerivatives.swift.
extension Elaborator {
  /// The values of the graph at hand that depend on these, and on what derivatives among them are taken by: one that a derivative is
  /// taken by is among them where it depends on another.
  func dependents(of sources: Set<ValueID>) -> Set<ValueID> {
    if sources.isEmpty { return [] }
    let graph = context.builder.graph
    var roots = sources
    while true {
      var found: Set<ValueID> = []
      for node in graph.nodes where node.operands.contains(where: { found.contains($0) || roots.contains($0) }) {
        found.formUnion(node.results)
      }
      // A derivative that is computed again needs the paths from its own variables to what it differentiates.
      var grown = roots
      for node in graph.nodes {
        guard case .derivative(let kind) = node.op, found.contains(node.firstResult) else { continue }
        grown.formUnion(kind == .gradient ? Array(node.operands.dropFirst()) : [node.operands[1]])
      }
      if grown == roots { return found }
      roots = grown
    }
  }

  /// What the loop must carry, so that derivatives in its body by values from outside go through its states too; nil where none does.
  func sensitivity(
    _ body: ElaborationContext, _ call: LoopCall, _ results: [TensorValue], _ needed: Set<ValueID>
  ) throws -> Sensitivity? {
    guard !body.derivativeSources.isEmpty, !call.states.isEmpty || body.repeatsNames else { return nil }
    let graph = body.builder.graph
    func reached(from roots: Set<ValueID>) -> Set<ValueID> {
      var found = roots
      for node in graph.nodes where node.operands.contains(where: { found.contains($0) }) { found.formUnion(node.results) }
      return found
    }
    let sources = Set(body.derivativeSources.compactMap { body.reading(of: $0) })
    let parameters = graph.parameterValues
    var moved = Set(
      call.states.indices.filter { needed.contains(resolve(call.states[$0])) || body.derivativeSources.contains(resolve(call.states[$0])) })
    while true {
      let found = reached(from: sources.union(moved.compactMap { parameters[$0] }))
      let grown = moved.union(call.states.indices.filter { found.contains(results[$0].id) })
      if grown == moved { break }
      moved = grown
    }
    let found = sensitivity(body, moved: moved, results: results.map(\.id), count: call.count) { call.states[$0].dtype.isFloat }
    guard var found else {
      throw mistake(
        "derivative.state", "a derivative in `\(call.name)` by a value from outside the loop is of an order that grows with every step",
        at: call.range, hint: "a state depends on its own derivative: take the derivative of the loop's result instead")
    }
    if body.repeatsNames { found.nameOrder = graph.derivativeDepth }
    return found.isEmpty ? nil : found
  }

  /// The parameters of the states' derivatives, by state.
  func derivativeParameters(_ call: LoopCall, _ names: [String], _ body: ElaborationContext) -> [[ValueID]] {
    let elements = call.sensitivity.sources.reduce(Dim(0)) { $0 + context.builder.shape(of: $1).count }
    return call.sensitivity.orders.enumerated().map { place, order in
      (0..<order).map { number in
        let shape = Shape(call.states[place].shape.dims + [Dim](repeating: elements, count: number + 1))
        let name = "\(place < names.count ? names[place] : "state\(place)")_derivative\(number + 1)"
        return body.builder.parameter(
          Parameter(name: name, type: call.states[place].type.with(shape), role: .body, source: source))
      }
    }
  }

  /// The derivatives of the states that the loop carries, of values at hand.
  func stateDerivatives(of states: [TensorValue], by variables: [TensorValue], _ call: LoopCall) throws -> [TensorValue] {
    try call.sensitivity.orders.enumerated().flatMap { place, order in
      var derivatives: [TensorValue] = []
      for _ in 0..<order { derivatives.append(try sensitivity(of: derivatives.last ?? states[place], by: variables)) }
      return derivatives
    }
  }
}
