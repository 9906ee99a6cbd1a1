import GradIR

/// What a node is to the loops of a kernel that it shares with others.
enum FusedRoles {
  /// The member that a root makes; `.alone` for what has loops of its own kind.
  static func member(_ index: Int, _ graph: Graph) -> Kernel.Member {
    let node = graph.nodes[index]
    var member = Kernel.Member(node: index, role: .alone)
    func significant(_ shape: Shape) -> [Int] { shape.dims.indices.filter { shape[$0] != 1 } }
    func space(_ shape: Shape) -> [Dim] { shape.dims.filter { $0 != 1 } }
    let result = node.types[0]
    switch node.op {
    case .map, .cast, .broadcast, .transpose, .slice, .reshape, .gather, .window, .diagonal, .iota:
      member.role = .element
      member.space = space(result.shape)
    case .scatterAdd(let axis, _) where graph.type(of: node.operands[1]).rank == axis.batch && axis.batch > 0:
      member.role = .element
      member.space = space(result.shape)
    case .reduce(let kind, let axes):
      let shape = graph.shape(of: node.operands[0])
      let own = significant(shape)
      let summed = own.filter { axes.contains($0) }
      member.space = space(shape)
      if summed.isEmpty { break }
      if summed == own {
        member.role = .total
      } else if summed == own.suffix(summed.count) {
        member.role = .row(kept: own.count - summed.count)
      } else if summed == Array(own.prefix(summed.count)), kind == .sum, result.dtype.isFloat, keepsColumns(member.space, summed.count) {
        member.role = .column(rows: summed.count, factor: nil)
      }
    case .contract(let c) where result.dtype.isFloat && !c.annihilating && !c.isMatrixProduct && c.batch.isEmpty:
      for (matrix, factor) in [(0, 1), (1, 0)] {
        let (long, short) = matrix == 0 ? (c.left, c.right) : (c.right, c.left)
        let shape = graph.shape(of: node.operands[matrix])
        guard significant(shape).count == shape.rank, short.count < long.count, !short.isEmpty else { continue }
        member.space = shape.dims
        if long == c.result + short, c.contracted == short {
          member.role = .row(kept: c.result.count)
          return member
        }
        if long == short + c.result, c.contracted == short, keepsColumns(shape.dims, short.count) {
          member.role = .column(rows: short.count, factor: factor)
          return member
        }
      }
    case .contract(let c) where ProductBlocks.rows(c, node, in: graph) != nil:
      member.role = .product
      member.space = result.shape.dims
    default: break
    }
    return member
  }

  /// The other way in which loops can go over a member's places.
  static func alternative(to member: Kernel.Member, _ graph: Graph) -> Kernel.Member? {
    let node = graph.nodes[member.node]
    guard case .transpose = node.op else { return nil }
    return Kernel.Member(node: member.node, role: .scattered, space: graph.shape(of: node.operands[0]).dims.filter { $0 != 1 })
  }

  /// True where the sums of all columns, sixteen lanes of each, are not much beside what is summed.
  private static func keepsColumns(_ space: [Dim], _ rows: Int) -> Bool {
    let columns = space.dropFirst(rows).reduce(Dim(1)) { $0 * $1 }
    let count = space.prefix(rows).reduce(Dim(1)) { $0 * $1 }
    if let count = count.constant, count < 64 { return false }
    return (columns.constant ?? 1) <= 8192
  }

  /// The operands of a root, each with how the member's loops read it.
  static func operands(of node: Node, _ member: Kernel.Member, in graph: Graph) -> [(ValueID, AxisMap)] {
    func identity(_ shape: Shape) -> AxisMap {
      var next = 0
      return shape.dims.map { dim in
        if dim == 1 { return nil }
        next += 1
        return next - 1
      }
    }
    switch member.role {
    case .alone, .product: return node.operands.map { ($0, AxisMap(repeating: nil, count: graph.type(of: $0).rank)) }
    case .element: return KernelReads.operands(of: node, identity(node.types[0].shape), graph)
    case .scattered: return [(node.operands[0], identity(graph.shape(of: node.operands[0])))]
    case .total, .row, .column:
      guard case .contract(let c) = node.op else { return [(node.operands[0], identity(graph.shape(of: node.operands[0])))] }
      let long = c.left.count > c.right.count ? c.left : c.right
      return zip(node.operands, [c.left, c.right]).map { operand, labels in (operand, labels.map { long.firstIndex(of: $0) }) }
    }
  }
}
