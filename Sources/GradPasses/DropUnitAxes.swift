import GradIR

extension Pass {
  /// A matrix by a single row is a matrix by a vector, where the numbers that are summed over lie side by side in both: its sums run along the
  /// memory. They have the order of sums then, not that of matrix products: numerics.md.
  ///
  ///     contract(x[n, k], y[1, k]) = reshape(contract(x, reshape(y, [k]))), k ≥ 16
  public static let dropUnitAxes = Pass("drop-unit-axes", "products by one row are those by a vector", isExact: false) { graph in
    graph.rewritten { op, operands, builder in
      guard case .contract(let c) = op, c.isMatrixProduct, !c.annihilating, builder.type(of: operands[0]).dtype.isFloat else { return nil }
      return byVector(c, operands[0], operands[1], builder) ?? byVector(c.swapped, operands[1], operands[0], builder)
    }
  }

  private static func byVector(_ c: Contraction, _ matrix: ValueID, _ row: ValueID, _ builder: GraphBuilder) -> ValueID? {
    let (extents, own) = (builder.shape(of: matrix), builder.shape(of: row))
    let kept = c.right.indices.filter { c.left.contains(c.right[$0]) }
    let (labels, depth) = (kept.map { c.right[$0] }, c.contracted[...])
    let count = c.left.indices.filter { depth.contains(c.left[$0]) }.reduce(Dim(1)) { $0 * extents[$1] }
    guard c.right.indices.allSatisfy({ kept.contains($0) || own[$0] == 1 }), count.isAtLeast(16) != false,
      !depth.isEmpty, c.left.suffix(depth.count) == depth, labels.suffix(depth.count) == depth
    else { return nil }
    let vector = builder.reshape(row, to: Shape(kept.map { own[$0] }))
    let sums = builder.contract(matrix, vector, Contraction(c.left, labels, c.result.filter(c.left.contains)).canonical)
    return builder.reshape(sums, to: Shape(c.result.map { label in c.left.firstIndex(of: label).map { extents[$0] } ?? 1 }))
  }
}
