import GradIR

extension Pass {
  /// Exact identities, one node at a time; the formulas stand in `Rewrites/`.
  public static let simplify = Pass("simplify", "exact identities of arithmetic, choices and shapes") { graph in
    graph.rewritten { op, operands, builder in Rewrites.simplified(op, operands, builder) }
  }
}
