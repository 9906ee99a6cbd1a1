import GradIR

/// What the rules are asked: the Jacobian of one result of a node by one of its operands.
struct JacobianRequest {
  let node: Node
  let operand: Int
  let builder: GraphBuilder
  /// True below a `where`: products are zero where the cotangent is, whatever the coefficient.
  let masked: Bool

  var domain: TensorType { builder.type(of: node.operands[operand]) }
  var range: TensorType { node.types[0] }
  var result: ValueID { node.firstResult }
  var annihilator: LinearMap.Annihilator { masked ? .argument : .none }
  var zero: LinearMap { .zero(domain, range) }
}

/// A change of the rules for tests that show that a wrong rule would be noticed.
package enum RulePerturbation {
  package static let perturb = ThreadScoped<@Sendable (Op, _ operand: Int, LinearMap) -> LinearMap>()
}

/// The Jacobian of result `resultIndex` of a node by operand `operandIndex`, its coefficients values of `builder`'s graph.
///
/// parameter constant dimension iota argsort: none · variable: I · stopGradient: 0 · map: diag(∂f/∂xᵢ), Rules/Map.swift · cast ·
/// reduce, cumulative, contract, shapes, gather, triangularSolve, cholesky: the files of those names. Loops have several results,
/// which depend on one another from step to step: the modes differentiate them (Modes/Loop.swift).
public func localJacobian(
  _ node: Node, operandIndex: Int, resultIndex: Int = 0, in builder: GraphBuilder, masked: Bool = false
) -> LinearMap {
  let request = JacobianRequest(node: node, operand: operandIndex, builder: builder, masked: masked)
  guard request.domain.dtype.isFloat, node.types[resultIndex].dtype.isFloat else {
    return .zero(request.domain, node.types[resultIndex])
  }
  let map = jacobianRule(request)
  return RulePerturbation.perturb.value?(node.op, operandIndex, map) ?? map
}

private func jacobianRule(_ request: JacobianRequest) -> LinearMap {
  let (domain, range) = (request.domain, request.range)
  switch request.node.op {
  case .parameter, .constant, .dimension, .iota, .argsort, .stopGradient: return request.zero
  case .variable: return .identity(domain)
  case .derivative: preconditionFailure("inner derivatives are expanded before outer ones")
  case .loop: preconditionFailure("the modes differentiate loops")
  case .map(let function): return mapJacobian(function, request)
  case .cast: return LinearMap(.cast, from: domain, to: range)
  case .reduce(let reduction, let axes): return reduceJacobian(reduction, axes, request)
  case .cumulative(let cumulation): return cumulativeJacobian(cumulation, request)
  case .contract(let contraction): return contractJacobian(contraction, request)
  case .broadcast(_, let axes): return LinearMap(.broadcast(axes: axes), from: domain, to: range)
  case .reshape: return LinearMap(.reshape, from: domain, to: range)
  case .transpose(let permutation): return LinearMap(.permute(permutation), from: domain, to: range)
  case .slice(let axes): return sliceJacobian(axes, request)
  case .pad(let axes): return padJacobian(axes, request)
  case .concatenate(let axis): return concatenateJacobian(axis, request)
  case .diagonal(let diagonal): return LinearMap(.diagonalAxes(diagonal), from: domain, to: range)
  case .window(let axes): return LinearMap(.window(axes), from: domain, to: range)
  case .windowAdd(let axes, _): return LinearMap(.windowAdd(axes), from: domain, to: range)
  case .gather(let axis): return LinearMap(.gather(request.node.operands[1], axis), from: domain, to: range)
  case .scatterAdd(let axis, _): return LinearMap(.scatterAdd(request.node.operands[1], axis), from: domain, to: range)
  case .triangularSolve(let lower, let transposed): return triangularSolveJacobian(lower: lower, transposed: transposed, request)
  case .cholesky: return choleskyJacobian(request)
  }
}
