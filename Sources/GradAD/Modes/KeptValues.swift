import GradIR

/// What each step of a loop keeps for the reverse loop, and what that computes again, by the least cut.
///
/// Of the values that a step computes without a cotangent, coefficients of its derivatives among them, the reverse step reads
/// some. Each can be kept, which costs the bytes that are written and read again, or be computed again from what it is made of,
/// which costs operations and what those values cost. What is kept is a cut of the graph between what the reverse loop has anyway
/// and what it reads: of all cuts the one of least cost. It has captures, slices and what is made of captures alone; states can
/// only be kept. Bits do not change: a value that is computed again is computed by the same operations.
///
/// The unit is a simple operation on one of many elements, which a vectorised loop does in about the time in which memory moves a
/// byte. A function of analysis is some tens of them (`ScalarFunction.cost`), a product as many as it multiplies. Each operation
/// costs `overhead` besides: on few elements there is nothing to vectorise, and moving a number costs no more than a few
/// operations. So sines, products, solutions and long chains are kept, and short chains of sums and products are computed again.
struct KeptValues {
  /// What is kept together: one value, or single numbers of one type side by side.
  struct Stack {
    var values: [ValueID]
    var type: TensorType
  }
  /// States aside.
  private(set) var stacks: [Stack] = []
  private let firstCapture: Int

  private static let overhead = 4

  /// - Parameters:
  ///   - graph: the reverse step, the whole of the forward step within it.
  ///   - states: of its parameters the forward step's states,
  ///   - cotangents: and what belongs to the reverse step alone.
  ///   - firstCapture: the first parameter that is the same in each step; the others are slices.
  ///   - stacked: values that are wanted of all steps at once: kept or not, they are written and read.
  init(_ graph: Graph, states: Range<Int>, cotangents: [Range<Int>], firstCapture: Int, stacked: [ValueID]) {
    self.firstCapture = firstCapture
    // By value: computed without a cotangent, but neither slice nor made of captures alone.
    var (isOwn, isInside, varies) = (
      [Bool](repeating: false, count: graph.valueCount), [Bool](repeating: false, count: graph.valueCount),
      [Bool](repeating: false, count: graph.valueCount)
    )
    for node in graph.nodes {
      var own = node.operands.allSatisfy { isOwn[Int($0.index)] }
      var changes = node.operands.contains { varies[Int($0.index)] }
      var isGiven = false
      if case .parameter(let index) = node.op {
        own = !cotangents.contains { $0.contains(index) }
        changes = index < firstCapture
        isGiven = !states.contains(index)
      }
      for value in node.results.map({ Int($0.index) }) {
        (isOwn[value], varies[value], isInside[value]) = (own, changes, own && changes && !isGiven)
      }
    }

    // What the reverse step reads, and all that it is made of.
    let stacked = Set(stacked)
    var demanded: Set<ValueID> = []
    var needed = [Bool](repeating: false, count: graph.valueCount)
    for value in graph.results.map(\.value) + stacked {
      needed[Int(value.index)] = true
      if isInside[Int(value.index)] { demanded.insert(value) }
    }
    for node in graph.nodes.reversed() where node.results.contains(where: { needed[Int($0.index)] }) {
      for operand in node.operands {
        needed[Int(operand.index)] = true
        if !isOwn[Int(node.firstResult.index)], isInside[Int(operand.index)] { demanded.insert(operand) }
      }
    }
    if demanded.isEmpty { return }
    var places: [ValueID: Int] = [:]
    var inside: [(value: ValueID, node: Node)] = []
    for node in graph.nodes {
      for value in node.results where isInside[Int(value.index)] && needed[Int(value.index)] {
        places[value] = 2 + 2 * inside.count
        inside.append((value, node))
      }
    }

    // Each value is two nodes, before and after the place where it could be kept.
    var flow = MaximumFlow(nodes: 2 + 2 * inside.count)
    for (value, node) in inside {
      guard let place = places[value] else { continue }
      let type = graph.type(of: value)
      let bytes = 2 * type.shape.count.nominal * type.dtype.byteCount
      flow.connect(place, place + 1, capacity: stacked.contains(value) ? 0 : bytes)
      if demanded.contains(value) { flow.connect(place + 1, 1, capacity: MaximumFlow.infinite) }
      if case .parameter = node.op {
        flow.connect(0, place, capacity: MaximumFlow.infinite)
        continue
      }
      flow.connect(0, place, capacity: KeptValues.cost(of: node, graph))
      for operand in node.operands {
        if let own = places[operand] { flow.connect(own + 1, place, capacity: MaximumFlow.infinite) }
      }
    }
    let isBefore = flow.cut(from: 0, to: 1)
    let kept = inside.filter { value, node in
      if case .parameter = node.op { return false }
      return places[value].map { isBefore[$0] && !isBefore[$0 + 1] } ?? false
    }
    var numbers: [DType: Int] = [:]
    for value in kept.map(\.value) {
      let type = graph.type(of: value)
      if type.shape.count != 1 || stacked.contains(value) {
        stacks.append(Stack(values: [value], type: type))
      } else if let stack = numbers[type.dtype] {
        stacks[stack].values.append(value)
        stacks[stack].type = TensorType(type.dtype, [Dim(stacks[stack].values.count)])
      } else {
        numbers[type.dtype] = stacks.count
        stacks.append(Stack(values: [value], type: type))
      }
    }
  }

