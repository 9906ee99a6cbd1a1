// The rules by family: derivatives, element-wise, reductions, products, shapes, windows, indices, loops.
extension TypeRule {
  static func derivative(_ kind: DerivativeKind, _ operands: [TensorType]) throws(TypeRuleError) -> [TensorType] {
    let (y, x) = (operands[0], operands[1])
    for type in operands where !type.dtype.isFloat { throw TypeRuleError("\(type) has no derivative") }
    switch kind {
    case .gradient:
      guard y.isScalar else { throw TypeRuleError("a gradient is of a scalar, not of \(y)") }
      return Array(operands.dropFirst())
    case .vectorJacobian:
      guard operands[2] == y else { throw TypeRuleError("the cotangent of \(y) is \(y), not \(operands[2])") }
      return [x]
    case .jacobianVector:
      guard operands[2] == x else { throw TypeRuleError("the tangent of \(x) is \(x), not \(operands[2])") }
      return [y]
    case .jacobian: return [y.with(y.shape + x.shape)]
    }
  }

  static func map(_ function: ScalarFunction, _ operands: [TensorType]) throws(TypeRuleError) -> TensorType {
    let first = operands[0]
    for operand in operands where operand.shape != first.shape {
      throw TypeRuleError("\(function) takes equal shapes, not \(first.shape) and \(operand.shape)")
    }
    func same(_ types: ArraySlice<TensorType>, _ holds: (DType) -> Bool) throws(TypeRuleError) {
      for type in types where type.dtype != types.first?.dtype || !holds(type.dtype) {
        throw TypeRuleError("\(function) does not take \(operands.map(\.dtype.name).joined(separator: ", "))")
      }
    }
    switch function.record.typeRule {
    case .arithmetic:
      try same(operands[...]) { $0 != .bool }
      return first
    case .float:
      try same(operands[...]) { $0.isFloat }
      return first
    case .comparison:
      try same(operands[...]) { _ in true }
      return first.with(.bool)
    case .logical:
      try same(operands[...]) { $0 == .bool }
      return first
    case .select:
      guard first.dtype == .bool else { throw TypeRuleError("select's condition is bool, not \(first.dtype)") }
      try same(operands[1...]) { _ in true }
      return operands[1]
    }
  }

  static func reduce(_ kind: Reduction, _ axes: [Int], _ type: TensorType) throws(TypeRuleError) -> TensorType {
    for axis in axes { try checkAxis(axis, type) }
    guard zip(axes, axes.dropFirst()).allSatisfy(<) else { throw TypeRuleError("axes \(axes) are not sorted and distinct") }
    let shape = type.shape.removing(axes)
    switch kind {
    case .sum, .prod, .max, .min: return try numeric(type).with(shape)
    case .argmax, .argmin: return TensorType(.i64, shape).with(try numeric(type.with(shape)).shape)
    case .any, .all:
      guard type.dtype == .bool else { throw TypeRuleError("\(kind.rawValue) takes bool, not \(type.dtype)") }
      return type.with(shape)
    }
  }

  static func contract(_ c: Contraction, _ left: TensorType, _ right: TensorType) throws(TypeRuleError) -> TensorType {
    guard left.dtype == right.dtype, left.dtype != .bool else { throw TypeRuleError("contract of \(left) and \(right)") }
    guard c.left.count == left.rank, c.right.count == right.rank else {
      throw TypeRuleError("contract has other ranks than \(left) and \(right)")
    }
    // Few labels: to look through them is quicker than to hash them.
    for labels in [c.left, c.right, c.result] where labels.indices.contains(where: { labels[..<$0].contains(labels[$0]) }) {
      throw TypeRuleError("a label stands twice in \(labels)")
    }
    for (index, label) in c.left.enumerated() {
      guard let other = c.right.firstIndex(of: label) else {
        guard c.result.contains(label) else { throw TypeRuleError("label \(label) stands in one place only") }
        continue
      }
      let (own, known) = (right.shape[other], left.shape[index])
      guard own == known else { throw TypeRuleError("the contracted extents \(known) and \(own) differ") }
    }
    for label in c.right where !c.left.contains(label) && !c.result.contains(label) {
      throw TypeRuleError("label \(label) stands in one place only")
    }
    var dims: [Dim] = []
    dims.reserveCapacity(c.result.count)
    for label in c.result {
      if let index = c.left.firstIndex(of: label) {
        dims.append(left.shape[index])
      } else if let index = c.right.firstIndex(of: label) {
        dims.append(right.shape[index])
      } else {
        throw TypeRuleError("label \(label) stands in no operand")
      }
    }
    return left.with(Shape(dims))
  }

