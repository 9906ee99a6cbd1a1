import GradIR

// sum:  ones                                    max, min:  diag(1 / number of ties) ∘ sum ∘ diag(x = y), both constants
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
    let (ties, share) = tieShare(axes, request)
    return .product([
      .diagonal(share, request.range, request.annihilator), sum, .diagonal(ties, request.domain, request.annihilator),
    ])
  case .argmax, .argmin, .any, .all: return request.zero
  }
}

/// Where x equals the extremum, as 1 and 0, and 1 / number of ties: ∞ where the extremum is NaN, so that 0 · ∞ gives NaN.
private func tieShare(_ axes: [Int], _ request: JacobianRequest) -> (ties: ValueID, share: ValueID) {
  let builder = request.builder
  let kept = (0..<request.domain.rank).filter { !axes.contains($0) }
  let extremum = builder.broadcast(request.result, to: request.domain.shape, axes: kept)
  let ties = builder.cast(builder.equal(request.node.operands[0], extremum), to: request.domain.dtype)
  return (ties, builder.divide(builder.ones(request.range), builder.sum(ties, axes: axes)))
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
