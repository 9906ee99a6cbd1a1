import GradIR

/// One step from graph to graph: a verb phrase and a pure function. Loop bodies are the pass's own business: most say `inBodies`.
public struct Pass: Sendable {
  /// The word of `--print-after`: `eliminate-dead-nodes`.
  public let name: String
  public let summary: String
  public let run: @Sendable (Graph) -> Graph

  public init(_ name: String, _ summary: String, run: @escaping @Sendable (Graph) -> Graph) {
    self.name = name
    self.summary = summary
    self.run = run
  }

  /// The passes of `optimize`, in their order.
  public static let all: [Pass] = [.simplify, .eliminateDeadNodes]
}

extension Graph {
  /// The graph with each loop's body replaced.
  func withBodies(_ transform: (Graph) -> Graph) -> Graph {
    rebuilt { node, operands, builder in
      guard case .loop(var loop) = node.op else { return nil }
      loop.body = transform(loop.body)
      return builder.addAll(.loop(loop), operands)
    }
  }
}
