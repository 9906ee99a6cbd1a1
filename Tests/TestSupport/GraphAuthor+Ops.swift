import GradIR

// One random node of each kind. A choice that does not work out adds nothing; the next attempt makes another.
extension GraphAuthor {
  func addRandomNode() {
    let kinds: [(weight: Int, make: () -> Void)] = [
      (depth == 0 ? 2 : 0, { self.addParameter() }), (2, addConstant), (1, { self.add(.dimension(self.dim()), []) }),
      (1, { self.add(.iota(self.dim()), []) }), (1, addIdentity), (20, addMap), (3, addCast), (5, addReduce), (3, addCumulative),
      (6, addContract), (3, addBroadcast), (3, addReshape), (3, addTranspose), (4, addSlice), (3, addPad), (3, addConcatenate),
      (options.stacksValues ? 2 : 0, addStack), (3, addDiagonal), (4, addWindow), (4, addGather), (4, addScatterAdd), (2, addArgsort),
      (depth < options.loopDepth ? 4 : 0, addLoop), (2, addTriangularSolve), (1, addCholesky),
    ]
    var choice = random.integer(0...kinds.reduce(0) { $0 + $1.weight } - 1)
    for kind in kinds {
      choice -= kind.weight
      if choice < 0 { return kind.make() }
    }
  }

  private func addConstant() {
    if random.chance(0.5) {
      pool.append(constant(TensorType(dtype())))
    } else {
      pool.append(constant(TensorType(dtype(), Shape((0..<random.integer(1...2)).map { _ in Dim(random.integer(0...4)) }))))
    }
  }

  private func addIdentity() {
    guard let x = pick({ _ in true }) else { return }
    if options.without.contains("variable") || random.chance(0.5) { return _ = add(.stopGradient, [x]) }
    pool.append(builder.variable(x))
  }

  private func addMap() {
    let function = random.pick(ScalarFunction.all)
    let record = function.record
    guard
      let first = pick({ type in
        switch record.typeRule {
        case .arithmetic: type.dtype != .bool
        case .float: type.dtype.isFloat
        case .logical: type.dtype == .bool
        case .comparison, .select: true
        }
      })
    else { return }
    switch (record.typeRule, record.arity) {
    case (.select, _):
      let condition = value(type(first).with(.bool))
      add(.map(function), random.shuffled([first, value(type(first))]).reduce(into: [condition]) { $0.append($1) })
    case (_, 1): add(.map(function), [first])
    default: add(.map(function), random.shuffled([first, value(type(first))]))
    }
  }

  private func addCast() {
    guard let x = pick({ _ in true }) else { return }
    add(.cast(dtype()), [x])
  }

  private func axes(_ rank: Int) -> [Int] { (0..<rank).filter { _ in random.chance(0.5) } }

  private func addReduce() {
    let kind = random.pick(Reduction.allCases)
    let isLogical = kind == .any || kind == .all
    guard let x = pick({ ($0.dtype == .bool) == isLogical }) else { return }
    let axes = self.axes(type(x).rank)
    // The extreme of nothing is refused when dims are bound.
    if [.max, .min, .argmax, .argmin].contains(kind), axes.contains(where: { extents(x)[$0] == 0 }) { return }
    add(.reduce(kind, axes: axes), [x])
  }

  private func addCumulative() {
    guard let x = pick({ $0.rank > 0 && $0.dtype != .bool }) else { return }
    let axis = random.integer(0...type(x).rank - 1)
    let kind = random.pick(Cumulation.Kind.allCases)
    add(.cumulative(Cumulation(kind, axis: axis, exclusive: random.chance(0.4), reverse: random.chance(0.4))), [x])
  }

  private func addContract() {
    guard let left = pick({ $0.dtype != .bool && $0.rank > 0 }) else { return }
    let dtype = type(left).dtype
    let right: ValueID
    if random.chance(0.4), let last = type(left).shape.dims.last {
      right = value(TensorType(dtype, random.chance(0.5) ? [last] : [last, dim()]))
    } else {
      guard let found = pick({ $0.dtype == dtype }) else { return }
      right = found
    }
    let leftLabels = Array(0..<type(left).rank)
    var rightLabels: [Int] = []
    for (axis, dim) in type(right).shape.dims.enumerated() {
      let partner = leftLabels.first { !rightLabels.contains($0) && type(left).shape[$0] == dim }
      if let partner, random.chance(0.8) { rightLabels.append(partner) } else { rightLabels.append(100 + axis) }
    }
    let all = leftLabels + rightLabels.filter { $0 >= 100 }
    let result = random.shuffled(all.filter { !(leftLabels.contains($0) && rightLabels.contains($0)) || random.chance(0.3) })
    add(.contract(Contraction(leftLabels, rightLabels, result, annihilating: dtype.isFloat && random.chance(0.2))), [left, right])
  }

