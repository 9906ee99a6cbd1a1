import GradIR

extension Pass {
  /// Drops what no result depends on, merges equal nodes, in loop bodies too; drops a loop's states, outputs, sequences and captures
  /// that nothing reads.
  public static let eliminateDeadNodes = Pass("eliminate-dead-nodes", "drop what no output depends on, merge equal nodes", run: dropDead)

  private static func dropDead(_ graph: Graph) -> Graph {
    let live = graph.liveNodes
    if !graph.hasLoops && live.allSatisfy({ $0 }) { return graph }
    var read = [Bool](repeating: false, count: graph.valueCount)
    for (index, node) in graph.nodes.enumerated() where live[index] { for operand in node.operands { read[Int(operand.index)] = true } }
    for output in graph.results { read[Int(output.value.index)] = true }
    let rebuilt = graph.rebuilt { node, operands, builder in
      guard case .loop(let loop) = node.op else { return nil }
      return rebuildLoop(loop, node, operands, builder) { read[Int($0.index)] }
    }
    // What only a loop's dropped captures read is dead by now; each round has fewer nodes.
    return rebuilt.liveNodes.allSatisfy { $0 } ? rebuilt : dropDead(rebuilt)
  }

  /// The loop with only the outputs that are read and only the sequences and captures that its body reads.
  private static func rebuildLoop(
    _ loop: Loop, _ node: Node, _ operands: [ValueID], _ builder: GraphBuilder, isRead: (ValueID) -> Bool
  ) -> [ValueID] {
    var body = loop.body
    let kept = liveResults(loop) { isRead(node.results[$0]) }
    body.results = kept.map { body.results[$0] }
    body = dropDead(body)
    let values = body.parameterValues
    let keptParameters = body.parameters.indices.filter { $0 < loop.states ? kept.contains($0) : values[$0] != nil }
    let slimmed = Loop(
      body: renumberParameters(body, keptParameters), count: loop.count, states: kept.count { $0 < loop.states },
      sequences: keptParameters.count { (loop.states..<loop.states + loop.sequences).contains($0) }, reverse: loop.reverse)
    let results = builder.addAll(.loop(slimmed), keptParameters.map { operands[$0] })
    // What is not read keeps a stand-in: the first result's id is never looked at.
    var all = [ValueID](repeating: results.first ?? ValueID(0), count: node.results.count)
    for (new, old) in zip(results, kept) { all[old] = new }
    return all
  }

  /// The results that are read, and the states that these come from, if by way of other states.
  private static func liveResults(_ loop: Loop, isRead: (Int) -> Bool) -> [Int] {
    var kept = loop.body.results.indices.filter(isRead)
    var body = loop.body
    while true {
      body.results = kept.map { loop.body.results[$0] }
      let live = body.liveNodes
      let values = body.parameterValues
      let missing = (0..<loop.states).filter { state in
        !kept.contains(state) && values[state].map { live[body.nodeIndex(of: $0)] } == true
      }
      if missing.isEmpty { return kept }
      kept = (kept + missing).sorted()
    }
  }

  private static func renumberParameters(_ body: Graph, _ kept: [Int]) -> Graph {
    if kept.count == body.parameters.count { return body }
    var renumbered = body
    renumbered.parameters = kept.map { body.parameters[$0] }
    for (index, node) in body.nodes.enumerated() {
      if case .parameter(let old) = node.op, let new = kept.firstIndex(of: old) { renumbered.nodes[index].op = .parameter(new) }
    }
    return renumbered
  }
}
