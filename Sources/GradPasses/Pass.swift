import GradIR

/// One step from graph to graph: a verb phrase and a pure function. Loop bodies are the pass's own business.
public struct Pass: Sendable {
  /// The word of `--print-after`: `eliminate-dead-nodes`.
  public let name: String
  /// What it does, in a line.
  public let summary: String
  /// False of a pass whose rewrites may change bits, which numerics.md lists.
  public let isExact: Bool
  /// From a graph to one of the same meaning.
  public let run: @Sendable (Graph) -> Graph

  /// A pass by that name.
  public init(_ name: String, _ summary: String, isExact: Bool = true, run: @escaping @Sendable (Graph) -> Graph) {
    self.name = name
    self.summary = summary
    self.isExact = isExact
    self.run = run
  }

  /// The passes of `optimize`, in their order.
  public static let all: [Pass] = [
    .foldConstants, .unmaskBoundedProducts, .simplify, .hoistInvariants, .mergeEqualValues, .orderContractions, .dropUnitAxes, .turnPieces,
    .eliminateDeadNodes,
  ]
}

extension Graph {
  /// The graph with each node of one result replaced by what `rewrite` gives for it, in loop bodies too.
  func rewritten(_ rewrite: (Op, [ValueID], GraphBuilder) -> ValueID?) -> Graph {
    rebuilt { node, operands, builder in
      if case .loop(var loop) = node.op {
        loop.body = loop.body.rewritten(rewrite)
        return builder.addAll(.loop(loop), operands)
      }
      return rewrite(node.op, operands, builder).map { [$0] }
    }
  }
}
