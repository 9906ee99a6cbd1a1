import GradIR

/// Forward mode: tangents of a primal graph's inputs carried on to its values.
struct ForwardMode {
  /// The graph that is differentiated; Jacobians' coefficients are added to it.
  let primal: GraphBuilder
  /// Where tangents live: the primal graph, or a loop's body over a basis.
  let application: Application

  /// The tangent of each output: Σ over inputs of ∂output/∂input v, along every path; nil where there is none.
  ///
  /// - Parameters:
  ///   - inputs: values with their tangents, which are values of the application's builder.
  ///   - masked: the outputs that are below a `where`.
  func pushforward(_ inputs: [(value: ValueID, tangent: ValueID)], to outputs: [ValueID], masked: Set<ValueID> = []) -> [ValueID?] {
    let activity = Activity(primal.graph, of: outputs, by: inputs.map(\.value), masked: masked)
    let builder = application.builder
    let (source, primalSource) = (builder.source, primal.source)
    defer {
      builder.source = source
      primal.source = primalSource
    }
    var tangents: [ValueID: ValueID] = [:]
    for index in activity.nodes {
      // What is too long already is not made longer: `differentiate` refuses it.
      if builder.isFull { break }
      let node = activity.graph.nodes[index]
      let results = node.results
      guard results.contains(where: { activity.isActive($0) && activity.reachesOutput($0) }) else { continue }
      builder.source = node.source ?? source
      primal.source = builder.source
      let own = node.operands.map { tangents[$0] }
      if own.contains(where: { $0 != nil }) {
        for (result, tangent) in zip(results, push(node, own, masked: activity.isMasked[index])) {
          if let tangent, primal.type(of: result).dtype.isFloat { tangents[result] = tangent }
        }
      }
      // An input has the tangent given and what comes to it from inputs before it.
      for input in inputs where results.contains(input.value) {
        tangents[input.value] = tangents[input.value].map { builder.add($0, input.tangent) } ?? input.tangent
      }
    }
    return outputs.map { tangents[$0] }
  }

  /// The tangents of a node's results from those of its operands.
  private func push(_ node: Node, _ tangents: [ValueID?], masked: Bool) -> [ValueID?] {
    let builder = application.builder
    switch node.op {
    case .loop(let loop):
      let rule = LoopRule(node, loop, masked: masked, isActive: tangents.map { $0 != nil })
      return rule.pushforward(tangents, primal, application)
    // Several operands at once: one choice, one concatenation, instead of a sum of parts.
    case .map(let function) where function.name == "select" && RulePerturbation.perturb.value == nil:
      let zeros = builder.zeros(node.types[0])
      return [builder.select(application.lift(node.operands[0]), tangents[1] ?? zeros, tangents[2] ?? zeros)]
    case .concatenate(let axis) where RulePerturbation.perturb.value == nil:
      let parts = zip(tangents, node.operands).map { $0 ?? builder.zeros(primal.type(of: $1)) }
      return [builder.concatenate(parts, axis: axis)]
    default:
      let terms = node.operands.indices.compactMap { place -> ValueID? in
        guard let tangent = tangents[place] else { return nil }
        let map = localJacobian(node, operandIndex: place, in: primal, masked: masked)
        return map.isZero ? nil : map.apply(tangent, application)
      }
      return [terms.isEmpty ? nil : builder.sum(terms)]
    }
  }
}
