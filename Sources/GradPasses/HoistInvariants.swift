import GradIR

extension Pass {
  /// Computes before a loop what its steps compute from captures alone. Only what is total is moved: a loop without steps would not
  /// have come to a gather's fault.
  ///
  ///     loop(c) { … f(c) … } = loop(f(c)) { … }
  ///     loop(c) { … give f(c) } = broadcast(f(c)) over the steps
  public static let hoistInvariants = Pass("hoist-invariants", "compute before a loop what does not change in it", run: hoisted)

  private static func hoisted(_ graph: Graph) -> Graph {
    guard graph.hasLoops else { return graph }
    return graph.rebuilt { node, operands, builder in
      guard case .loop(var loop) = node.op else { return nil }
      loop.body = hoisted(loop.body)
      return hoist(loop, operands, builder)
    }
  }

  private static func hoist(_ loop: Loop, _ operands: [ValueID], _ builder: GraphBuilder) -> [ValueID] {
    let invariants = Invariants(loop)
    // What is computed, the views of it aside: those stay in the body.
    var moved: [ValueID] = []
    var seen: Set<ValueID> = []
    func move(_ value: ValueID) {
      if invariants.contains(value), let base = invariants.computedBase(of: value), seen.insert(base).inserted { moved.append(base) }
    }
    let body = loop.body
    let constantOutputs = body.results.indices.filter { $0 >= loop.states && invariants.contains(body.results[$0].value) }
    let live = body.liveNodes
    for (index, node) in body.nodes.enumerated() where live[index] && !invariants.contains(node) { node.operands.forEach(move) }
    for result in body.results[..<loop.states] { move(result.value) }
    if moved.isEmpty && constantOutputs.isEmpty { return builder.addAll(.loop(loop), operands) }

    let outside = invariants.written(moved + constantOutputs.map { body.results[$0].value }, captures: operands, builder)
    var slim = loop
    for index in constantOutputs.reversed() { slim.body.results.remove(at: index) }
    for value in moved {
      let node = body.nodeIndex(of: value)
      slim.body.nodes[node].op = .parameter(slim.body.parameters.count)
      slim.body.nodes[node].operands = []
      slim.body.parameters.append(Parameter(name: body.names[value] ?? "invariant\(value.index)", type: body.type(of: value)))
    }
    // A loop that gives nothing else is none.
    var results = slim.body.results.isEmpty ? [] : builder.addAll(.loop(slim), operands + moved.map { outside[$0] ?? $0 })
    for index in constantOutputs {
      let value = outside[body.results[index].value] ?? body.results[index].value
      let shape = builder.shape(of: value)
      results.insert(
        builder.broadcast(value, to: Shape([loop.count] + shape.dims), axes: Array(1..<shape.rank + 1)), at: index)
    }
    return results
  }
}

/// What of a loop's body depends on captures alone, and cannot fault.
private struct Invariants {
  private let body: Graph
  private let firstCapture: Int
  private var isInvariant: [Bool]

  init(_ loop: Loop) {
    body = loop.body
    firstCapture = loop.states + loop.sequences
    isInvariant = Array(repeating: false, count: body.valueCount)
    for node in body.nodes {
      let own: Bool
      if case .parameter(let index) = node.op {
        own = index >= firstCapture
      } else {
        own = node.types.count == 1 && node.op.isTotal && node.operands.allSatisfy(contains)
      }
      for result in node.results { isInvariant[Int(result.index)] = own }
    }
  }

  func contains(_ value: ValueID) -> Bool { isInvariant[Int(value.index)] }
  func contains(_ node: Node) -> Bool { contains(node.firstResult) }

  /// The value itself, or what it is a view of; nil for captures and for what costs nothing.
  func computedBase(of value: ValueID) -> ValueID? {
    let node = body.node(of: value)
    switch node.op {
    case .parameter, .constant, .dimension, .iota: return nil
    case .broadcast, .reshape, .transpose, .slice: return computedBase(of: node.operands[0])
    default: return value
    }
  }

  /// Writes values of the body where the loop stands.
  func written(_ values: [ValueID], captures: [ValueID], _ builder: GraphBuilder) -> [ValueID: ValueID] {
    var needed = Set(values.map { body.nodeIndex(of: $0) })
    for index in body.nodes.indices.reversed() where needed.contains(index) {
      needed.formUnion(body.nodes[index].operands.map { body.nodeIndex(of: $0) })
    }
    let source = builder.source
    defer { builder.source = source }
    var new: [ValueID: ValueID] = [:]
    for index in needed.sorted() {
      let node = body.nodes[index]
      if case .parameter(let place) = node.op {
        new[node.firstResult] = captures[place]
        continue
      }
      builder.source = node.source ?? source
      for (old, value) in zip(node.results, builder.addAll(node.op, node.operands.map { new[$0] ?? $0 })) { new[old] = value }
    }
    return new
  }
}

extension Op {
  /// False of what may fault at run time.
  fileprivate var isTotal: Bool {
    switch self {
    case .gather, .scatterAdd: false
    case .loop(let loop): loop.body.nodes.allSatisfy { $0.op.isTotal }
    default: true
    }
  }
}

extension Graph {
  var hasLoops: Bool {
    nodes.contains { if case .loop = $0.op { true } else { false } }
  }
}