  private func addBroadcast() {
    guard let x = pick({ $0.rank < 4 }) else { return }
    var shape = type(x).shape.dims
    var axes = Array(shape.indices)
    for _ in 0..<random.integer(1...2) {
      let place = random.integer(0...shape.count)
      shape.insert(dim(), at: place)
      axes = axes.map { $0 >= place ? $0 + 1 : $0 }
    }
    add(.broadcast(Shape(shape), axes: axes), [x])
  }

  private func addReshape() {
    guard let x = pick({ _ in true }) else { return }
    let dims = type(x).shape.dims
    switch random.integer(0...3) {
    case 0: add(.reshape([type(x).shape.count]), [x])
    case 1:
      var more = dims
      more.insert(1, at: random.integer(0...dims.count))
      add(.reshape(Shape(more)), [x])
    case 2: add(.reshape(Shape(random.shuffled(dims))), [x])
    default:
      guard dims.count >= 2 else { return }
      add(.reshape(Shape([dims[0] * dims[1]] + dims.dropFirst(2))), [x])
    }
  }

  private func addTranspose() {
    guard let x = pick({ $0.rank > 1 }) else { return }
    add(.transpose(random.shuffled(Array(0..<type(x).rank))), [x])
  }

  private func addSlice() {
    guard let x = pick({ $0.rank > 0 }) else { return }
    let slices = type(x).shape.dims.map { dim -> SliceAxis in
      let extent = number(dim)
      switch random.integer(0...5) {
      case 0 where extent > 0: return SliceAxis(start: dim - 1, count: dim, step: -1)
      case 1 where extent > 0: return SliceAxis(start: Dim(random.integer(0...extent - 1)), count: 1)
      case 2 where extent > 0: return SliceAxis(start: 1, count: dim - 1)
      case 3: return SliceAxis(start: 0, count: .floorQuotient(dim + 1, 2), step: 2)
      case 4 where extent > 1:
        let start = random.integer(0...extent - 1)
        let step = random.pick([-3, -2, -1, 1, 2, 3])
        let most = step > 0 ? (extent - 1 - start) / step + 1 : start / -step + 1
        return SliceAxis(start: Dim(start), count: Dim(random.integer(0...most)), step: step)
      default: return SliceAxis(count: dim)
      }
    }
    add(.slice(slices), [x])
  }

  private func addPad() {
    guard let x = pick({ $0.rank > 0 }) else { return }
    let pads = type(x).shape.dims.map { dim -> PadAxis in
      if random.chance(0.4) { return PadAxis() }
      let interior = number(dim) > 0 || dim == 0 ? random.pick([0, 0, 1, 2]) : 0
      return PadAxis(low: random.pick([0, 1, 2, .symbol("k")]), high: random.pick([0, 0, 1, .symbol("m")]), interior: interior)
    }
    add(.pad(pads), [x, value(TensorType(type(x).dtype))])
  }

  private func addConcatenate() {
    guard let x = pick({ $0.rank > 0 }) else { return }
    let axis = random.integer(0...type(x).rank - 1)
    let others = (0..<random.integer(0...2)).map { _ in
      pick { $0.dtype == type(x).dtype && $0.rank == type(x).rank && $0.shape.removing([axis]) == type(x).shape.removing([axis]) } ?? x
    }
    add(.concatenate(axis: axis), [x] + others)
  }

  /// Values of one type side by side along a new axis.
  private func addStack() {
    guard let x = pick({ (1...3).contains($0.rank) }) else { return }
    let axis = random.integer(0...type(x).rank)
    var dims = type(x).shape.dims
    dims.insert(1, at: axis)
    let parts = [x] + (0..<random.integer(1...4)).map { _ in pick { $0 == type(x) } ?? x }
    add(.concatenate(axis: axis), parts.compactMap { add(.reshape(Shape(dims)), [$0]) })
  }

  private func addDiagonal() {
    if random.chance(0.5) {
      guard let x = pick({ $0.rank > 0 }) else { return }
      let first = random.integer(0...type(x).rank - 1)
      add(.diagonal(Diagonal(.embed, first: first, second: random.integer(first + 1...type(x).rank))), [x])
    } else {
      guard let x = pick({ Set($0.shape.dims).count < $0.rank }) else { return }
      let dims = type(x).shape.dims
      for first in dims.indices {
        if let second = dims.indices.first(where: { $0 > first && dims[$0] == dims[first] }) {
          return _ = add(.diagonal(Diagonal(.extract, first: first, second: second)), [x])
        }
      }
    }
  }

