import GradIR

/// The graph with every derivative written out: no `derivative` and no `variable` is left, in loops' bodies either.
///
/// Nodes are taken in order, so inner derivatives come before the outer ones that read them; bodies come before their loops. What a
/// derivative adds bears the source of the node it differentiates.
public func differentiate(_ graph: Graph) -> Graph {
  let builder = GraphBuilder()
  let parameters = graph.parameters.map(builder.parameter)
  var values: [ValueID] = []
  values.reserveCapacity(graph.valueCount)
  for node in graph.nodes {
    builder.source = node.source
    let operands = node.operands.map { values[Int($0.index)] }
    switch node.op {
    case .parameter(let index): values.append(parameters[index])
    case .variable: values.append(builder.variable(operands[0]))
    case .derivative(let kind): values += builder.expand(kind, operands)
    case .loop(var loop):
      loop.body = differentiate(loop.body)
      values += builder.addLoop(loop, operands)
    default: values += builder.addAll(node.op, operands)
    }
  }
  builder.source = nil
  for (value, name) in graph.names.sorted(by: { $0.key < $1.key }) { builder.name(values[Int(value.index)], name) }
  for output in graph.results { builder.output(output.name, values[Int(output.value.index)], source: output.source) }
  for requirement in graph.requirements { builder.require(requirement) }
  return builder.finish().withoutVariables().mergingLoops()
}

extension GraphBuilder {
  /// The results of a derivative node, in operations.
  fileprivate func expand(_ kind: DerivativeKind, _ operands: [ValueID]) -> [ValueID] {
    let (y, x) = (operands[0], operands[1])
    let application = Application(self)
    switch kind {
    case .gradient:
      let inputs = Array(operands.dropFirst())
      let cotangents = ReverseMode(primal: self, application: application).pullback([(y, ones(type(of: y)))], to: inputs)
      return zip(inputs, cotangents).map { $1 ?? zeros(type(of: $0)) }
    case .vectorJacobian:
      return [ReverseMode(primal: self, application: application).pullback([(y, operands[2])], to: [x])[0] ?? zeros(type(of: x))]
    case .jacobianVector:
      return [ForwardMode(primal: self, application: application).pushforward([(x, operands[2])], to: [y])[0] ?? zeros(type(of: y))]
    case .jacobian: return [jacobian(of: y, by: x, in: self)]
    }
  }
}

extension Graph {
  /// The graph with each variable replaced by its operand, and equal nodes merged that were kept apart by them.
  fileprivate func withoutVariables() -> Graph {
    rebuilt { node, operands, _ in
      if case .variable = node.op { return operands }
      return nil
    }
  }
}
