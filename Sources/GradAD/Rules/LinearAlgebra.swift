import GradIR

// T x = b:   by b T⁻¹, by a  dx = −T⁻¹ dT x, with dT the triangle of da, transposed where T is
// l lᵀ = a:  dl = l Φ(l⁻¹ da l⁻ᵀ), Φ the lower triangle with half the diagonal; da from a's lower triangle, which alone is read
// (I. Murray, Differentiation of the Cholesky decomposition, 2016)

/// The Jacobian of a triangular solve.
func triangularSolveJacobian(lower: Bool, transposed: Bool, _ request: JacobianRequest) -> LinearMap {
  let (builder, node) = (request.builder, request.node)
  let solve = LinearMap(
    .triangularSolve(node.operands[0], lower: lower, transposed: transposed, annihilating: request.masked), from: request.range,
    to: request.range)
  if request.operand == 1 { return solve }
  let rank = request.domain.rank
  let batch = Array(0..<rank - 2)
  let (i, j, k) = (rank, rank + 1, rank + 2)
  let labels = LinearMap.ContractLabels(
    coefficient: batch + [j, k], domain: batch + (transposed ? [j, i] : [i, j]), range: batch + [i, k])
  return .product([
    solve, .scale(-1, request.range),
    LinearMap(.contract(request.result, labels, request.annihilator), from: request.domain, to: request.range),
    builder.triangle(request.domain, lower: lower, diagonal: 1),
  ])
}

/// The Jacobian of the Cholesky factor.
func choleskyJacobian(_ request: JacobianRequest) -> LinearMap {
  let (builder, type, l) = (request.builder, request.domain, request.result)
  let rank = type.rank
  let batch = Array(0..<rank - 2)
  let (i, j, k) = (rank, rank + 1, rank + 2)
  let swap = LinearMap(.permute(batch + [rank - 1, rank - 2]), from: type, to: type)
  let solve = LinearMap(
    .triangularSolve(l, lower: true, transposed: false, annihilating: request.masked), from: type, to: type)
  let labels = LinearMap.ContractLabels(coefficient: batch + [i, j], domain: batch + [j, k], range: batch + [i, k])
  let symmetric = LinearMap.total([
    builder.triangle(type, lower: true, diagonal: 1), .product([swap, builder.triangle(type, lower: true, diagonal: 0)]),
  ])
  return .product([
    LinearMap(.contract(l, labels, request.annihilator), from: type, to: type),
    builder.triangle(type, lower: true, diagonal: 0.5), solve, swap, solve, symmetric,
  ])
}

extension GraphBuilder {
  /// The map that keeps a triangle of matrices, its diagonal times a factor.
  fileprivate func triangle(_ type: TensorType, lower: Bool, diagonal: Double) -> LinearMap {
    let (rows, columns) = (type.rank - 2, type.rank - 1)
    let places = TensorType(.i64, [type.shape[rows], type.shape[columns]])
    let i = broadcast(iota(type.shape[rows]), to: places.shape, axes: [0])
    let j = broadcast(iota(type.shape[columns]), to: places.shape, axes: [1])
    let matrix = places.with(type.dtype)
    let strict = map(lower ? "greater" : "less", i, j)
    let onDiagonal = select(equal(i, j), constant(diagonal, matrix), zeros(matrix))
    let entries = select(strict, ones(matrix), onDiagonal)
    return .diagonal(broadcast(entries, to: type.shape, axes: [rows, columns]), type, .argument)
  }
}
