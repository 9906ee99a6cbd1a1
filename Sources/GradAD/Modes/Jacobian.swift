import GradIR

/// The whole Jacobian, numerator layout: shape(y) ++ shape(x), in y's number type.
///
/// Where one coefficient an element tells all (and behind one matrix) the product of the maps is written down. Else the transposed
/// map is applied to a basis of cotangents, or the map to a basis of tangents where x is the smaller: as a loop of independent
/// steps, which becomes plain products of one more axis.
func jacobian(of y: ValueID, by x: ValueID, in builder: GraphBuilder) -> ValueID {
  let (yType, xType) = (builder.type(of: y), builder.type(of: x))
  let type = yType.with(yType.shape + xType.shape)
  let activity = Activity(builder.graph, of: [y], by: [x])
  guard activity.isActive(y), activity.reachesOutput(x) else { return builder.zeros(type) }
  if let map = structuredJacobian(of: y, by: x, activity, in: builder) {
    return builder.cast(map.entries(in: builder), to: yType.dtype)
  }
  // The basis of the smaller side; forward where they are equal, which saves no states of loops, and where the number types
  // differ, which keeps the digits of y's.
  let (m, n) = (yType.shape.count, xType.shape.count)
  let forward = xType.isScalar || m.isAtLeast(n) == true
  if forward || yType.dtype != xType.dtype {
    let columns = onBasis(of: xType, in: builder) { tangent, application in
      ForwardMode(primal: builder, application: application).pushforward([(x, tangent)], to: [y])[0]
        ?? application.builder.zeros(yType)
    }
    let ranks = (y: yType.rank, x: xType.rank)
    return builder.transpose(
      builder.reshape(columns, to: xType.shape + yType.shape), Array(ranks.x..<ranks.x + ranks.y) + Array(0..<ranks.x))
  }
  let rows = onBasis(of: yType, in: builder) { cotangent, application in
    ReverseMode(primal: builder, application: application).pullback([(y, cotangent)], to: [x])[0]
      ?? application.builder.zeros(xType)
  }
  return builder.cast(builder.reshape(rows, to: type.shape), to: yType.dtype)
}

/// The Jacobian as a product of maps, nil where structure ends.
private func structuredJacobian(of y: ValueID, by x: ValueID, _ activity: Activity, in builder: GraphBuilder) -> StructuredMap? {
  guard builder.type(of: x).dtype == builder.type(of: y).dtype else { return nil }
  var maps: [ValueID: StructuredMap] = [x: .diagonal(.identity(builder.type(of: x)))]
  // A first look at the ops alone, so that no coefficient is written for nothing.
  for index in activity.nodes {
    let node = activity.graph.nodes[index]
    guard node.results.contains(where: { $0 != x && activity.isActive($0) && activity.reachesOutput($0) }) else { continue }
    switch node.op {
    case .map, .variable, .contract: continue
    default: return nil
    }
  }
  for index in activity.nodes {
    let node = activity.graph.nodes[index]
    let result = node.firstResult
    guard result != x, activity.isActive(result), activity.reachesOutput(result) else { continue }
    var sum: StructuredMap?
    for (place, operand) in node.operands.enumerated() {
      guard let inner = maps[operand] else { continue }
      let outer = localJacobian(node, operandIndex: place, in: builder, masked: activity.isMasked[index])
      if outer.isZero { continue }
      guard let product = inner.composed(with: outer, in: builder) else { return nil }
      if let before = sum {
        guard let both = before.adding(product, in: builder) else { return nil }
        sum = both
      } else {
        sum = product
      }
    }
    if let sum { maps[result] = sum }
  }
  return maps[y]
}

/// A function of one tensor applied to each unit tensor: [count] ++ shape of what it gives.
private func onBasis(
  of type: TensorType, in builder: GraphBuilder, _ apply: (_ unit: ValueID, Application) -> ValueID
) -> ValueID {
  if type.isScalar { return apply(builder.ones(type), Application(builder)) }
  let count = type.shape.count
  let identity = builder.diagonal(Diagonal(.embed, first: 0, second: 1), builder.ones(type.with([count])))
  let body = CapturingBuilder(within: builder, slices: [type])
  let result = apply(body.slices[0], Application(body.builder, lift: body.capture))
  body.builder.output("result", result)
  let loop = Loop(body: body.builder.finish(), count: count, states: 0, sequences: 1)
  return builder.addLoop(loop, [builder.reshape(identity, to: [count] + type.shape)] + body.captures)[0]
}
