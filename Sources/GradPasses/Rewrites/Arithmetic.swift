import GradIR

// x + (−0) = x      x + (−y) = x − y      x − 0 = x     x − (−y) = x + y     −0 − x = −x     −(−x) = x
// x · 1 = x         x · (−1) = −x         (−x)(−y) = x y     (−x) · c = x · (−c)
// x / 1 = x         x / (−1) = −x         (−x)/(−y) = x/y    x / 2ᵏ = x · 2⁻ᵏ
// |−x| = |x|        ||x|| = |x|           max(x, x) = min(x, x) = x     x⁰ = 1
// d ∘̸ c = d · c for c ≠ 0                 d ∘̸ 0 = 0         d ∘̸ select(b, c, 0) = select(b, d · c, 0)
// Of integers also: x + 0 = x      x − x = 0      0 − x = −x      x · 0 = 0
//
// What is not here changes bits: x + 0 is not x for x = −0, x · 0 not 0 for x = NaN, x − x not 0 for x = ∞.
extension Rewrites {
  static let arithmetic: [([ScalarFunction], Rewrite)] = [
    ([.add], foldAddZero), ([.add], foldAddNegated), ([.subtract], foldSubtractZero), ([.subtract], foldSubtractNegated),
    ([.subtract], foldSubtractFromZero), ([.subtract], foldSubtractSame), ([.negate], foldNegateTwice),
    ([.multiply], foldMultiplyByOne), ([.multiply], foldMultiplyByMinusOne), ([.multiply], foldMultiplyIntegerByZero),
    ([.multiply, .divide], foldNegatedPair), ([.multiply], foldNegatedByConstant),
    ([.divide], foldDivideByOne), ([.divide], foldDivideByPowerOfTwo), ([.absolute], foldAbsolute),
    ([.maximum, .minimum], foldSame), ([.power], foldPowerZero), ([.annihilatingMultiply], foldAnnihilatingConstant),
    ([.annihilatingMultiply], foldAnnihilatingChoice),
  ]

  private static func isFloat(_ value: ValueID, _ builder: GraphBuilder) -> Bool { builder.type(of: value).dtype.isFloat }
  private static func negated(_ value: ValueID, _ builder: GraphBuilder) -> ValueID? { operands(of: value, .negate, builder)?[0] }
  /// True of what changes no number that it is added to: −0, of integers 0.
  private static func isNeutral(_ value: ValueID, _ builder: GraphBuilder) -> Bool {
    isSplat(value, isFloat(value, builder) ? -0.0 : 0, builder)
  }

  // x + (−0) = x     of integers x + 0 = x
  private static let foldAddZero: Rewrite = { _, operands, builder in
    if isNeutral(operands[1], builder) { return operands[0] }
    return isNeutral(operands[0], builder) ? operands[1] : nil
  }
  // x + (−y) = x − y     (−x) + y = y − x
  private static let foldAddNegated: Rewrite = { _, operands, builder in
    if let y = negated(operands[1], builder) { return builder.subtract(operands[0], y) }
    return negated(operands[0], builder).map { builder.subtract(operands[1], $0) }
  }
  // x − 0 = x
  private static let foldSubtractZero: Rewrite = { _, operands, builder in
    isSplat(operands[1], 0, builder) ? operands[0] : nil
  }
  // x − (−y) = x + y
  private static let foldSubtractNegated: Rewrite = { _, operands, builder in
    negated(operands[1], builder).map { builder.add(operands[0], $0) }
  }
  // −0 − x = −x     of integers 0 − x = −x
  private static let foldSubtractFromZero: Rewrite = { _, operands, builder in
    isNeutral(operands[0], builder) ? builder.negate(operands[1]) : nil
  }
  // x − x = 0, of integers
  private static let foldSubtractSame: Rewrite = { _, operands, builder in
    operands[0] == operands[1] && !isFloat(operands[0], builder) ? builder.zeros(builder.type(of: operands[0])) : nil
  }
  // −(−x) = x
  private static let foldNegateTwice: Rewrite = { _, operands, builder in negated(operands[0], builder) }

