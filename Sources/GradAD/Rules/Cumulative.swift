import GradIR

// sum:  the running sum itself; its transpose runs from the other end
// prod: yᵢ = yᵢ₋₁ xᵢ, so dyᵢ = xᵢ dyᵢ₋₁ + yᵢ₋₁ dxᵢ: a linear recurrence with coefficients x, after diag(yᵢ₋₁); no quotient, right with zeros
// max:  row i picks the first element that attains the running maximum: a gather

/// The Jacobian of a running total.
func cumulativeJacobian(_ cumulation: Cumulation, _ request: JacobianRequest) -> LinearMap {
  let (builder, type) = (request.builder, request.domain)
  let x = request.node.operands[0]
  switch cumulation.kind {
  case .sum: return LinearMap(.cumulativeSum(cumulation), from: type, to: type)
  case .prod:
    var before = cumulation
    before.exclusive = true
    let recurrence = LinearMap.Recurrence(
      axis: cumulation.axis, order: cumulation.exclusive ? .giveFirst : .multiplyFirst, reverse: cumulation.reverse,
      annihilating: request.masked)
    return .product([
      LinearMap(.recurrence(x, recurrence), from: type, to: type),
      .diagonal(builder.cumulative(before, x), type, request.annihilator),
    ])
  case .max: return cumulativeMaxJacobian(cumulation, request)
  }
}

private func cumulativeMaxJacobian(_ cumulation: Cumulation, _ request: JacobianRequest) -> LinearMap {
  let (builder, type) = (request.builder, request.domain)
  // With the axis last and running forward; what was done to it is undone behind the gather.
  let (axis, last) = (cumulation.axis, type.rank - 1)
  let permutation = (0..<type.rank).filter { $0 != axis } + [axis]
  var x = builder.transpose(request.node.operands[0], permutation)
  if cumulation.reverse { x = builder.flip(x, axes: [last]) }
  let moved = builder.type(of: x)

  // A record is an element that exceeds all before it, or the first NaN; the latest record's place is where the maximum stands.
  let before = builder.cumulative(Cumulation(.max, axis: last, exclusive: true), x)
  let isRecord = builder.map(
    "and", builder.map("not", builder.map("less_equal", x, before)), builder.equal(before, before))
  let places = builder.broadcast(builder.iota(moved.shape[last]), to: moved.shape, axes: [last])
  let zero = builder.zeros(moved.with(.i64))
  let records = builder.select(isRecord, places, zero)
  let latest = builder.cumulative(Cumulation(.max, axis: last, exclusive: cumulation.exclusive), records)
  let indices = builder.map("max", latest, zero)
  let pick = LinearMap(.gather(indices, GatherAxis(axis: last, batch: last, wrapsNegative: false)), from: moved, to: moved)

  let toLast = LinearMap(.permute(permutation), from: type, to: moved)
  let flip = cumulation.reverse ? LinearMap(.flip(axes: [last]), from: moved, to: moved) : .identity(moved)
  // The exclusive maximum of nothing is −∞, whatever x is.
  let started =
    cumulation.exclusive
    ? LinearMap(.choose(builder.map("greater", places, zero), whereTrue: true), from: moved, to: moved) : .identity(moved)
  return .product([toLast.transposed, flip, started, pick, flip, toLast])
}