  /// The reverse step with what is kept as parameters before the captures.
  func reading(_ graph: Graph) -> Graph {
    let builder = GraphBuilder()
    builder.declare(graph.parameters[..<firstCapture] + stacks.map { Parameter(name: "saved", type: $0.type) })
    builder.declare(Array(graph.parameters[firstCapture...]))
    var new: [ValueID: ValueID] = [:]
    for (place, stack) in stacks.enumerated() {
      let parameter = builder.add(.parameter(firstCapture + place), [])
      if stack.values.count == 1 { new[stack.values[0]] = parameter }
      for (number, value) in stack.values.enumerated() where stack.values.count > 1 {
        let element = builder.slice(parameter, [SliceAxis(start: Dim(number), count: 1)])
        new[value] = builder.reshape(element, to: graph.shape(of: value))
      }
    }
    for node in graph.nodes where node.results.contains(where: { new[$0] == nil }) {
      builder.source = node.source
      let results: [ValueID]
      if case .parameter(let index) = node.op {
        results = [builder.add(.parameter(index < firstCapture ? index : index + stacks.count), [])]
      } else {
        results = builder.addAll(node.op, node.operands.map { new[$0] ?? $0 })
      }
      for (old, value) in zip(node.results, results) where new[old] == nil { new[old] = value }
    }
    for result in graph.results { builder.output(result.name, new[result.value] ?? result.value, source: result.source) }
    for requirement in graph.requirements { builder.require(requirement) }
    return builder.finish()
  }

  /// The values of some stacks, written into the forward step.
  ///
  /// - Parameter known: the forward step's values among the reverse step's.
  func written(_ wanted: [Int], from graph: Graph, known: [ValueID: ValueID], in builder: GraphBuilder) -> [ValueID] {
    var new = known
    var needed = Set(wanted.flatMap { stacks[$0].values })
    for node in graph.nodes.reversed() where node.results.contains(where: { needed.contains($0) && new[$0] == nil }) {
      needed.formUnion(node.operands)
    }
    for node in graph.nodes where node.results.contains(where: { needed.contains($0) && new[$0] == nil }) {
      builder.source = node.source
      for (old, value) in zip(node.results, builder.addAll(node.op, node.operands.map { new[$0] ?? $0 })) { new[old] = value }
    }
    return wanted.map { place in
      let values = stacks[place].values.map { new[$0] ?? $0 }
      return values.count == 1 ? values[0] : builder.concatenate(values.map { builder.reshape($0, to: [1]) }, axis: 0)
    }
  }

  /// What it costs to compute a node again.
  private static func cost(of node: Node, _ graph: Graph) -> Int {
    let count = node.types.reduce(0) { $0 + $1.shape.count.nominal }
    func operand(_ place: Int) -> Shape { graph.shape(of: node.operands[place]) }
    let operations: Int
    switch node.op {
    case .parameter, .constant, .dimension, .iota, .stopGradient, .variable, .broadcast, .reshape, .transpose, .slice, .window, .diagonal:
      return 0
    case .derivative: preconditionFailure("a derivative is expanded before the loop around it")
    case .map(let function): operations = count.times(function.cost)
    case .cast, .pad, .concatenate, .gather: operations = count
    case .reduce, .cumulative, .windowAdd, .scatterAdd: operations = operand(0).count.nominal
    case .contract(let contraction):
      let summed = contraction.contracted.compactMap { label in contraction.left.firstIndex(of: label).map { operand(0)[$0].nominal } }
      operations = summed.reduce(count.times(2)) { $0.times($1) }
    case .argsort: operations = count.times(ScalarFunction.costOfAnalysis)
    case .triangularSolve, .cholesky: operations = count.times(operand(0).dims.last?.nominal ?? 1).times(2)
    case .loop(let loop):
      operations = loop.body.nodes.reduce(0) { min($0 + cost(of: $1, loop.body), Dim.nominalLimit) }.times(loop.count.nominal)
    }
    return operations + overhead
  }
}

extension Int {
  /// A product of costs, which stay far from what an `Int` holds.
  fileprivate func times(_ other: Int) -> Int { Int(Swift.min(Double(self) * Double(other), Double(Dim.nominalLimit))) }
}
