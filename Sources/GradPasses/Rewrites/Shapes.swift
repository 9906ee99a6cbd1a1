import GradIR

// reshape(reshape(x)) = reshape(x)          (xᵖ)ᵠ = x^(p∘q)              slice(slice(x)) = slice(x)
// broadcast(broadcast(x)) = broadcast(x)    broadcast(x)ᵖ = broadcast(xᵠ)
// reshape, transpose or slice of what is one scalar everywhere is that scalar everywhere
// f(broadcast(x), …) = broadcast(f(x, …)), where all x stand at the same axes or are scalars
// f(join(xᵖ), y) = join(f(x, split(y)ᑫ)ᵖ), where x is computed element by element: what goes back from windows stays in their places
// cast(cast(x)) = cast(x), where the inner cast keeps the value          stop_gradient(x) = x
extension Rewrites {
  static func shapes(_ op: Op, _ operands: [ValueID], _ builder: GraphBuilder) -> ValueID? {
    switch op {
    // After differentiation nothing asks for a derivative, so x stands for stop_gradient(x).
    case .stopGradient: return operands[0]
    case .reshape(let shape):
      return moveScalar(operands[0], to: shape, builder) ?? mergeReshapes(shape, operands[0], builder)
    case .transpose(let permutation):
      return mergeTransposes(permutation, operands[0], builder) ?? pullBroadcast(permutation, operands[0], builder)
    case .slice(let axes):
      return moveScalar(operands[0], to: Shape(axes.map(\.count)), builder) ?? mergeSlices(axes, operands[0], builder)
    case .broadcast(let shape, let axes): return mergeBroadcasts(shape, axes, operands[0], builder)
    default: return nil
    }
  }

  // move(broadcast(scalar)) = broadcast(scalar)
  private static func moveScalar(_ x: ValueID, to shape: Shape, _ builder: GraphBuilder) -> ValueID? {
    let node = builder.node(of: x)
    guard case .broadcast(_, let axes) = node.op, axes.isEmpty else { return nil }
    return builder.broadcast(scalar: node.operands[0], to: shape)
  }
  // reshape(reshape(x)) = reshape(x)
  private static func mergeReshapes(_ shape: Shape, _ x: ValueID, _ builder: GraphBuilder) -> ValueID? {
    let inner = builder.node(of: x)
    if case .reshape = inner.op { return builder.reshape(inner.operands[0], to: shape) }
    return builder.shape(of: x) == shape ? x : nil
  }
  // (xᵖ)ᵠ = x^(p∘q)
  private static func mergeTransposes(_ outer: [Int], _ x: ValueID, _ builder: GraphBuilder) -> ValueID? {
    let node = builder.node(of: x)
    guard case .transpose(let inner) = node.op else { return nil }
    return builder.transpose(node.operands[0], outer.map { inner[$0] })
  }
  // broadcast(x)ᵖ = broadcast(xᵠ)
  private static func pullBroadcast(_ permutation: [Int], _ x: ValueID, _ builder: GraphBuilder) -> ValueID? {
    let node = builder.node(of: x)
    guard case .broadcast(_, let axes) = node.op else { return nil }
    // The axes of the result that x has, and which axis of x each is.
    let own = permutation.indices.filter { axes.contains(permutation[$0]) }
    let order = own.compactMap { axes.firstIndex(of: permutation[$0]) }
    let shape = Shape(permutation.map { builder.shape(of: x)[$0] })
    return builder.broadcast(builder.transpose(node.operands[0], order), to: shape, axes: own)
  }
  // broadcast(broadcast(x)) = broadcast(x)
  private static func mergeBroadcasts(_ shape: Shape, _ outer: [Int], _ x: ValueID, _ builder: GraphBuilder) -> ValueID? {
    let node = builder.node(of: x)
    guard case .broadcast(_, let inner) = node.op else { return nil }
    return builder.broadcast(node.operands[0], to: shape, axes: inner.map { outer[$0] })
  }
  // slice(slice(x)) = slice(x)
  private static func mergeSlices(_ outer: [SliceAxis], _ x: ValueID, _ builder: GraphBuilder) -> ValueID? {
    let node = builder.node(of: x)
    guard case .slice(let inner) = node.op else { return nil }
    let merged = zip(outer, inner).map { outer, inner in
      SliceAxis(start: inner.start + outer.start * Dim(inner.step), count: outer.count, step: inner.step * outer.step)
    }
    return merged.contains { $0.start.isOverflow } ? nil : builder.slice(node.operands[0], merged)
  }

  // f(broadcast(x), …) = broadcast(f(x, …))
  static func pullBroadcasts(_ op: Op, _ operands: [ValueID], _ builder: GraphBuilder) -> ValueID? {
    var common: (shape: Shape, axes: [Int])?
    var inner: [ValueID] = []
    for operand in operands {
      let node = builder.node(of: operand)
      guard case .broadcast(_, let axes) = node.op else { return nil }
      inner.append(node.operands[0])
      if axes.isEmpty { continue }
      let own = builder.shape(of: node.operands[0])
      if let common, common != (own, axes) { return nil }
      common = (own, axes)
    }
    let (shape, axes) = common ?? ([], [])
    let small = inner.map { builder.rank($0) == 0 ? builder.broadcast(scalar: $0, to: shape) : $0 }
    let value = simplified(op, small, builder) ?? builder.add(op, small)
    return builder.broadcast(value, to: builder.shape(of: operands[0]), axes: axes)
  }

  // f(join(xᵖ), y) = join(f(x, split(y)ᑫ)ᵖ), join a reshape to fewer axes and split its inverse, q the inverse of p
  static func pullJoinedAxes(_ op: Op, _ operands: [ValueID], _ builder: GraphBuilder) -> ValueID? {
    for operand in operands {
      let joined = builder.node(of: operand)
      guard case .reshape(let shape) = joined.op, case .transpose(let permutation) = builder.node(of: joined.operands[0]).op else {
        continue
      }
      let split = builder.shape(of: joined.operands[0])
      let x = builder.node(of: joined.operands[0]).operands[0]
      guard case .map = builder.node(of: x).op, split.rank > shape.rank else { continue }
      let inverse = permutation.indices.sorted { permutation[$0] < permutation[$1] }
      let own = operands.map { other -> ValueID in
        if other == operand { return x }
        if let scalar = moveScalar(other, to: builder.shape(of: x), builder) { return scalar }
        return builder.transpose(builder.reshape(other, to: split), inverse)
      }
      let value = simplified(op, own, builder) ?? builder.add(op, own)
      return builder.reshape(builder.transpose(value, permutation), to: shape)
    }
    return nil
  }

  // cast(cast(x)) = cast(x), where the inner cast keeps the value
  static let mergeCasts: Rewrite = { op, operands, builder in
    let inner = builder.node(of: operands[0])
    guard case .cast(let target) = op, case .cast(let between) = inner.op else { return nil }
    switch (builder.type(of: inner.operands[0]).dtype, between) {
    case (.f32, .f64), (.i32, .i64), (.i32, .f64), (.bool, _): return builder.cast(inner.operands[0], to: target)
    default: return nil
    }
  }
}
