import GradIR

/// Reverse mode: cotangents of values of a primal graph carried back to its inputs.
struct ReverseMode {
  /// The graph that is differentiated; Jacobians' coefficients are added to it.
  let primal: GraphBuilder
  /// Where cotangents live: the primal graph, or a loop's body over a basis.
  let application: Application

  /// The cotangent of each input: Σ over outputs of uᵀ ∂output/∂input, along every path; nil where there is none.
  ///
  /// - Parameters:
  ///   - outputs: values with their cotangents, which are values of the application's builder.
  ///   - masked: the outputs that are below a `where`.
  func pullback(_ outputs: [(value: ValueID, cotangent: ValueID)], to inputs: [ValueID], masked: Set<ValueID> = []) -> [ValueID?] {
    let activity = Activity(primal.graph, of: outputs.map(\.value), by: inputs, masked: masked)
    let builder = application.builder
    let (source, primalSource) = (builder.source, primal.source)
    defer {
      builder.source = source
      primal.source = primalSource
    }
    var terms: [ValueID: [ValueID]] = [:]
    for output in outputs { terms[output.value, default: []].append(output.cotangent) }
    var sums: [ValueID: ValueID] = [:]
    for index in activity.nodes.reversed() {
      let node = activity.graph.nodes[index]
      builder.source = node.source ?? source
      primal.source = builder.source
      let cotangents = node.results.map { result -> ValueID? in
        guard activity.isActive(result), let own = terms.removeValue(forKey: result) else { return nil }
        let sum = builder.sum(own)
        sums[result] = sum
        return sum
      }
      guard cotangents.contains(where: { $0 != nil }), node.operands.contains(where: activity.isActive) else { continue }
      let masked = activity.isMasked[index]
      if case .loop(let loop) = node.op {
        let rule = LoopRule(node, loop, masked: masked, isActive: node.operands.map(activity.isActive))
        for (operand, contribution) in zip(node.operands, rule.pullback(cotangents, primal, application)) {
          if let contribution { terms[operand, default: []].append(contribution) }
        }
        continue
      }
      guard let cotangent = cotangents[0], !node.operands.isEmpty else { continue }
      for (place, operand) in node.operands.enumerated() where activity.isActive(operand) {
        let map = localJacobian(node, operandIndex: place, in: primal, masked: masked)
        if !map.isZero { terms[operand, default: []].append(map.transposed.apply(cotangent, application)) }
      }
    }
    return inputs.map { sums[$0] }
  }
}