  static func broadcast(_ shape: Shape, _ axes: [Int], _ type: TensorType) throws(TypeRuleError) -> TensorType {
    guard axes.count == type.rank, zip(axes, axes.dropFirst()).allSatisfy({ $0 < $1 }), axes.allSatisfy({ (0..<shape.rank).contains($0) })
    else { throw TypeRuleError("axes \(axes) do not place \(type) in \(shape)") }
    for (own, axis) in axes.enumerated() where type.shape[own] != shape[axis] {
      throw TypeRuleError("broadcast of \(type) to \(shape): \(type.shape[own]) is not \(shape[axis])")
    }
    return type.with(shape)
  }

  static func reshape(_ shape: Shape, _ type: TensorType) throws(TypeRuleError) -> TensorType {
    let (own, other) = (type.shape.count, shape.count)
    if let a = own.constant, let b = other.constant, a != b { throw TypeRuleError("\(type) has \(a) elements, \(shape) \(b)") }
    return type.with(shape)
  }

  static func slice(_ axes: [SliceAxis], _ type: TensorType) throws(TypeRuleError) -> TensorType {
    guard axes.count == type.rank else { throw TypeRuleError("a slice of \(type) has \(axes.count) axes") }
    for (axis, extent) in zip(axes, type.shape.dims) {
      guard axis.step != 0 else { throw TypeRuleError("a slice's step is not 0") }
      if axis.count == 0 { continue }
      let last = axis.start + (axis.count - 1) * Dim(axis.step)
      let (low, high) = axis.step > 0 ? (axis.start, last) : (last, axis.start)
      // An empty slice may stand anywhere, so a bound is wrong only where the count is known to be positive.
      if axis.count.isAtLeast(1) == true, low.isAtLeast(0) == false || extent.isAtLeast(high + 1) == false {
        throw TypeRuleError("elements \(low) to \(high) do not lie in an axis of \(extent)")
      }
    }
    return type.with(Shape(axes.map(\.count)))
  }

  static func pad(_ axes: [PadAxis], _ type: TensorType, _ value: TensorType) throws(TypeRuleError) -> TensorType {
    guard axes.count == type.rank, value == TensorType(type.dtype) else { throw TypeRuleError("pad of \(type) by \(value)") }
    var dims: [Dim] = []
    for (axis, extent) in zip(axes, type.shape.dims) {
      guard axis.low.isAtLeast(0) != false, axis.high.isAtLeast(0) != false, axis.interior >= 0 else {
        throw TypeRuleError("a negative pad")
      }
      dims.append(axis.low + axis.high + extent + (extent == 0 ? 0 : (extent - 1) * Dim(axis.interior)))
    }
    return type.with(Shape(dims))
  }

  static func concatenate(_ axis: Int, _ operands: [TensorType]) throws(TypeRuleError) -> TensorType {
    var result = operands[0]
    try checkAxis(axis, result)
    for operand in operands.dropFirst() {
      guard operand.dtype == result.dtype, operand.rank == result.rank, operand.shape.removing([axis]) == result.shape.removing([axis])
      else { throw TypeRuleError("concatenate of \(operands[0]) and \(operand)") }
      result.shape[axis] = result.shape[axis] + operand.shape[axis]
    }
    return result
  }

  static func diagonal(_ d: Diagonal, _ type: TensorType) throws(TypeRuleError) -> TensorType {
    guard d.first < d.second else { throw TypeRuleError("diagonal's axes are in order") }
    try checkAxis(d.first, type)
    var dims = type.shape.dims
    switch d.mode {
    case .extract:
      try checkAxis(d.second, type)
      guard dims[d.first] == dims[d.second] else { throw TypeRuleError("a diagonal of \(dims[d.first]) and \(dims[d.second])") }
      dims.remove(at: d.second)
    case .embed:
      guard d.second <= type.rank else { throw TypeRuleError("\(type) has no place for axis \(d.second)") }
      dims.insert(dims[d.first], at: d.second)
    }
    return type.with(Shape(dims))
  }