  private func addWindow() {
    guard let x = pick({ (1...3).contains($0.rank) }) else { return }
    let shape = type(x).shape
    var windows: [WindowAxis] = []
    for axis in random.shuffled(Array(0..<shape.rank)) where windows.isEmpty || random.chance(0.3) {
      let window = WindowAxis(
        axis: axis, size: random.pick([1, 2, 3, .symbol("k")]), stride: random.integer(1...3), dilation: random.integer(1...2))
      guard number(window.positions(on: shape[axis])) >= 0 else { return }
      windows.append(window)
    }
    guard let windowed = add(.window(windows), [x]), type(x).dtype != .bool, random.chance(0.6) else { return }
    add(.windowAdd(windows, extents: windows.map { shape[$0.axis] }), [value(type(windowed))])
  }

  /// Integers of a shape, in range of an axis of `extent` (nearly always).
  private func indices(_ shape: Shape, _ extent: Dim, wrapsNegative: Bool) -> ValueID? {
    let dtype = random.pick([DType.i64, .i32])
    let any = value(TensorType(dtype, shape))
    if options.allowsFaults && random.chance(0.05) { return any }
    guard number(extent) > 0 else { return shape.dims.contains { number($0) == 0 } ? any : nil }
    let modulus = builder.broadcast(scalar: builder.cast(builder.dimension(extent), to: dtype), to: shape)
    let within = builder.map("remainder", any, modulus)
    return wrapsNegative && random.chance(0.4) ? builder.subtract(within, modulus) : within
  }

  private func addGather() {
    guard let x = pick({ $0.rank > 0 }) else { return }
    let shape = type(x).shape
    let axis = random.integer(0...shape.rank - 1)
    let selection = GatherAxis(axis: axis, batch: random.chance(0.4) ? random.integer(0...axis) : 0, wrapsNegative: random.chance(0.6))
    let indexShape = Shape(Array(shape.dims.prefix(selection.batch)) + self.shape().dims.prefix(2))
    guard let indices = indices(indexShape, shape[axis], wrapsNegative: selection.wrapsNegative) else { return }
    add(.gather(selection), [x, indices])
  }

  private func addScatterAdd() {
    guard let updates = pick({ $0.dtype != .bool }) else { return }
    let shape = type(updates).shape
    let axis = random.integer(0...shape.rank)
    let batch = random.chance(0.4) ? random.integer(0...axis) : 0
    let inner = random.integer(0...min(2, shape.rank - axis))
    let selection = GatherAxis(axis: axis, batch: batch, wrapsNegative: random.chance(0.6))
    let extent = dim()
    let indexShape = Shape(Array(shape.dims.prefix(batch)) + shape.dims[axis..<axis + inner])
    guard let indices = indices(indexShape, extent, wrapsNegative: selection.wrapsNegative) else { return }
    add(.scatterAdd(selection, extent: extent), [updates, indices])
  }

  private func addArgsort() {
    guard let x = pick({ $0.rank > 0 }) else { return }
    add(.argsort(axis: random.integer(0...type(x).rank - 1)), [x])
  }

  private func square() -> ValueID? {
    if random.chance(0.5), let found = pick({ $0.dtype.isFloat && $0.rank >= 2 && $0.shape.dims.suffix(2).first == $0.shape.dims.last }) {
      return found
    }
    let n = random.pick([1, 3, .symbol("n"), .symbol("k")] as [Dim])
    return value(TensorType(random.pick([.f32, .f64]), random.chance(0.5) ? [n, n] : [2, n, n]))
  }

  private func addTriangularSolve() {
    guard let a = square() else { return }
    let shape = Shape(type(a).shape.dims.dropLast() + [random.pick([1, 2, .symbol("m")])])
    add(.triangularSolve(lower: random.chance(0.5), transposed: random.chance(0.5)), [a, value(type(a).with(shape))])
  }

  private func addCholesky() {
    guard let a = square() else { return }
    if random.chance(0.6) {
      // a aᵀ has a factor where a is regular; without this nearly all were NaN.
      let rank = type(a).rank
      let batch = Array(0..<rank - 2)
      let product = Contraction(batch + [rank, rank + 2], batch + [rank + 1, rank + 2], batch + [rank, rank + 1])
      guard let definite = add(.contract(product), [a, a]) else { return }
      add(.cholesky, [definite])
    } else {
      add(.cholesky, [a])
    }
  }
}
