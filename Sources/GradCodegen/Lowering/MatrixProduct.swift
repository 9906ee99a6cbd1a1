import GradIR

// Matrix products: one call of the runtime for each index of the labels that are around it. Rows, columns and depth have one stride each in
// the arrays they stand in; an operand that has not is read through its view, or first copied into an array where it has.
extension Region {
  func lowerMatrixProduct(_ p: LoweredContraction, _ target: Variable, _ f: FunctionEmitter) -> Bool {
    let c = p.contraction
    let rows = c.result.filter { c.leftFree.contains($0) }
    let columns = c.result.filter { c.rightFree.contains($0) }
    // Free labels that do not join the others become outer loops, the fewer the better.
    let splits = rows.indices.flatMap { i in columns.indices.map { j in (i, j) } }.sorted { $0.0 + $0.1 < $1.0 + $1.1 }
    let (copiesLeft, copiesRight) = (!readsMemory(p.left), !readsMemory(p.right))
    typealias Reading = MatrixProductShape.Reading
    func lower(_ readings: [(left: Reading, right: Reading)]) -> Bool {
      for split in splits {
        let outer = c.batch + rows[..<split.0] + columns[..<split.1]
        for reading in readings {
          let shape = MatrixProductShape(
            outer: c.result.filter { outer.contains($0) }, rows: Array(rows[split.0...]), columns: Array(columns[split.1...]),
            left: copiesLeft ? .copied : reading.left, right: copiesRight ? .copied : reading.right)
          // Where nothing stands around the call, it is written at once.
          if shape.isCallAlone {
            if emit(shape, p, target, f, dryRun: false) { return true }
          } else if emit(shape, p, target, f, dryRun: true) {
            emitLoops(shape, p, target, f)
            return true
          }
        }
      }
      return false
    }
    if !copiesLeft, !copiesRight, lower([(.strided, .strided)]) { return true }
    // A copy of windows is larger than what they are windows of.
    let (viewsLeft, viewsRight) = (!copiesLeft && copyGrows(p.left), !copiesRight && copyGrows(p.right))
    if viewsLeft || viewsRight {
      let others: [Reading] = [.strided, .runs, .copied]
      if lower(others.map { (viewsLeft ? .view : $0, viewsRight ? .view : $0) }) { return true }
    }
    return lower([(.copied, .strided), (.strided, .copied), (.copied, .copied)])
  }

  /// Some rows of a result of two axes, from `start` on; `first` is the place in C order at which the target begins.
  func lowerProduct(_ c: Contraction, _ node: Node, rows count: Dim, from start: Dim, _ target: Variable, first: Dim, _ f: FunctionEmitter)
  {
    var product = LoweredContraction(c, node, self)
    product.extents[c.result[0]] = count
    let shape = MatrixProductShape(outer: [], rows: c.leftFree, columns: c.rightFree, left: .strided, right: .strided)
    let isWritten = emit(shape, product, target, f, starts: [c.result[0]: start], first: first, dryRun: false)
    precondition(isWritten, "operands of a product by blocks stand in memory")
  }

  /// True of a value in memory that has more elements than there are where it is read.
  private func copyGrows(_ value: ValueID) -> Bool {
    var stored = plan.resolve(value)
    while plan.placement(stored) == .inlined, let operand = graph.node(of: stored).operands.first { stored = plan.resolve(operand) }
    return shape(value).count.nominal > shape(stored).count.nominal
  }

  private func emitLoops(_ shape: MatrixProductShape, _ p: LoweredContraction, _ target: Variable, _ f: FunctionEmitter) {
    var shape = shape
    if shape.left == .copied { shape.leftCopy = copied(p.left, p.contraction.left, shape.rows + p.contracted, p) }
    if shape.right == .copied { shape.rightCopy = copied(p.right, p.contraction.right, p.contracted + shape.columns, p) }
    // What does not change in the outer loops is copied before them.
    for copy in [shape.leftCopy, shape.rightCopy] {
      if let copy, !copy.own.contains(where: shape.outer.contains) { emit(copy, [:], p, f) }
    }
    f.loops(Region.indexStems, p.dims(shape.outer)) { indices in
      let outer = Dictionary(uniqueKeysWithValues: zip(shape.outer, indices))
      for copy in [shape.leftCopy, shape.rightCopy] {
        if let copy, copy.own.contains(where: shape.outer.contains) { emit(copy, outer, p, f) }
      }
      _ = emit(shape, p, target, f, outer: outer, dryRun: false)
    }
  }

