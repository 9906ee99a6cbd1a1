/// Why operands do not suit an op.
public struct TypeRuleError: Error, Hashable, Sendable {
  public var message: String
  /// True where a result would have more elements than tensors have.
  public var isTooLarge: Bool
  public init(_ message: String, isTooLarge: Bool = false) {
    self.message = message
    self.isTooLarge = isTooLarge
  }
}

/// The types of an op's results from those of its operands: what the builder applies and the verifier applies again.
///
/// What only values of dims decide (a count, a bound) is accepted here unless it is wrong for all of them; the elaborator adds the
/// `Requirement`.
public enum TypeRule {
  /// - Throws: `TypeRuleError` where the op does not take such operands.
  public static func infer(_ op: Op, _ operands: [TensorType]) throws(TypeRuleError) -> [TensorType] {
    let types = try inferAnySize(op, operands)
    // A shape that an operand has was checked when the operand was made.
    for type in types
    where !operands.contains(where: { $0.shape == type.shape }) {
      if type.shape.isTooLarge {
        let shape = type.shape.dims.contains(where: \.isOverflow) ? "the result" : "a tensor of \(type.shape)"
        throw TypeRuleError("\(shape) is too large: a tensor has fewer than 2^61 elements", isTooLarge: true)
      }
      if type.shape.dims.contains(where: { $0.isAtLeast(0) == false }) { throw TypeRuleError("\(op.name) would give \(type)") }
    }
    return types
  }

  /// The same for tensors of any size: what the verifier then refuses.
  static func inferAnySize(_ op: Op, _ operands: [TensorType]) throws(TypeRuleError) -> [TensorType] {
    try checkArity(op, operands.count)
    return try inferUnchecked(op, operands)
  }

  private static func checkArity(_ op: Op, _ count: Int) throws(TypeRuleError) {
    let expected: ClosedRange<Int>
    switch op {
    case .parameter, .constant, .dimension, .iota: expected = 0...0
    case .derivative(.gradient): expected = 2...Int.max
    case .derivative(.jacobian): expected = 2...2
    case .derivative: expected = 3...3
    case .map(let function): expected = function.arity...function.arity
    case .contract, .pad, .gather, .scatterAdd, .triangularSolve: expected = 2...2
    case .concatenate: expected = 1...Int.max
    case .loop(let loop): expected = loop.body.parameters.count...loop.body.parameters.count
    default: expected = 1...1
    }
    if !expected.contains(count) { throw TypeRuleError("\(op.name) takes \(expected.lowerBound) operands, not \(count)") }
  }

  private static func inferUnchecked(_ op: Op, _ operands: [TensorType]) throws(TypeRuleError) -> [TensorType] {
    switch op {
    case .parameter: throw TypeRuleError("a parameter's type stands in the graph")
    case .constant(let constant): return [constant.type]
    case .dimension: return [TensorType(.i64)]
    case .iota(let count): return [TensorType(.i64, [count])]
    case .variable, .stopGradient: return operands
    case .derivative(let kind): return try derivative(kind, operands)
    case .map(let function): return [try map(function, operands)]
    case .cast(let dtype): return [operands[0].with(dtype)]
    case .reduce(let kind, let axes): return [try reduce(kind, axes, operands[0])]
    case .cumulative(let cumulation):
      try checkAxis(cumulation.axis, operands[0])
      return [try numeric(operands[0])]
    case .contract(let contraction): return [try contract(contraction, operands[0], operands[1])]
    case .broadcast(let shape, let axes): return [try broadcast(shape, axes, operands[0])]
    case .reshape(let shape): return [try reshape(shape, operands[0])]
    case .transpose(let permutation):
      guard permutation.sorted() == Array(0..<operands[0].rank) else {
        throw TypeRuleError("\(permutation) is no order of the axes of \(operands[0])")
      }
      return [operands[0].with(Shape(permutation.map { operands[0].shape[$0] }))]
    case .slice(let axes): return [try slice(axes, operands[0])]
    case .pad(let axes): return [try pad(axes, operands[0], operands[1])]
    case .concatenate(let axis): return [try concatenate(axis, operands)]
    case .diagonal(let diagonal): return [try self.diagonal(diagonal, operands[0])]
    case .window(let axes): return [try window(axes, operands[0])]
    case .windowAdd(let axes, let extents): return [try windowAdd(axes, extents, operands[0])]
    case .gather(let axis): return [try gather(axis, operands[0], operands[1])]
    case .scatterAdd(let axis, let extent): return [try scatterAdd(axis, extent, operands[0], operands[1])]
    case .argsort(let axis):
      try checkAxis(axis, operands[0])
      return [operands[0].with(.i64)]
    case .loop(let loop): return try self.loop(loop, operands)
    case .triangularSolve:
      let (a, b) = (operands[0], operands[1])
      try checkSquare(a)
      guard b.dtype == a.dtype, b.rank == a.rank, b.shape.dims.dropLast() == a.shape.dims.dropLast() else {
        throw TypeRuleError("triangular_solve of \(a) does not take \(b)")
      }
      return [b]
    case .cholesky:
      try checkSquare(operands[0])
      return operands
    }
  }

  static func checkAxis(_ axis: Int, _ type: TensorType) throws(TypeRuleError) {
    guard axis >= 0, axis < type.rank else { throw TypeRuleError("\(type) has no axis \(axis)") }
  }
  static func numeric(_ type: TensorType) throws(TypeRuleError) -> TensorType {
    guard type.dtype != .bool else { throw TypeRuleError("\(type) is not numeric") }
    return type
  }
  static func checkSquare(_ type: TensorType) throws(TypeRuleError) {
    guard type.dtype.isFloat, type.rank >= 2, type.shape.dims.suffix(2).first == type.shape.dims.last else {
      throw TypeRuleError("\(type) is no stack of square float matrices")
    }
  }
}
