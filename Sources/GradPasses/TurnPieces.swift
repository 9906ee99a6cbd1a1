import GradIR

extension Pass {
  /// A result whose pieces are joined and then turned is one whose turned pieces are joined: they are written where they belong, and nothing
  /// is copied. What else reads the joined value would have it computed twice.
  ///
  ///     concatenate(x, y, …)ᵖ = concatenate(xᵖ, yᵖ, …)
  public static let turnPieces = Pass("turn-pieces", "write the pieces of turned results where they belong") { graph in
    let turned = graph.turnedResults
    if turned.isEmpty { return graph }
    return graph.rebuilt { node, operands, builder in
      guard turned.contains(node.firstResult), case .transpose(let permutation) = node.op else { return nil }
      let joined = builder.node(of: operands[0])
      guard case .concatenate(let axis) = joined.op, let place = permutation.firstIndex(of: axis) else { return nil }
      return [builder.concatenate(joined.operands.map { builder.turned($0, permutation) }, axis: place)]
    }
  }
}

extension Graph {
  /// The results that are the transpose of a concatenation that nothing else reads.
  fileprivate var turnedResults: Set<ValueID> {
    let turned = results.map(\.value).filter { result in
      guard case .transpose = node(of: result).op, case .concatenate = node(of: node(of: result).operands[0]).op else { return false }
      return true
    }
    if turned.isEmpty { return [] }
    let live = liveNodes
    var uses: [ValueID: Int] = [:]
    for (index, node) in nodes.enumerated() where live[index] { for operand in node.operands { uses[operand, default: 0] += 1 } }
    for result in results { uses[result.value, default: 0] += 1 }
    return Set(turned.filter { uses[node(of: $0).operands[0]] == 1 })
  }
}

extension GraphBuilder {
  /// The transpose, which is a reshape where only axes of one element move.
  fileprivate func turned(_ x: ValueID, _ permutation: [Int]) -> ValueID {
    let shape = shape(of: x)
    let others = permutation.filter { shape[$0] != 1 }
    guard others == others.sorted() else { return transpose(x, permutation) }
    let node = node(of: x)
    let base = if case .reshape = node.op { node.operands[0] } else { x }
    return reshape(base, to: Shape(permutation.map { shape[$0] }))
  }
}