  static func window(_ axes: [WindowAxis], _ type: TensorType) throws(TypeRuleError) -> TensorType {
    try checkWindow(axes, type.rank)
    var dims = type.shape.dims
    for axis in axes {
      let positions = axis.positions(on: dims[axis.axis])
      if positions.isAtLeast(0) == false { throw TypeRuleError("a window of \(axis.size) does not fit in \(dims[axis.axis])") }
      dims[axis.axis] = positions
    }
    return type.with(Shape(dims + axes.map(\.size)))
  }

  static func windowAdd(_ axes: [WindowAxis], _ extents: [Dim], _ type: TensorType) throws(TypeRuleError) -> TensorType {
    guard extents.count == axes.count else { throw TypeRuleError("window_add has \(axes.count) axes and \(extents.count) extents") }
    let rank = type.rank - axes.count
    try checkWindow(axes, rank)
    var dims = Array(type.shape.dims.prefix(rank))
    for (axis, extent) in zip(axes, extents) { dims[axis.axis] = extent }
    guard try numeric(window(axes, type.with(Shape(dims)))) == type else { throw TypeRuleError("window_add of \(type) to \(extents)") }
    return type.with(Shape(dims))
  }
  private static func checkWindow(_ axes: [WindowAxis], _ rank: Int) throws(TypeRuleError) {
    guard Set(axes.map(\.axis)).count == axes.count,
      axes.allSatisfy({ (0..<max(rank, 0)).contains($0.axis) && $0.stride > 0 && $0.dilation > 0 })
    else { throw TypeRuleError("windows on axes \(axes.map(\.axis)) of \(rank)") }
  }

  static func checkIndices(_ axis: GatherAxis, _ rank: Int, _ indices: TensorType) throws(TypeRuleError) {
    guard indices.dtype.isInteger else { throw TypeRuleError("indices are integers, not \(indices.dtype)") }
    guard axis.batch >= 0, axis.batch <= axis.axis, axis.axis < rank, axis.batch <= indices.rank else {
      throw TypeRuleError("indices \(indices) with \(axis.batch) batch axes select on axis \(axis.axis) of \(rank)")
    }
  }
  static func gather(_ axis: GatherAxis, _ x: TensorType, _ indices: TensorType) throws(TypeRuleError) -> TensorType {
    try checkIndices(axis, x.rank, indices)
    guard x.shape.dims.prefix(axis.batch) == indices.shape.dims.prefix(axis.batch) else {
      throw TypeRuleError("gather from \(x) by \(indices)")
    }
    let own = x.shape.dims
    return x.with(Shape(Array(own[..<axis.axis]) + Array(indices.shape.dims[axis.batch...]) + Array(own[(axis.axis + 1)...])))
  }
  static func scatterAdd(
    _ axis: GatherAxis, _ extent: Dim, _ updates: TensorType, _ indices: TensorType
  ) throws(TypeRuleError) -> TensorType {
    let inner = indices.rank - axis.batch
    try checkIndices(axis, updates.rank - inner + 1, indices)
    let own = try numeric(updates).shape.dims
    let target = updates.with(Shape(Array(own[..<axis.axis]) + [extent] + Array(own[(axis.axis + inner)...])))
    guard try gather(axis, target, indices) == updates else { throw TypeRuleError("scatter_add of \(updates) by \(indices)") }
    return target
  }

  static func loop(_ loop: Loop, _ operands: [TensorType]) throws(TypeRuleError) -> [TensorType] {
    let body = loop.body
    guard loop.states >= 0, loop.sequences >= 0, loop.captures >= 0, loop.outputs >= 0 else {
      throw TypeRuleError("a loop's body has too few values")
    }
    for (index, operand) in operands.enumerated() {
      let expected = body.parameters[index].type
      if (loop.states..<loop.states + loop.sequences).contains(index) {
        guard operand.dtype == expected.dtype, operand.shape == [loop.count] + expected.shape else {
          throw TypeRuleError("a loop of \(loop.count) steps over \(expected) does not take \(operand)")
        }
      } else if operand != expected {
        throw TypeRuleError("a loop's body takes \(expected), not \(operand)")
      }
    }
    let results = body.results.map { body.type(of: $0.value) }
    for index in 0..<loop.states where results[index] != body.parameters[index].type {
      throw TypeRuleError("a loop's state of \(body.parameters[index].type) becomes \(results[index])")
    }
    return results.prefix(loop.states) + results.dropFirst(loop.states).map { $0.with([loop.count] + $0.shape) }
  }
}
