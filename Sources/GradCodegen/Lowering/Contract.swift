import GradIR

// contract: a matrix product of the runtime where both sides have free labels and all lies in memory; else loops over the result's
// labels, and within them one sum over the contracted ones.
extension Region {
  func lowerContract(_ c: Contraction, _ node: Node, _ target: Variable, _ f: FunctionEmitter) {
    let contraction = LoweredContraction(c, node, self)
    if c.isMatrixProduct, contraction.dtype.isFloat, lowerMatrixProduct(contraction, target, f) { return }
    let dtype = contraction.dtype
    f.loops(Region.indexStems, contraction.dims(c.result)) { outer in
      let place = f.number(flat(.axes(outer), node.types[0].shape))
      func indices(_ labels: [Int]) -> ([Dim]) -> [Dim] {
        { inner in
          labels.map { label in
            if let axis = c.result.firstIndex(of: label) { return outer[axis] }
            return contraction.contracted.firstIndex(of: label).map { inner[$0] } ?? 0
          }
        }
      }
      let inner = contraction.dims(contraction.contracted)
      if let runs = runs([(contraction.left, indices(c.left)), (contraction.right, indices(c.right))], inner, f) {
        let sequential = c.isMatrixProduct && dtype.isFloat
        let name = (c.annihilating && dtype.isFloat ? "annihilating_" : "") + (sequential ? "product" : "dot")
        let arguments = [f.number(runs[0].count)] + runs.flatMap { [pointer($0.pointer, $0.base, f), f.number($0.stride)] }
        f.emit(.store(target.name, place, .call("grad_\(name)_strided_\(dtype)", arguments)))
      } else {
        let sum = Accumulator(dtype, sequential: c.isMatrixProduct, f, module)
        f.loops(Array(Region.indexStems.dropFirst(outer.count % 6)) + Region.indexStems, inner) { inner in
          let a = element(contraction.left, .axes(indices(c.left)(inner)), in: f)
          let b = element(contraction.right, .axes(indices(c.right)(inner)), in: f)
          sum.multiplyAdd(a, b, annihilating: c.annihilating)
        }
        f.emit(.store(target.name, place, sum.end))
      }
    }
  }

  /// One call for each index of the outer labels, where rows, columns and depth have one stride each in the arrays they stand in. An
  /// operand that has not is first copied into an array where it has.
  private func lowerMatrixProduct(_ p: LoweredContraction, _ target: Variable, _ f: FunctionEmitter) -> Bool {
    let c = p.contraction
    let rows = c.result.filter { c.leftFree.contains($0) }
    let columns = c.result.filter { c.rightFree.contains($0) }
    // Free labels that do not join the others become outer loops, the fewer the better.
    let splits = rows.indices.flatMap { i in columns.indices.map { j in (i, j) } }.sorted { $0.0 + $0.1 < $1.0 + $1.1 }
    func shape(_ split: (Int, Int)) -> MatrixProductShape {
      let outer = c.batch + rows[..<split.0] + columns[..<split.1]
      return MatrixProductShape(
        outer: c.result.filter { outer.contains($0) }, rows: Array(rows[split.0...]), columns: Array(columns[split.1...]),
        packsLeft: !readsMemory(p.left), packsRight: !readsMemory(p.right))
    }
    for split in splits {
      let shape = shape(split)
      if !shape.packsLeft, !shape.packsRight, emit(shape, p, target, f, dryRun: true) { return emitLoops(shape, p, target, f) }
    }
    for split in splits {
      for (left, right) in [(true, false), (false, true), (true, true)] {
        var shape = shape(split)
        shape.packsLeft = shape.packsLeft || left
        shape.packsRight = shape.packsRight || right
        if emit(shape, p, target, f, dryRun: true) { return emitLoops(shape, p, target, f) }
      }
    }
    return false
  }

  private func emitLoops(_ shape: MatrixProductShape, _ p: LoweredContraction, _ target: Variable, _ f: FunctionEmitter) -> Bool {
    var shape = shape
    if shape.packsLeft { shape.left = packed(p.left, p.contraction.left, shape.rows + p.contracted, p) }
    if shape.packsRight { shape.right = packed(p.right, p.contraction.right, p.contracted + shape.columns, p) }
    // What does not change in the outer loops is copied before them.
    for array in [shape.left, shape.right] {
      if let array, !array.own.contains(where: shape.outer.contains) { pack(array, [:], p, f) }
    }
    f.loops(Region.indexStems, p.dims(shape.outer)) { indices in
      let outer = Dictionary(uniqueKeysWithValues: zip(shape.outer, indices))
      for array in [shape.left, shape.right] {
        if let array, array.own.contains(where: shape.outer.contains) { pack(array, outer, p, f) }
      }
      _ = emit(shape, p, target, f, outer: outer, dryRun: false)
    }
    return true
  }

  private func packed(_ value: ValueID, _ own: [Int], _ labels: [Int], _ p: LoweredContraction) -> MatrixProductShape.Packed {
    .init(array: newBuffer("packed", TensorType(p.dtype, Shape(p.dims(labels)))), value: value, own: own, labels: labels)
  }
  private func pack(_ packed: MatrixProductShape.Packed, _ outer: [Int: Dim], _ p: LoweredContraction, _ f: FunctionEmitter) {
    f.write(packed.array)
    let dims = p.dims(packed.labels)
    f.loops(Array(Region.indexStems.dropFirst(outer.count % 6)) + Region.indexStems, dims) { inner in
      let indices = Dictionary(uniqueKeysWithValues: zip(packed.labels, inner))
      let x = element(packed.value, .axes(packed.own.map { outer[$0] ?? indices[$0] ?? 0 }), in: f)
      f.emit(.store(packed.array.name, f.number(flat(.axes(inner), Shape(dims))), x))
    }
  }

