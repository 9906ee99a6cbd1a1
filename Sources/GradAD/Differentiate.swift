import GradIR

/// The graph with every derivative written out: no `derivative` and no `variable` is left, in loops' bodies either.
///
/// Nodes are taken in order, so inner derivatives come before the outer ones that read them; bodies come before their loops. What a
/// derivative adds bears the source of the node it differentiates.
public func differentiate(_ graph: Graph) -> Graph {
  do {
    return try differentiate(graph, limit: .max)
  } catch {
    preconditionFailure("there is no limit")
  }
}

/// The same, unless it has more nodes than the limit: derivatives of derivatives grow exponentially.
public func differentiate(_ graph: Graph, limit: Int) throws(GraphTooLarge) -> Graph {
  var measured = (nodes: 0, size: 0)
  let builder = GraphBuilder()
  builder.limit = limit
  let parameters = graph.parameters.map(builder.parameter)
  var values: [ValueID] = []
  values.reserveCapacity(graph.valueCount)
  var expansion = Expansion(of: graph, into: builder)
  for node in graph.nodes {
    builder.source = node.source
    let operands = node.operands.map { values[Int($0.index)] }
    switch node.op {
    case .parameter(let index): values.append(parameters[index])
    case .variable: values.append(builder.variable(operands[0]))
    case .derivative(let kind):
      values += expansion.results(of: node, kind, operands, values)
      if limit == .max { continue }
      measured.size += builder.graph.nodes[measured.nodes...].reduce(0) { $0 + $1.totalCount }
      measured.nodes = builder.graph.nodes.count
      if measured.size > limit { throw GraphTooLarge(.derivatives, at: node.source, limit: limit) }
    case .loop(var loop):
      loop.body = try differentiate(loop.body, limit: limit)
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

/// Writes derivative nodes out. Reverse derivatives of one value by many are one walk, and through a loop one loop.
private struct Expansion {
  /// What a cotangent starts from, in the given graph: a value, and the seed that a vjp names.
  private struct Start: Hashable {
    var value: ValueID
    var seed: ValueID? = nil
  }
  private let builder: GraphBuilder
  /// All that each start is differentiated by.
  private var inputs: [Start: [ValueID]] = [:]
  /// The cotangents known so far; nil where no path leads.
  private var cotangents: [Start: [ValueID: ValueID?]] = [:]

  init(of graph: Graph, into builder: GraphBuilder) {
    self.builder = builder
    for node in graph.nodes {
      switch node.op {
      case .derivative(.gradient): inputs[Start(value: node.operands[0]), default: []] += node.operands.dropFirst()
      case .derivative(.vectorJacobian):
        inputs[Start(value: node.operands[0], seed: node.operands[2]), default: []].append(node.operands[1])
      default: break
      }
    }
  }

  /// The results of a derivative node in operations.
  ///
  /// - Parameters:
  ///   - operands: the node's operands in the new graph.
  ///   - values: the new graph's value of each old one so far.
  mutating func results(of node: Node, _ kind: DerivativeKind, _ operands: [ValueID], _ values: [ValueID]) -> [ValueID] {
    let (y, x) = (operands[0], operands[1])
    switch kind {
    case .gradient:
      let own = pulled(Start(value: node.operands[0]), to: Array(node.operands.dropFirst()), y, values)
      return zip(own, operands.dropFirst()).map { $0 ?? builder.zeros(builder.type(of: $1)) }
    case .vectorJacobian:
      let start = Start(value: node.operands[0], seed: node.operands[2])
      return [pulled(start, to: [node.operands[1]], y, values)[0] ?? builder.zeros(builder.type(of: x))]
    case .jacobianVector:
      let mode = ForwardMode(primal: builder, application: Application(builder))
      return [mode.pushforward([(x, operands[2])], to: [y])[0] ?? builder.zeros(builder.type(of: y))]
    case .jacobian: return [jacobian(of: y, by: x, in: builder)]
    }
  }

  private mutating func pulled(_ start: Start, to wanted: [ValueID], _ y: ValueID, _ values: [ValueID]) -> [ValueID?] {
    if !wanted.allSatisfy({ cotangents[start]?[$0] != nil }) {
      // What later nodes ask for as well, as far as it stands in the graph by now.
      let all = inputs[start, default: []].filter { Int($0.index) < values.count && cotangents[start]?[$0] == nil }
      let seed = start.seed.map { values[Int($0.index)] } ?? builder.ones(builder.type(of: y))
      let mode = ReverseMode(primal: builder, application: Application(builder))
      for (input, cotangent) in zip(all, mode.pullback([(y, seed)], to: all.map { values[Int($0.index)] })) {
        cotangents[start, default: [:]][input] = .some(cotangent)
      }
    }
    return wanted.map { cotangents[start]?[$0] ?? nil }
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
