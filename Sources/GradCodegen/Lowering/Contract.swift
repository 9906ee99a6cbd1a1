import GradIR

// contract: a matrix product of the runtime where both sides have free labels and all lies in memory; else loops over the result's
// labels, and within them one sum over the contracted ones.
extension Region {
  func lowerContract(_ c: Contraction, _ node: Node, _ target: Variable, _ f: FunctionEmitter) {
    let contraction = LoweredContraction(c, node, self)
    if c.isMatrixProduct, contraction.dtype.isFloat, lowerMatrixProduct(contraction, target, f) { return }
    let dtype = contraction.dtype
    let isSum = !c.isMatrixProduct && dtype.isFloat && !c.annihilating
    let isShort = isSum && ShortSum.takes(contraction.dims(contraction.contracted), dtype)
    if isSum, !isShort, lowerRows(contraction, target, f) { return }
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
      if isShort {
        let sum = ShortSum(dtype, ofProducts: inner, f)
        f.loops(Region.indexStems, inner, unrolled: true) { inner in
          let a = element(contraction.left, .axes(indices(c.left)(inner)), in: f)
          sum.multiplyAdd(a, element(contraction.right, .axes(indices(c.right)(inner)), in: f))
        }
        f.emit(.store(target.name, place, sum.end))
      } else if let runs = runs([(contraction.left, indices(c.left)), (contraction.right, indices(c.right))], inner, f) {
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
}

// Sums of products along the last axis of the result: one call of the runtime for each index of the others.
extension Region {
  private func lowerRows(_ p: LoweredContraction, _ target: Variable, _ f: FunctionEmitter) -> Bool {
    let c = p.contraction
    let dims = p.dims(c.result)
    guard let count = dims.last, count != 1 else { return false }
    let others = Array(dims.dropLast())

    /// The runs of the first row in the two operands, and how far it is to the next; nil where they are not everywhere the same.
    func rows(_ outer: [Dim]) -> [(run: Run, step: Dim)]? {
      let place = outer + [Dim.symbol("%rows")]
      func indices(_ labels: [Int]) -> ([Dim]) -> [Dim] {
        { inner in
          labels.map { label in
            if let axis = c.result.firstIndex(of: label) { return dims[axis] == 1 ? 0 : place[axis] }
            return p.contracted.firstIndex(of: label).map { inner[$0] } ?? 0
          }
        }
      }
      let operands = [(p.left, indices(c.left)), (p.right, indices(c.right))]
      guard let runs = f.probing([("%rows", count)], { runs(operands, p.dims(p.contracted), f) }) else { return nil }
      var found: [(Run, Dim)] = []
      for var run in runs {
        let step = run.base.step(in: "%rows")
        if step.symbols.contains(where: { $0.hasPrefix("%") }) { return nil }
        run.base = run.base.substituting { $0 == "%rows" ? 0 : nil }
        found.append((run, step))
      }
      return found
    }

    let symbols = others.indices.map { "%outer\($0)" }
    guard f.probing(zip(symbols, others).map { ($0, $1) }, { rows(symbols.map { Dim.symbol($0) }) }) != nil else { return false }
    f.loops(Region.indexStems, others) { outer in
      guard let rows = rows(outer) else { preconditionFailure("rows that were found are gone") }
      let result = pointer(target, flat(.axes(outer + [0]), Shape(dims)), f)
      let operands = rows.flatMap { [pointer($0.run.pointer, $0.run.base, f), f.number($0.step), f.number($0.run.stride)] }
      f.emit(.call("grad_dot_rows_\(p.dtype)", [f.number(count), result, f.number(rows[0].run.count)] + operands))
    }
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
  var extents: [Int: Dim]

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
