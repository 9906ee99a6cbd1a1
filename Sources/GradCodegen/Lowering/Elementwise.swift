import GradIR

// Kernels that compute each element of their result apart: element-wise ops, rearrangements, pad and concatenate.
extension Region {
  func lowerElementwise(_ node: Node, _ target: Variable, _ f: FunctionEmitter) {
    let value = node.firstResult
    let shape = node.types[0].shape
    // Compilers that optimise write so few out themselves.
    let isFew = module.options.target == .jit && Region.isFew(shape.dims)
    if shape.rank > 1, isFlat(node) {
      f.loops(["i"], [shape.count], unrolled: isFew, independent: true) { place in
        let element = computeOp(value, .flat(place[0]), in: f, isRoot: true)
        f.emit(.store(target.name, f.number(place[0]), element))
      }
      return
    }
    f.loops(Region.indexStems, shape.dims, unrolled: isFew, independent: true) { indices in
      let access = Access.axes(indices)
      let element = computeOp(value, access, in: f, isRoot: true)
      f.emit(.store(target.name, f.number(flat(access, shape)), element))
    }
  }

  /// True of up to four elements: what is written out. Beside an axis of none another may be as long as it likes.
  private static func isFew(_ dims: some Sequence<Dim>) -> Bool {
    dims.reduce(1, *).constant.map { (1...4).contains($0) } ?? false
  }

  /// True where every value inside is read at the same place in C order, so that one loop does.
  func isFlat(_ node: Node) -> Bool {
    if let known = flat[node.firstResult] { return known }
    let result =
      switch node.op {
      case .map, .cast, .reshape: node.operands.allSatisfy(readsFlat)
      case .broadcast: type(node.operands[0]).isScalar
      default: false
      }
    flat[node.firstResult] = result
    return result
  }

  /// True of a value that is stored, or computed from what is, place by place.
  func readsFlat(_ value: ValueID) -> Bool {
    let value = plan.resolve(value)
    if case .inlined = plan.placement(value) { return isFlat(graph.node(of: value)) }
    return true
  }

  /// The value everywhere, then x over it.
  func lowerPad(_ pads: [PadAxis], _ node: Node, _ target: Variable, _ f: FunctionEmitter) {
    let shape = node.types[0].shape
    f.loop("i", shape.count) { i in
      let outside = element(node.operands[1], .axes([]), in: f)
      f.emit(.store(target.name, f.number(i), outside))
    }
    f.loops(Region.indexStems, self.shape(node.operands[0]).dims) { indices in
      let element = self.element(node.operands[0], .axes(indices), in: f)
      let place = zip(indices, pads).map { $0 * Dim($1.interior + 1) + $1.low }
      f.emit(.store(target.name, f.number(flat(.axes(place), shape)), element))
    }
  }

  /// For libtcc neighbouring parts of one element along the axis share the loops over the others, and up to four elements of the last axes are
  /// straight statements; compilers that vectorise do better with a loop for each.
  ///
  /// - Parameter operands: those that this kernel writes.
  func lowerConcatenate(_ axis: Int, _ node: Node, _ operands: Range<Int>, _ target: Variable, _ f: FunctionEmitter) {
    let shape = node.types[0].shape
    let extents = node.operands.map { self.shape($0)[axis] }
    var start = extents[..<operands.lowerBound].reduce(0, +)
    var rest = operands
    while let first = rest.first {
      let shares = module.options.target == .jit && extents[first] == 1
      let parts = first..<(shares ? rest.first { extents[$0] != 1 } ?? rest.upperBound : first + 1)
      let dims = self.shape(node.operands[first]).dims
      var inner = dims.count
      while shares, inner > 0, Region.isFew(dims[(inner - 1)...]) { inner -= 1 }
      f.loops(Region.indexStems, Array(dims[..<inner])) { outer in
        f.loops([], Array(dims[inner...]), unrolled: true) { last in
          for part in parts {
            let element = self.element(node.operands[part], .axes(outer + last), in: f)
            var place = outer + last
            place[axis] = place[axis] + start + Dim(part - first)
            f.emit(.store(target.name, f.number(flat(.axes(place), shape)), element))
          }
        }
      }
      start = extents[parts].reduce(start, +)
      rest = parts.upperBound..<rest.upperBound
    }
  }
}
