import GradIR

extension Pass {
  /// Exact identities, one node at a time; see `Rewrites/`.
  public static let simplify = Pass("simplify", "fold constants and exact identities", run: simplified)

  private static func simplified(_ graph: Graph) -> Graph {
    graph.rebuilt { node, operands, builder in
      if case .loop(var loop) = node.op {
        loop.body = simplified(loop.body)
        return builder.addAll(.loop(loop), operands)
      }
      guard node.types.count == 1 else { return nil }
      for rewrite in Rewrites.exact { if let value = rewrite(node.op, operands, builder) { return [value] } }
      return nil
    }
  }
}

/// One formula as a function: the value that the op on these operands equals, or nil where the formula does not match.
typealias Rewrite = @Sendable (Op, [ValueID], GraphBuilder) -> ValueID?

/// The tables of rewrites by family.
enum Rewrites {
  /// Those that keep every bit.
  static let exact: [Rewrite] = constants + identities + shapes
}