  private func copied(_ value: ValueID, _ own: [Int], _ labels: [Int], _ p: LoweredContraction) -> MatrixProductShape.Copy {
    .init(array: newBuffer("packed", TensorType(p.dtype, Shape(p.dims(labels)))), value: value, own: own, labels: labels)
  }
  private func emit(_ copy: MatrixProductShape.Copy, _ outer: [Int: Dim], _ p: LoweredContraction, _ f: FunctionEmitter) {
    f.write(copy.array)
    let dims = p.dims(copy.labels)
    f.loops(Array(Region.indexStems.dropFirst(outer.count % 6)) + Region.indexStems, dims) { inner in
      let indices = Dictionary(uniqueKeysWithValues: zip(copy.labels, inner))
      let x = element(copy.value, .axes(copy.own.map { outer[$0] ?? indices[$0] ?? 0 }), in: f)
      f.emit(.store(copy.array.name, f.number(flat(.axes(inner), Shape(dims))), x))
    }
  }

  /// The call for given outer indices; as a dry run only whether there is one.
  private func emit(
    _ shape: MatrixProductShape, _ p: LoweredContraction, _ target: Variable, _ f: FunctionEmitter, outer: [Int: Dim] = [:],
    starts: [Int: Dim] = [:],
    first: Dim = 0, dryRun: Bool
  ) -> Bool {
    let c = p.contraction
    var symbols: [Int: String] = [:]
    for (place, label) in (shape.rows + shape.columns + p.contracted).enumerated() { symbols[label] = "%run\(place)" }
    if dryRun { for (place, label) in shape.outer.enumerated() { symbols[label] = "%outer\(place)" } }
    func index(_ label: Int) -> Dim {
      if p.extents[label] == 1 { return 0 }
      return outer[label] ?? symbols[label].map { Dim.symbol($0) + (starts[label] ?? 0) } ?? 0
    }
    func place(_ value: ValueID, _ own: [Int], _ reading: MatrixProductShape.Reading, _ copy: MatrixProductShape.Copy?, _ labels: [Int])
      -> (
        Variable, Dim
      )?
    {
      if reading == .copied { return (copy?.array ?? target, flat(.axes(labels.map(index)), Shape(p.dims(labels)))) }
      return f.probing(symbols.map { ($1, p.extents[$0]) }) { location(value, .axes(own.map(index)), in: f).map { ($0.pointer, $0.index) } }
    }
    guard let a = place(p.left, c.left, shape.left, shape.leftCopy, shape.rows + p.contracted),
      let b = place(p.right, c.right, shape.right, shape.rightCopy, p.contracted + shape.columns)
    else { return false }
    let result = flat(.axes(c.result.map(index)), Shape(p.dims(c.result)))

    /// The axes of a group of labels in an array, those joined that lie as one; nil where one has no stride.
    func axes(_ labels: [Int], _ offset: Dim) -> [ViewAxis]? {
      var axes: [ViewAxis] = []
      for label in labels where p.extents[label] != 1 {
        let stride = symbols[label].map { offset.step(in: $0) } ?? 0
        if stride.symbols.contains(where: { $0.hasPrefix("%run") || $0.hasPrefix("%outer") }) { return nil }
        let extent = p.extents[label] ?? 1
        if let last = axes.last, last.stride == stride * extent {
          axes[axes.count - 1] = ViewAxis(extent: last.extent * extent, stride: stride)
        } else {
          axes.append(ViewAxis(extent: extent, stride: stride))
        }
      }
      return axes.isEmpty ? [ViewAxis(extent: 1, stride: 0)] : axes
    }
    func base(_ offset: Dim) -> Dim { offset.substituting { $0.hasPrefix("%run") ? 0 : nil } }
    guard let aRows = axes(shape.rows, a.1), let aDepth = axes(p.contracted, a.1), let bDepth = axes(p.contracted, b.1),
      let bColumns = axes(shape.columns, b.1), let cRows = axes(shape.rows, result), let cColumns = axes(shape.columns, result),
      cRows.count == 1, cColumns.count == 1, shape.left.takes(aRows, aDepth), shape.right.takes(bColumns, bDepth)
    else { return false }
    if dryRun { return true }
    let (pointers, places) = (
      (pointer(a.0, base(a.1), f), pointer(b.0, base(b.1), f)), [cRows[0], cColumns[0]].map { f.number($0.stride) }
    )
    let place = pointer(target, base(result) - first, f)
    if !c.annihilating, aRows.count == 1, aDepth.count == 1, bDepth.count == 1, bColumns.count == 1,
      let arguments = fixed(
        .init(pointer: pointers.0, free: aRows[0], depth: aDepth[0].stride),
        .init(pointer: pointers.1, free: bColumns[0], depth: bDepth[0].stride), depth: aDepth[0].extent,
        (place, cRows[0].stride, cColumns[0].stride), f)
    {
      f.emit(.call("grad_matrix_fixed_\(p.dtype)", arguments))
      return true
    }
    let name =
      "\(c.annihilating ? "annihilating_" : "")\([aRows, aDepth, bDepth, bColumns].allSatisfy { $0.count == 1 } ? "matrix" : "view")"
    var arguments: [Expr] = []
    if name.hasSuffix("matrix") {
      arguments = [cRows[0].extent, cColumns[0].extent, aDepth[0].extent].map { f.number($0) }
      arguments += [pointers.0, f.number(aRows[0].stride), f.number(aDepth[0].stride)]
      arguments += [pointers.1, f.number(bDepth[0].stride), f.number(bColumns[0].stride)]
    } else {
      arguments = [pointers.0, array(aRows, "rows", f), array(aDepth, "depth", f)]
      arguments += [pointers.1, array(bDepth, "depth", f), array(bColumns, "columns", f)]
    }
    f.emit(.call("grad_\(name)_product_\(p.dtype)", arguments + [place] + places))
    return true
  }

