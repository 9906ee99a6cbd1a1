import GradIR

// slice: slice, after a flip where the step is negative    concatenate: zeros around the part
// pad:   by x pad, by the value a sum over the padded places

/// The Jacobian of a slice.
func sliceJacobian(_ axes: [SliceAxis], _ request: JacobianRequest) -> LinearMap {
  let upward = axes.map { axis in
    axis.step > 0
      ? axis : SliceAxis(start: axis.start + (axis.count - 1) * Dim(axis.step), count: axis.count, step: -axis.step)
  }
  let flipped = axes.indices.filter { axes[$0].step < 0 }
  let slice = LinearMap(.slice(upward), from: request.domain, to: request.range)
  return flipped.isEmpty ? slice : .product([LinearMap(.flip(axes: flipped), from: request.range, to: request.range), slice])
}

/// The Jacobian of a pad by the array or by the value around it.
func padJacobian(_ axes: [PadAxis], _ request: JacobianRequest) -> LinearMap {
  let (builder, range) = (request.builder, request.range)
  if request.operand == 0 { return LinearMap(.pad(axes), from: request.domain, to: range) }
  let inside = builder.shape(of: request.node.operands[0])
  let isPadding = builder.pad(
    builder.constant(0, TensorType(.bool, inside)), builder.constant(1, TensorType(.bool)), axes)
  return .product([
    LinearMap(.choose(isPadding, whereTrue: true), from: range, to: range),
    LinearMap(.broadcast(axes: []), from: request.domain, to: range),
  ])
}

/// The Jacobian of a concatenation by one part.
func concatenateJacobian(_ axis: Int, _ request: JacobianRequest) -> LinearMap {
  var pads = [PadAxis](repeating: PadAxis(), count: request.domain.rank)
  for (index, part) in request.node.operands.enumerated() {
    let extent = request.builder.shape(of: part)[axis]
    if index < request.operand { pads[axis].low = pads[axis].low + extent }
    if index > request.operand { pads[axis].high = pads[axis].high + extent }
  }
  return LinearMap(.pad(pads), from: request.domain, to: request.range)
}
