// Each op by its own word, so that calculus and rewrites read like formulas. Identities are not added: a broadcast, reshape,
// transpose or cast that changes nothing gives its operand.
extension GraphBuilder {
  // Constants
  public func constant(_ constant: Constant) -> ValueID { add(.constant(constant), []) }
  /// A scalar, spread to the shape of the type.
  public func constant(_ value: Double, _ type: TensorType) -> ValueID {
    broadcast(constant(Constant(value, type.dtype)), to: type.shape, axes: [])
  }
  public func zeros(_ type: TensorType) -> ValueID { constant(0, type) }
  public func ones(_ type: TensorType) -> ValueID { constant(1, type) }
  public func dimension(_ dim: Dim) -> ValueID { add(.dimension(dim), []) }
  public func iota(_ count: Dim) -> ValueID { add(.iota(count), []) }

  // Element by element
  public func map(_ function: ScalarFunction, _ operands: ValueID...) -> ValueID { add(.map(function), operands) }
  public func map(_ name: StaticString, _ operands: ValueID...) -> ValueID { add(.map(.known(name)), operands) }
  public func negate(_ x: ValueID) -> ValueID { map("negate", x) }
  public func add(_ a: ValueID, _ b: ValueID) -> ValueID { map("add", a, b) }
  public func subtract(_ a: ValueID, _ b: ValueID) -> ValueID { map("subtract", a, b) }
  public func multiply(_ a: ValueID, _ b: ValueID) -> ValueID { map("multiply", a, b) }
  public func divide(_ a: ValueID, _ b: ValueID) -> ValueID { map("divide", a, b) }
  public func annihilatingMultiply(_ d: ValueID, _ v: ValueID) -> ValueID { map("annihilating_multiply", d, v) }
  public func select(_ condition: ValueID, _ a: ValueID, _ b: ValueID) -> ValueID { map("select", condition, a, b) }
  public func equal(_ a: ValueID, _ b: ValueID) -> ValueID { map("equal", a, b) }
  public func cast(_ x: ValueID, to dtype: DType) -> ValueID {
    type(of: x).dtype == dtype ? x : add(.cast(dtype), [x])
  }
  public func stopGradient(_ x: ValueID) -> ValueID { add(.stopGradient, [x]) }

  // Reductions and products
  public func reduce(_ kind: Reduction, _ x: ValueID, axes: [Int]) -> ValueID {
    // Of no axes each is the element itself, but for the index and for integers that a sum widens.
    if axes.isEmpty, [.max, .min].contains(kind) || ([.sum, .prod].contains(kind) && type(of: x).dtype.isFloat) { return x }
    return add(.reduce(kind, axes: axes.sorted()), [x])
  }
  public func sum(_ x: ValueID, axes: [Int]) -> ValueID { reduce(.sum, x, axes: axes) }
  public func cumulative(_ cumulation: Cumulation, _ x: ValueID) -> ValueID { add(.cumulative(cumulation), [x]) }
  public func contract(_ left: ValueID, _ right: ValueID, _ contraction: Contraction) -> ValueID {
    add(.contract(contraction), [left, right])
  }

  // Shape
  public func broadcast(_ x: ValueID, to shape: Shape, axes: [Int]) -> ValueID {
    self.shape(of: x) == shape ? x : add(.broadcast(shape, axes: axes), [x])
  }
  /// A scalar spread to a shape.
  public func broadcast(scalar x: ValueID, to shape: Shape) -> ValueID { broadcast(x, to: shape, axes: []) }
  public func reshape(_ x: ValueID, to shape: Shape) -> ValueID {
    self.shape(of: x) == shape ? x : add(.reshape(shape), [x])
  }
  public func transpose(_ x: ValueID, _ permutation: [Int]) -> ValueID {
    permutation == Array(permutation.indices) ? x : add(.transpose(permutation), [x])
  }
  public func slice(_ x: ValueID, _ axes: [SliceAxis]) -> ValueID {
    let whole = zip(axes, shape(of: x).dims).allSatisfy { $0 == SliceAxis(count: $1) }
    return whole ? x : add(.slice(axes), [x])
  }
  public func pad(_ x: ValueID, _ value: ValueID, _ axes: [PadAxis]) -> ValueID {
    axes.allSatisfy { $0 == PadAxis() } ? x : add(.pad(axes), [x, value])
  }
  /// Padded by zeros.
  public func pad(_ x: ValueID, _ axes: [PadAxis]) -> ValueID { pad(x, zeros(TensorType(type(of: x).dtype)), axes) }
  public func concatenate(_ parts: [ValueID], axis: Int) -> ValueID {
    parts.count == 1 ? parts[0] : add(.concatenate(axis: axis), parts)
  }
  /// Parts of one shape, stacked along a new axis.
  public func stack(_ parts: [ValueID], axis: Int) -> ValueID {
    let rows = parts.map { part in
      var dims = shape(of: part).dims
      dims.insert(1, at: axis)
      return reshape(part, to: Shape(dims))
    }
    return concatenate(rows, axis: axis)
  }
  public func diagonal(_ diagonal: Diagonal, _ x: ValueID) -> ValueID { add(.diagonal(diagonal), [x]) }
  public func window(_ x: ValueID, _ axes: [WindowAxis]) -> ValueID { add(.window(axes), [x]) }
  public func windowAdd(_ x: ValueID, _ axes: [WindowAxis], extents: [Dim]) -> ValueID {
    add(.windowAdd(axes, extents: extents), [x])
  }

  // By index
  public func gather(_ x: ValueID, _ indices: ValueID, _ axis: GatherAxis) -> ValueID { add(.gather(axis), [x, indices]) }
  public func scatterAdd(_ updates: ValueID, _ indices: ValueID, _ axis: GatherAxis, extent: Dim) -> ValueID {
    add(.scatterAdd(axis, extent: extent), [updates, indices])
  }
  public func argsort(_ x: ValueID, axis: Int) -> ValueID { add(.argsort(axis: axis), [x]) }
  public func loop(_ loop: Loop, _ operands: [ValueID]) -> [ValueID] { addAll(.loop(loop), operands) }
}
