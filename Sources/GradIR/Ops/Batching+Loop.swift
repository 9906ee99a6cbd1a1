// A loop within: its body takes and gives batches, its steps stay steps.
extension Batching {
  func push(_ loop: Loop, _ operands: [BatchedValue]) -> [BatchedValue] {
    let states = loop.states
    let firstCapture = states + loop.sequences
    let isBatched = Batching.parametersBatched(loop, operands.map(\.isBatched))

    let bodyBuilder = GraphBuilder()
    let inner = Batching(extent: extent, builder: bodyBuilder)
    let parameters = zip(loop.body.parameters, isBatched).map { parameter, isBatched in
      var own = parameter
      if isBatched { own.type = own.type.with([extent] + own.type.shape) }
      return BatchedValue(value: bodyBuilder.parameter(own), isBatched: isBatched)
    }
    let results = inner.push(loop.body, parameters)
    for (index, result) in results.enumerated() {
      // A state that is batched at all is batched in every step.
      let value = index < states && isBatched[index] ? inner.batched(result) : result.value
      bodyBuilder.output(loop.body.results[index].name, value, source: loop.body.results[index].source)
    }
    for requirement in loop.body.requirements { bodyBuilder.require(requirement) }

    let values = operands.enumerated().map { index, operand in
      if !isBatched[index] { return operand.value }
      // Slices are along the first axis, so the steps' axis comes before the batch.
      let isSequence = (states..<firstCapture).contains(index)
      return isSequence ? moveAxis(batched(operand), from: 0, to: 1) : batched(operand)
    }
    var pushed = loop
    pushed.body = bodyBuilder.finish()
    return builder.loop(pushed, values).enumerated().map { index, value in
      if index < states { return BatchedValue(value: value, isBatched: isBatched[index]) }
      let isBatched = results[index].isBatched
      return BatchedValue(value: isBatched ? moveAxis(value, from: 1, to: 0) : value, isBatched: isBatched)
    }
  }

  /// Which parameters of a loop's body are batched: those whose operands are, and states that become so in some step.
  private static func parametersBatched(_ loop: Loop, _ operands: [Bool]) -> [Bool] {
    var parameters = operands
    while true {
      let results = resultsBatched(loop.body, parameters)
      var next = parameters
      for state in 0..<loop.states where results[state] { next[state] = true }
      if next == parameters { return parameters }
      parameters = next
    }
  }

  /// Which results of a graph are batched: what `push` will find, without building.
  private static func resultsBatched(_ graph: Graph, _ parameters: [Bool]) -> [Bool] {
    var values: [Bool] = []
    values.reserveCapacity(graph.valueCount)
    for node in graph.nodes {
      let operands = node.operands.map { values[Int($0.index)] }
      switch node.op {
      case .parameter(let index): values.append(parameters[index])
      case .loop(let loop) where operands.contains(true):
        let inner = parametersBatched(loop, operands)
        let results = resultsBatched(loop.body, inner)
        values += results.enumerated().map { index, isBatched in index < loop.states ? inner[index] : isBatched }
      default: values += node.types.map { _ in operands.contains(true) }
      }
    }
    return graph.results.map { values[Int($0.value.index)] }
  }
}
