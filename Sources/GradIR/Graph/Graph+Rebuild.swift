extension Graph {
  /// Which nodes a result depends on; parameters count only where they are read.
  public var liveNodes: [Bool] {
    var live = [Bool](repeating: false, count: nodes.count)
    for output in results { live[nodeIndex(of: output.value)] = true }
    for index in nodes.indices.reversed() where live[index] {
      for operand in nodes[index].operands { live[nodeIndex(of: operand)] = true }
    }
    return live
  }

  /// The graph made anew, live node by live node, equal nodes merged: the walk that passes share.
  ///
  /// - Parameter transform: Gives the results of a node from its operands' new values, of the types that they were; nil adds the node
  ///   as it was.
  public func rebuilt(_ transform: (_ node: Node, _ operands: [ValueID], _ builder: GraphBuilder) -> [ValueID]?) -> Graph {
    let builder = GraphBuilder()
    builder.declare(parameters)
    let live = liveNodes
    var values = [ValueID](repeating: ValueID(-1), count: valueCount)
    for (index, node) in nodes.enumerated() where live[index] {
      builder.source = node.source
      let operands = node.operands.map { values[Int($0.index)] }
      let first = Int(node.firstResult.index)
      if let new = transform(node, operands, builder) {
        for (place, value) in new.enumerated() { values[first + place] = value }
      } else {
        let new = Int(builder.add(node.op, operands, types: node.types).index)
        for place in node.types.indices { values[first + place] = ValueID(new + place) }
      }
    }
    for (old, name) in names.sorted(by: { $0.key < $1.key }) where values[Int(old.index)].index >= 0 {
      builder.name(values[Int(old.index)], name)
    }
    builder.source = nil
    for output in results { builder.output(output.name, values[Int(output.value.index)], source: output.source) }
    for requirement in requirements { builder.require(requirement) }
    return builder.finish()
  }
}
