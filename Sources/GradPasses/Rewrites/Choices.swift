import GradIR

// select(true, a, b) = a            select(false, a, b) = b          select(c, x, x) = x
// select(¬c, a, b) = select(c, b, a)     select(c, select(c, a, _), b) = select(c, a, b) = select(c, a, select(c, _, b))
// select(c, true, false) = c        select(c, false, true) = ¬c
// c ∧ c = c ∨ c = c    c ∧ true = c    c ∧ false = false    c ∨ false = c    c ∨ true = true
// ¬¬c = c              ¬(a = b) = (a ≠ b)               ¬(a ≠ b) = (a = b)
// ¬(a < b) is not a ≥ b where one is NaN.
extension Rewrites {
  static let choices: [([ScalarFunction], Rewrite)] = [
    ([.select], foldChoice), ([.select], foldChoiceOfSame), ([.select], foldChoiceByNegated), ([.select], foldChoiceTwice),
    ([.select], foldChoiceOfTruths), ([.and, .or], foldSame), ([.and, .or], foldLogicWithTruth), ([.not], foldNot),
  ]

  private static func truth(_ value: ValueID, _ builder: GraphBuilder) -> Bool? {
    guard let constant = splat(value, builder), constant.dtype == .bool else { return nil }
    return constant.integer(at: 0) != 0
  }

  // select(true, a, b) = a     select(false, a, b) = b
  private static let foldChoice: Rewrite = { _, operands, builder in
    truth(operands[0], builder).map { operands[$0 ? 1 : 2] }
  }
  // select(c, x, x) = x
  private static let foldChoiceOfSame: Rewrite = { _, operands, _ in operands[1] == operands[2] ? operands[1] : nil }
  // select(¬c, a, b) = select(c, b, a)
  private static let foldChoiceByNegated: Rewrite = { _, operands, builder in
    Rewrites.operands(of: operands[0], .not, builder).map { builder.select($0[0], operands[2], operands[1]) }
  }
  // select(c, select(c, a, _), b) = select(c, a, b)     select(c, a, select(c, _, b)) = select(c, a, b)
  private static let foldChoiceTwice: Rewrite = { _, operands, builder in
    func side(_ place: Int) -> ValueID? {
      guard let inner = Rewrites.operands(of: operands[place], .select, builder), inner[0] == operands[0] else { return nil }
      return inner[place]
    }
    let (a, b) = (side(1), side(2))
    return a == nil && b == nil ? nil : builder.select(operands[0], a ?? operands[1], b ?? operands[2])
  }
  // select(c, true, false) = c     select(c, false, true) = ¬c
  private static let foldChoiceOfTruths: Rewrite = { _, operands, builder in
    guard let a = truth(operands[1], builder), let b = truth(operands[2], builder), a != b else { return nil }
    return a ? operands[0] : builder.map(.not, operands[0])
  }
  // c ∧ true = c     c ∧ false = false     c ∨ false = c     c ∨ true = true
  private static let foldLogicWithTruth: Rewrite = { op, operands, builder in
    for (place, other) in [(0, 1), (1, 0)] {
      guard let known = truth(operands[place], builder) else { continue }
      return known == (op == .map(.and)) ? operands[other] : operands[place]
    }
    return nil
  }
  // ¬¬c = c     ¬(a = b) = (a ≠ b)     ¬(a ≠ b) = (a = b)
  private static let foldNot: Rewrite = { _, operands, builder in
    let inner = builder.node(of: operands[0])
    switch inner.op {
    case .map(.not): return inner.operands[0]
    case .map(.equal): return builder.add(.map(.notEqual), inner.operands)
    case .map(.notEqual): return builder.add(.map(.equal), inner.operands)
    default: return nil
    }
  }
}