  /// The call for given outer indices; as a dry run only whether there is one.
  private func emit(
    _ shape: MatrixProductShape, _ p: LoweredContraction, _ target: Variable, _ f: FunctionEmitter, outer: [Int: Dim] = [:], dryRun: Bool
  ) -> Bool {
    let c = p.contraction
    var symbols: [Int: String] = [:]
    for (place, label) in (shape.rows + shape.columns + p.contracted).enumerated() { symbols[label] = "%run\(place)" }
    if dryRun { for (place, label) in shape.outer.enumerated() { symbols[label] = "%outer\(place)" } }
    for (label, symbol) in symbols { f.indices[symbol] = .init(name: "", depth: f.depth, extent: p.extents[label]) }
    defer { for symbol in symbols.values { f.indices[symbol] = nil } }
    func index(_ label: Int) -> Dim {
      if p.extents[label] == 1 { return 0 }
      return outer[label] ?? symbols[label].map { Dim.symbol($0) } ?? 0
    }
    func place(_ value: ValueID, _ own: [Int], _ packs: Bool, _ packed: MatrixProductShape.Packed?, _ labels: [Int]) -> (Variable, Dim)? {
      if packs { return (packed?.array ?? target, flat(.axes(labels.map(index)), Shape(p.dims(labels)))) }
      return location(value, .axes(own.map(index)), in: f).map { ($0.pointer, $0.index) }
    }
    guard let a = place(p.left, c.left, shape.packsLeft, shape.left, shape.rows + p.contracted),
      let b = place(p.right, c.right, shape.packsRight, shape.right, p.contracted + shape.columns)
    else { return false }
    let result = flat(.axes(c.result.map(index)), Shape(p.dims(c.result)))

    /// The one stride of a group of labels in an array; nil where they have none.
    func stride(_ labels: [Int], _ offset: Dim) -> Dim? {
      let significant = labels.filter { p.extents[$0] != 1 }
      var strides: [Dim] = []
      for label in significant {
        let stride = symbols[label].map { offset.step(in: $0) } ?? 0
        if stride.symbols.contains(where: { $0.hasPrefix("%run") || $0.hasPrefix("%outer") }) { return nil }
        strides.append(stride)
      }
      for place in significant.indices.dropLast() where strides[place] != strides[place + 1] * (p.extents[significant[place + 1]] ?? 1) {
        return nil
      }
      return strides.last ?? 0
    }
    func base(_ offset: Dim) -> Dim { offset.substituting { $0.hasPrefix("%run") ? 0 : nil } }
    func count(_ labels: [Int]) -> Dim { labels.reduce(Dim(1)) { $0 * (p.extents[$1] ?? 1) } }
    guard let aRow = stride(shape.rows, a.1), let aDepth = stride(p.contracted, a.1), let bDepth = stride(p.contracted, b.1),
      let bColumn = stride(shape.columns, b.1), let cRow = stride(shape.rows, result), let cColumn = stride(shape.columns, result)
    else { return false }
    if dryRun { return true }
    f.emit(
      .call(
        "grad_\(c.annihilating ? "annihilating_" : "")matrix_product_\(p.dtype)",
        [f.number(count(shape.rows)), f.number(count(shape.columns)), f.number(count(p.contracted))]
          + [pointer(a.0, base(a.1), f), f.number(aRow), f.number(aDepth)]
          + [pointer(b.0, base(b.1), f), f.number(bDepth), f.number(bColumn)]
          + [pointer(target, base(result), f), f.number(cRow), f.number(cColumn)]))
    return true
  }
}

/// How a contraction becomes matrix products: the labels of the loops around them, of their rows and of their columns.
private struct MatrixProductShape {
  /// An operand copied for the product: `own` are its labels, `labels` those of the copy.
  struct Packed {
    var array: Variable
    var value: ValueID
    var own: [Int]
    var labels: [Int]
  }
  var outer: [Int]
  var rows: [Int]
  var columns: [Int]
  var packsLeft: Bool
  var packsRight: Bool
  var left: Packed?
  var right: Packed?
}

/// A contraction with its operands and extents.
struct LoweredContraction {
  let contraction: Contraction
  let left: ValueID
  let right: ValueID
  let dtype: DType
  let contracted: [Int]
  let extents: [Int: Dim]

  init(_ contraction: Contraction, _ node: Node, _ region: Region) {
    self.contraction = contraction
    (left, right) = (node.operands[0], node.operands[1])
    dtype = node.types[0].dtype
    contracted = contraction.contracted
    var extents: [Int: Dim] = [:]
    for (label, dim) in zip(contraction.left + contraction.right, region.shape(left).dims + region.shape(right).dims) {
      extents[label] = dim
    }
    self.extents = extents
  }
  func dims(_ labels: [Int]) -> [Dim] { labels.map { extents[$0] ?? 1 } }
}
