import GradIR

extension Pass {
  /// Computes what depends on constants alone by the interpreter; a constant that a loop captures becomes one of its body.
  public static let foldConstants = Pass("fold-constants", "compute what depends on constants alone", run: folded)

  private static func folded(_ graph: Graph) -> Graph {
    guard mayFold(graph) else { return graph }
    return graph.rebuilt { node, operands, builder in
      if case .loop(let loop) = node.op { return moveConstantsIn(loop, operands, builder) }
      guard node.types.count == 1, let value = Rewrites.constants(node.op, operands, builder) else { return nil }
      return [value]
    }
  }

  /// Whether a node reads constants alone, or there is a loop to look into.
  private static func mayFold(_ graph: Graph) -> Bool {
    var isConstant = [Bool](repeating: false, count: graph.valueCount)
    for node in graph.nodes {
      switch node.op {
      case .loop: return true
      case .dimension(let dim) where dim.constant != nil: return true
      case .constant: isConstant[Int(node.firstResult.index)] = true
      case .broadcast: isConstant[Int(node.firstResult.index)] = isConstant[Int(node.operands[0].index)]
      default: if !node.operands.isEmpty && node.operands.allSatisfy({ isConstant[Int($0.index)] }) { return true }
      }
    }
    return false
  }

  // loop(…, c) with capture c = loop(…) with c in its body
  private static func moveConstantsIn(_ loop: Loop, _ operands: [ValueID], _ builder: GraphBuilder) -> [ValueID] {
    var moved = loop
    let first = loop.states + loop.sequences
    var constants: [Int: Op] = [:]
    for index in first..<operands.count {
      switch builder.node(of: operands[index]).op {
      case .constant(let constant): constants[index] = .constant(constant)
      case .dimension(let dim): constants[index] = .dimension(dim)
      default: break
      }
    }
    if !constants.isEmpty {
      moved.body = loop.body.rebuilt { node, _, body in
        guard case .parameter(let index) = node.op, let constant = constants[index] else { return nil }
        return [body.add(constant, [])]
      }
    }
    moved.body = folded(moved.body)
    return builder.addAll(.loop(moved), operands)
  }
}
