import GradIR

// sum:  ones                                    max, min:  sum ∘ diag((x = y) / number of ties), the share a constant
// prod: sum ∘ diag(product of the others)       argmax argmin any all: none
// The product of the others is exclusive prefix × exclusive suffix, never a quotient: right with any number of zeros.

/// The Jacobian of a reduction.
func reduceJacobian(_ reduction: Reduction, _ axes: [Int], _ request: JacobianRequest) -> LinearMap {
  let sum = LinearMap(.sum(axes: axes), from: request.domain, to: request.range)
  switch reduction {
  case .sum: return sum
  case .prod:
    return .product([sum, .diagonal(productOfOthers(axes, request), request.domain, request.annihilator)])
  case .max, .min:
    return .product([sum, .diagonal(tieShare(axes, request), request.domain, request.annihilator)])
  case .argmax, .argmin, .any, .all: return request.zero
  }
}

/// 1 / number of ties where x equals the extremum, else 0; NaN throughout where the extremum is NaN.
private func tieShare(_ axes: [Int], _ request: JacobianRequest) -> ValueID {
  let builder = request.builder
  let kept = (0..<request.domain.rank).filter { !axes.contains($0) }
  let spread = { (y: ValueID) in builder.broadcast(y, to: request.domain.shape, axes: kept) }
  let ties = builder.cast(builder.equal(request.node.operands[0], spread(request.result)), to: request.domain.dtype)
  return builder.divide(ties, spread(builder.sum(ties, axes: axes)))
}

/// For each element the product of all others that its reduction reads.
private func productOfOthers(_ axes: [Int], _ request: JacobianRequest) -> ValueID {
  let (builder, shape) = (request.builder, request.domain.shape)
  let kept = (0..<shape.rank).filter { !axes.contains($0) }
  let permutation = kept + axes
  let transposed = builder.transpose(request.node.operands[0], permutation)
  let keptShape = shape.removing(axes)
  let flat = builder.reshape(transposed, to: keptShape + [Shape(axes.map { shape[$0] }).count])
  let before = builder.cumulative(Cumulation(.prod, axis: kept.count, exclusive: true), flat)
  let behind = builder.cumulative(Cumulation(.prod, axis: kept.count, exclusive: true, reverse: true), flat)
  let others = builder.reshape(builder.multiply(before, behind), to: builder.shape(of: transposed))
  return builder.transpose(others, LinearMap.inverse(permutation))
}
