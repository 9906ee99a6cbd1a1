import GradIR

// y = Σ l r: by r contract(l), by l contract(r).
// Where the product is annihilating (r a cotangent below a `where`), so are both Jacobians: by r zeros of the argument count, by l
// zeros of r.

/// The Jacobian of a general product by one factor.
func contractJacobian(_ contraction: Contraction, _ request: JacobianRequest) -> LinearMap {
  let byLeft = request.operand == 0
  let labels = LinearMap.ContractLabels(
    coefficient: byLeft ? contraction.right : contraction.left, domain: byLeft ? contraction.left : contraction.right,
    range: contraction.result)
  let annihilator: LinearMap.Annihilator =
    contraction.annihilating ? (byLeft ? .both : .argument) : request.annihilator
  return LinearMap(
    .contract(request.node.operands[byLeft ? 1 : 0], labels, annihilator), from: request.domain, to: request.range)
}
