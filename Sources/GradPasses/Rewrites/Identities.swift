import GradIR

extension Rewrites {
  // x · 1 = x, 1 · x = x, x / 1 = x, x − 0 = x, −(−x) = x. (x + 0 is not x for x = −0, x · 0 not 0 for x = NaN.)
  static let identities: [Rewrite] = [multiplyByOne, divideByOne, subtractZero, negateTwice, selectSame]

  private static func isSplat(_ value: ValueID, _ number: Double, _ builder: GraphBuilder) -> Bool {
    guard let constant = splat(value, builder), constant.dtype != .bool else { return false }
    let own = constant.double(at: 0)
    return own == number && own.sign == number.sign
  }
  private static func isMap(_ op: Op, _ name: String) -> Bool {
    if case .map(let function) = op { function.name == name } else { false }
  }

  // x · 1 = x, 1 · x = x
  private static let multiplyByOne: Rewrite = { op, operands, builder in
    guard isMap(op, "multiply") else { return nil }
    if isSplat(operands[1], 1, builder) { return operands[0] }
    return isSplat(operands[0], 1, builder) ? operands[1] : nil
  }
  // x / 1 = x
  private static let divideByOne: Rewrite = { op, operands, builder in
    isMap(op, "divide") && isSplat(operands[1], 1, builder) ? operands[0] : nil
  }
  // x − 0 = x
  private static let subtractZero: Rewrite = { op, operands, builder in
    isMap(op, "subtract") && isSplat(operands[1], 0, builder) ? operands[0] : nil
  }
  // −(−x) = x
  private static let negateTwice: Rewrite = { op, operands, builder in
    guard isMap(op, "negate") else { return nil }
    let inner = builder.graph.node(of: operands[0])
    return isMap(inner.op, "negate") ? inner.operands[0] : nil
  }
  // select(c, x, x) = x
  private static let selectSame: Rewrite = { op, operands, _ in
    isMap(op, "select") && operands[1] == operands[2] ? operands[1] : nil
  }

  // reshape ∘ reshape, transpose ∘ transpose, stop_gradient(x) = x
  static let shapes: [Rewrite] = [mergeReshapes, mergeTransposes, dropStopGradient]

  // reshape(reshape(x)) = reshape(x)
  private static let mergeReshapes: Rewrite = { op, operands, builder in
    guard case .reshape(let shape) = op else { return nil }
    let inner = builder.graph.node(of: operands[0])
    if case .reshape = inner.op { return builder.reshape(inner.operands[0], to: shape) }
    return builder.shape(of: operands[0]) == shape ? operands[0] : nil
  }
  // xᵖᵠ = x^(p∘q)
  private static let mergeTransposes: Rewrite = { op, operands, builder in
    guard case .transpose(let outer) = op else { return nil }
    let node = builder.graph.node(of: operands[0])
    guard case .transpose(let inner) = node.op else { return nil }
    return builder.transpose(node.operands[0], outer.map { inner[$0] })
  }
  // After differentiation nothing asks for a derivative, so x stands for stop_gradient(x).
  private static let dropStopGradient: Rewrite = { op, operands, _ in
    if case .stopGradient = op { operands[0] } else { nil }
  }
}
