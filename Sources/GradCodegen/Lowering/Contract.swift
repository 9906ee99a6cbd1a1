import GradIR

// contract: loops over the result's labels, and within them one sum over the contracted ones.
extension Region {
  func lowerContract(_ c: Contraction, _ node: Node, _ target: Variable, _ f: FunctionEmitter) {
    let (left, right) = (node.operands[0], node.operands[1])
    let dtype = node.types[0].dtype
    var extents: [Int: Dim] = [:]
    for (label, dim) in zip(c.left + c.right, shape(left).dims + shape(right).dims) { extents[label] = dim }
    func dims(_ labels: [Int]) -> [Dim] { labels.map { extents[$0] ?? 1 } }
    let contracted = c.contracted

    f.loops(Region.indexStems, dims(c.result)) { outer in
      let place = f.number(flat(.axes(outer), node.types[0].shape))
      func indices(_ labels: [Int]) -> ([Dim]) -> [Dim] {
        { inner in
          labels.map { label in
            if let axis = c.result.firstIndex(of: label) { return outer[axis] }
            return contracted.firstIndex(of: label).map { inner[$0] } ?? 0
          }
        }
      }
      let inner = dims(contracted)
      if let runs = runs([(left, indices(c.left)), (right, indices(c.right))], inner, f) {
        let sequential = c.isMatrixProduct && dtype.isFloat
        let name = (c.annihilating && dtype.isFloat ? "annihilating_" : "") + (sequential ? "product" : "dot")
        let arguments = [f.number(runs[0].count)] + runs.flatMap { [pointer($0.pointer, $0.base, f), f.number($0.stride)] }
        f.emit(.store(target.name, place, .call("grad_\(name)_strided_\(dtype)", arguments)))
      } else {
        let sum = Accumulator(dtype, sequential: c.isMatrixProduct, f, module)
        f.loops(Array(Region.indexStems.dropFirst(outer.count % 6)) + Region.indexStems, inner) { inner in
          let a = element(left, .axes(indices(c.left)(inner)), in: f)
          let b = element(right, .axes(indices(c.right)(inner)), in: f)
          sum.multiplyAdd(a, b, annihilating: c.annihilating)
        }
        f.emit(.store(target.name, place, sum.end))
      }
    }
  }
}