  /// The arguments of a product whose code the compiler makes for its very sizes, small and known, by its columns or as that of the transposed
  /// operands; nil of others, and for libtcc, which makes nothing of them.
  private func fixed(
    _ left: FixedOperand, _ right: FixedOperand, depth: Dim, _ c: (place: Expr, row: Dim, column: Dim), _ f: FunctionEmitter
  ) -> [Expr]? {
    guard f.module.options.target != .jit, let depth = depth.constant else { return nil }
    for (rows, columns, row, column) in [(left, right, c.row, c.column), (right, left, c.column, c.row)] {
      guard let rowCount = rows.free.extent.constant, let columnCount = columns.free.extent.constant,
        [rowCount, columnCount, depth].allSatisfy((1...FixedOperand.most).contains), columnCount == 1 || column == 1
      else { continue }
      let step = columnCount == 1 ? 1 : columns.free.stride
      guard step == 1 || max(columnCount, depth) <= FixedOperand.mostCopied else { continue }
      return [rowCount, columnCount, depth].map { Expr.integer($0) } + [rows.pointer, f.number(rows.free.stride), f.number(rows.depth)]
        + [columns.pointer, f.number(columns.depth), f.number(step), c.place, f.number(row)]
    }
    return nil
  }

  /// The axes of a view as the runtime takes them: their number, and an extent and a stride for each.
  private func array(_ axes: [ViewAxis], _ stem: String, _ f: FunctionEmitter) -> Expr {
    let name = f.local(stem)
    f.emit(.declareArray(.index, name, 1 + 2 * axes.count))
    let numbers = [Dim(axes.count)] + axes.flatMap { [$0.extent, $0.stride] }
    for (place, number) in numbers.enumerated() { f.emit(.store(name, .integer(place), f.number(number))) }
    return .variable(name)
  }
}

/// An axis of a view: so many elements, a stride apart.
private struct ViewAxis {
  var extent: Dim
  var stride: Dim
}

/// An operand of a product of known sizes: its rows or columns, and how far apart its values of k lie.
private struct FixedOperand {
  var pointer: Expr
  var free: ViewAxis
  var depth: Dim

  /// More rows, columns and values of k than so many are the runtime's, and more than so many columns that do not lie side by side.
  static let (most, mostCopied) = (32, 16)
}

/// How a contraction becomes matrix products: the labels of the loops around them, of their rows and of their columns.
private struct MatrixProductShape {
  /// How an operand is read: with one stride for each group of labels; through a view; through one whose elements lie in runs; from a
  /// copy.
  enum Reading {
    case strided, view, runs, copied

    func takes(_ free: [ViewAxis], _ depth: [ViewAxis]) -> Bool {
      switch self {
      case .strided, .copied: free.count == 1 && depth.count == 1
      case .view: true
      case .runs: free.last?.stride == 1 || depth.last?.stride == 1
      }
    }
  }
  /// An operand copied for the product: `own` are its labels, `labels` those of the copy.
  struct Copy {
    var array: Variable
    var value: ValueID
    var own: [Int]
    var labels: [Int]
  }
  var outer: [Int]
  var rows: [Int]
  var columns: [Int]
  var left: Reading
  var right: Reading
  var leftCopy: Copy?
  var rightCopy: Copy?
  /// No loops, and no copies before it.
  var isCallAlone: Bool { outer.isEmpty && left != .copied && right != .copied }
}
