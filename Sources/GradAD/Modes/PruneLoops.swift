import GradIR

extension Loop {
  /// The loop with what the kept results need: fewer states, sequences, captures, outputs and nodes.
  ///
  /// - Returns: the loop, which operands it takes and which results it gives, by their old places.
  func pruned(keeping results: [Bool]) -> (loop: Loop, operands: [Int], results: [Int]) {
    let roots = body.results.map(\.value)
    let values = body.parameterValues
    var kept = results
    var reached: [Bool]
    while true {
      reached = body.valuesRead(by: roots.indices.filter { kept[$0] }.map { roots[$0] })
      let earlier = (0..<states).filter { state in !kept[state] && (values[state].map { reached[Int($0.index)] } ?? false) }
      if earlier.isEmpty { break }
      for state in earlier { kept[state] = true }
    }
    let parameters = body.parameters.indices.filter { index in
      index < states ? kept[index] : values[index].map { reached[Int($0.index)] } ?? false
    }
    let keptResults = roots.indices.filter { kept[$0] }
    let builder = GraphBuilder()
    builder.declare(parameters.map { body.parameters[$0] })
    var new = [ValueID?](repeating: nil, count: body.valueCount)
    for node in body.nodes where node.results.contains(where: { reached[Int($0.index)] }) {
      builder.source = node.source
      let results: [ValueID]
      if case .parameter(let index) = node.op {
        results = [builder.add(.parameter(parameters.firstIndex(of: index) ?? 0), [])]
      } else {
        results = builder.addAll(node.op, node.operands.map { new[Int($0.index)] ?? $0 })
      }
      for (old, value) in zip(node.results, results) {
        new[Int(old.index)] = value
        if let name = body.names[old] { builder.name(value, name) }
      }
    }
    for result in keptResults {
      builder.output(body.results[result].name, new[Int(roots[result].index)] ?? roots[result], source: body.results[result].source)
    }
    for requirement in body.requirements { builder.require(requirement) }
    let loop = Loop(
      body: builder.finish(), count: count, states: parameters.filter { $0 < states }.count,
      sequences: parameters.filter { (states..<states + sequences).contains($0) }.count, reverse: reverse)
    return (loop, parameters, keptResults)
  }
}

extension Graph {
  /// The values that some roots are computed from, themselves included, whether derivatives pass or not.
  fileprivate func valuesRead(by roots: [ValueID]) -> [Bool] {
    var read = [Bool](repeating: false, count: valueCount)
    for root in roots { read[Int(root.index)] = true }
    for node in nodes.reversed() where node.results.contains(where: { read[Int($0.index)] }) {
      for operand in node.operands { read[Int(operand.index)] = true }
    }
    return read
  }

  /// Loops of equal operands and equal steps made one, which gives all outputs; outputs, states and operands that nothing reads dropped.
  ///
  /// The loop that saves its states for reverse mode becomes one with the loop that the model wrote.
  func mergingLoops() -> Graph {
    struct Family: Hashable {
      var operands: [ValueID]
      var count: Dim
      var reverse: Bool
      var parameters: [Parameter]
    }
    let live = liveNodes
    // Merged loops, each with its members' nodes and where each member's results stand in it.
    var groups: [(loop: Loop, results: [Int: [Int]])] = []
    var families: [Family: [Int]] = [:]
    var groupOfNode: [Int: Int] = [:]
    for (index, node) in nodes.enumerated() where live[index] {
      guard case .loop(let loop) = node.op else { continue }
      let family = Family(operands: node.operands, count: loop.count, reverse: loop.reverse, parameters: loop.body.parameters)
      var joined = false
      for group in families[family, default: []] {
        if let (merged, places) = groups[group].loop.merged(with: loop) {
          groups[group].loop = merged
          groups[group].results[index] = places
          groupOfNode[index] = group
          joined = true
          break
        }
      }
      if joined { continue }
      groupOfNode[index] = groups.count
      families[family, default: []].append(groups.count)
      groups.append((loop, [index: Array(loop.body.results.indices)]))
    }
    if groups.isEmpty { return self }

    // What is read of each merged loop.
    var read = groups.map { [Bool](repeating: false, count: $0.loop.body.results.count) }
    func markRead(_ value: ValueID) {
      let index = nodeIndex(of: value)
      if let group = groupOfNode[index], let places = groups[group].results[index] { read[group][places[resultIndex(of: value)]] = true }
    }
    for output in results { markRead(output.value) }
    for (index, node) in nodes.enumerated() where live[index] { node.operands.forEach(markRead) }
    let pruned = groups.enumerated().map { group, merged in merged.loop.pruned(keeping: read[group]) }

    var index = -1
    let order = nodes.indices.filter { live[$0] }
    // An unread result is given some other value's place below, which must not get its name.
    var named = self
    for (index, group) in groupOfNode {
      guard let places = groups[group].results[index] else { continue }
      for (result, place) in zip(nodes[index].results, places) where !read[group][place] { named.names[result] = nil }
    }
    return named.rebuilt { node, operands, builder in
      index += 1
      guard let group = groupOfNode[order[index]], let places = groups[group].results[order[index]] else { return nil }
      let (loop, keptOperands, keptResults) = pruned[group]
      let values = builder.loop(loop, keptOperands.map { operands[$0] })
      // A result that nothing reads needs a place in the walk, not a value.
      return places.map { place in keptResults.firstIndex(of: place).map { values[$0] } ?? values.first ?? operands[0] }
    }
  }
}

extension Loop {
  /// This loop with another's outputs as well, where both go through the same states; and where the other's results then stand.
  fileprivate func merged(with other: Loop) -> (Loop, [Int])? {
    guard states == other.states, sequences == other.sequences else { return nil }
    let builder = GraphBuilder(body)
    let parameters = body.parameters.indices.map { builder.add(.parameter($0), []) }
    let values = builder.inline(other.body, parameters: parameters)
    let (own, others) = (body.results.map(\.value), other.body.results.map { values[Int($0.value.index)] })
    guard own.prefix(states) == others.prefix(states) else { return nil }
    var places = Array(0..<states)
    for (index, value) in others.enumerated().dropFirst(states) {
      if let known = builder.graph.results.dropFirst(states).firstIndex(where: { $0.value == value }) {
        places.append(known)
      } else {
        places.append(builder.graph.results.count)
        builder.output(other.body.results[index].name, value)
      }
    }
    var merged = self
    merged.body = builder.finish()
    return (merged, places)
  }
}
