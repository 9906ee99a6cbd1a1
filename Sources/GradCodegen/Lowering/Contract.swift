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

  /// One call for each index of the batch labels, where rows, columns and depth each have one stride in the arrays they stand in.
  private func lowerMatrixProduct(_ p: LoweredContraction, _ target: Variable, _ f: FunctionEmitter) -> Bool {
    guard readsMemory(p.left), readsMemory(p.right) else { return false }
    let c = p.contraction
    let rows = c.result.filter { c.leftFree.contains($0) }
    let columns = c.result.filter { c.rightFree.contains($0) }
    let batch = c.result.filter { c.batch.contains($0) }
    let symbols = Dictionary(uniqueKeysWithValues: (rows + columns + p.contracted).enumerated().map { ($0.element, "%run\($0.offset)") })

    // Tried outside the loops first, for statements must not be left behind where it fails.
    func attempt(_ batchIndices: [Dim], emits: Bool) -> Bool {
      for (label, symbol) in symbols { f.indices[symbol] = .init(name: "", depth: f.depth, extent: p.extents[label]) }
      defer { for symbol in symbols.values { f.indices[symbol] = nil } }
      func index(_ label: Int) -> Dim {
        if p.extents[label] == 1 { return 0 }
        if let symbol = symbols[label] { return .symbol(symbol) }
        return batch.firstIndex(of: label).map { batchIndices[$0] } ?? 0
      }
      guard let a = location(p.left, .axes(c.left.map(index)), in: f), let b = location(p.right, .axes(c.right.map(index)), in: f) else {
        return false
      }
      let result = flat(.axes(c.result.map(index)), Shape(p.dims(c.result)))
      /// The one stride of a group of labels in an array; nil where they have none.
      func stride(_ labels: [Int], _ offset: Dim) -> Dim? {
        let significant = labels.filter { p.extents[$0] != 1 }
        var strides: [Dim] = []
        for label in significant {
          let moved = offset.substituting { $0 == symbols[label] ? Dim.symbol($0) + 1 : nil }
          let stride = moved - offset
          if stride.symbols.contains(where: { $0.hasPrefix("%run") }) { return nil }
          strides.append(stride)
        }
        for place in significant.indices.dropLast() where strides[place] != strides[place + 1] * (p.extents[significant[place + 1]] ?? 1) {
          return nil
        }
        return strides.last ?? 0
      }
      func base(_ offset: Dim) -> Dim { offset.substituting { $0.hasPrefix("%run") ? 0 : nil } }
      func count(_ labels: [Int]) -> Dim { labels.reduce(Dim(1)) { $0 * (p.extents[$1] ?? 1) } }
      guard let aRow = stride(rows, a.index), let aDepth = stride(p.contracted, a.index), let bDepth = stride(p.contracted, b.index),
        let bColumn = stride(columns, b.index), let cRow = stride(rows, result), let cColumn = stride(columns, result)
      else { return false }
      if !emits { return true }
      let name = "grad_\(c.annihilating ? "annihilating_" : "")matrix_product_\(p.dtype)"
      f.emit(
        .call(
          name,
          [f.number(count(rows)), f.number(count(columns)), f.number(count(p.contracted))]
            + [pointer(a.pointer, base(a.index), f), f.number(aRow), f.number(aDepth)]
            + [pointer(b.pointer, base(b.index), f), f.number(bDepth), f.number(bColumn)]
            + [pointer(target, base(result), f), f.number(cRow), f.number(cColumn)]))
      return true
    }
    let probes = batch.indices.map { place -> Dim in
      f.indices["%batch\(place)"] = .init(name: "", depth: 0, extent: p.extents[batch[place]])
      return p.extents[batch[place]] == 1 ? 0 : Dim.symbol("%batch\(place)")
    }
    let fits = attempt(probes, emits: false)
    for place in batch.indices { f.indices["%batch\(place)"] = nil }
    if !fits { return false }
    f.loops(Region.indexStems, p.dims(batch)) { indices in _ = attempt(indices, emits: true) }
    return true
  }
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
    for (label, dim) in zip(contraction.left + contraction.right, region.shape(left).dims + region.shape(right).dims) { extents[label] = dim }
    self.extents = extents
  }
  func dims(_ labels: [Int]) -> [Dim] { labels.map { extents[$0] ?? 1 } }
}