  // x · 1 = x     1 · x = x
  private static let foldMultiplyByOne: Rewrite = { _, operands, builder in
    if isSplat(operands[1], 1, builder) { return operands[0] }
    return isSplat(operands[0], 1, builder) ? operands[1] : nil
  }
  // x · (−1) = −x     (−1) · x = −x
  private static let foldMultiplyByMinusOne: Rewrite = { _, operands, builder in
    if isSplat(operands[1], -1, builder) { return builder.negate(operands[0]) }
    return isSplat(operands[0], -1, builder) ? builder.negate(operands[1]) : nil
  }
  // x · 0 = 0, of integers
  private static let foldMultiplyIntegerByZero: Rewrite = { _, operands, builder in
    isFloat(operands[0], builder) ? nil : operands.first { isSplat($0, 0, builder) }
  }
  // (−x)(−y) = x y     (−x)/(−y) = x/y     Not of integers' quotients, which are none.
  private static let foldNegatedPair: Rewrite = { op, operands, builder in
    guard let x = negated(operands[0], builder), let y = negated(operands[1], builder) else { return nil }
    return builder.add(op, [x, y])
  }
  // (−x) · c = x · (−c)     c · (−x) = (−c) · x
  private static let foldNegatedByConstant: Rewrite = { _, operands, builder in
    for (place, other) in [(0, 1), (1, 0)] {
      guard let x = negated(operands[place], builder), let c = splat(operands[other], builder), c.dtype.isFloat else { continue }
      let minus = builder.constant(-c.double(at: 0), builder.type(of: x))
      return place == 0 ? builder.multiply(x, minus) : builder.multiply(minus, x)
    }
    return nil
  }
  // x / 1 = x     x / (−1) = −x
  private static let foldDivideByOne: Rewrite = { _, operands, builder in
    if isSplat(operands[1], 1, builder) { return operands[0] }
    return isSplat(operands[1], -1, builder) ? builder.negate(operands[0]) : nil
  }
  // x / 2ᵏ = x · 2⁻ᵏ, where 2⁻ᵏ is a number of the type: both are the exact quotient, rounded once.
  private static let foldDivideByPowerOfTwo: Rewrite = { _, operands, builder in
    let type = builder.type(of: operands[1])
    guard let c = splat(operands[1], builder)?.double(at: 0), c.isNormal, c.significand == 1 else { return nil }
    let inverse = 1 / c
    guard type.dtype == .f32 ? Float(inverse).isNormal : inverse.isNormal else { return nil }
    return builder.multiply(operands[0], builder.constant(inverse, type))
  }
  // |−x| = |x|     ||x|| = |x|
  private static let foldAbsolute: Rewrite = { op, operands, builder in
    if let x = negated(operands[0], builder) { return builder.add(op, [x]) }
    return Rewrites.operands(of: operands[0], .absolute, builder) == nil ? nil : operands[0]
  }
  // f(x, x) = x
  static let foldSame: Rewrite = { _, operands, _ in operands[0] == operands[1] ? operands[0] : nil }

  // x⁰ = 1, of NaN too
  private static let foldPowerZero: Rewrite = { _, operands, builder in
    guard let exponent = splat(operands[1], builder), exponent.double(at: 0) == 0 else { return nil }
    return builder.ones(builder.type(of: operands[0]))
  }
  // d ∘̸ c = d · c for c ≠ 0     d ∘̸ 0 = 0
  private static let foldAnnihilatingConstant: Rewrite = { _, operands, builder in
    guard let c = splat(operands[1], builder) else { return nil }
    if c.double(at: 0) == 0 { return builder.zeros(builder.type(of: operands[0])) }
    return isSplat(operands[1], 1, builder) ? operands[0] : builder.multiply(operands[0], operands[1])
  }
  // d ∘̸ select(b, c, 0) = select(b, d · c, 0), and with the sides the other way around
  private static let foldAnnihilatingChoice: Rewrite = { op, operands, builder in
    guard let choice = Rewrites.operands(of: operands[1], .select, builder) else { return nil }
    func product(_ side: ValueID) -> ValueID? {
      foldAnnihilatingConstant(op, [operands[0], side], builder)
    }
    guard splat(choice[1], builder)?.double(at: 0) == 0 || splat(choice[2], builder)?.double(at: 0) == 0,
      let a = product(choice[1]), let b = product(choice[2])
    else { return nil }
    return builder.select(choice[0], a, b)
  }
}
