import GradIR

/// An operator that waits for its right operand.
struct PendingOperator {
  enum Kind { case unary(UnaryOperator), binary(BinaryOperator) }
  var kind: Kind
  var level: Int
  var range: SourceRange
}

/// The levels of the operators, the loosest first. `^`, calls, indices and `.T` bind tighter and are parsed on their own.
private enum Level {
  static let or = 1
  static let and = 2
  static let not = 3
  static let comparison = 4
  static let sum = 5
  static let product = 6
  static let negation = 7
}

extension Parser {
  /// An expression. `after` is the word before it, for the message should there be none.
  mutating func parseExpression(after word: String?) -> Operand {
    if stack.isNeeded {
      let outer = stack
      stack = .ample
      defer { stack = outer }
      return DeepStack.run { parseExpression(after: word) }
    }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else {
      fail(.nestedTooDeeply(limit: Self.depthLimit))
      // The brackets around are not worth recovering in: the statement is given up.
      position = endOfStatement()
      return Operand(id: missing(), range: current.range)
    }
    return kind == .if ? parseConditional() : parseOperators(after: word)
  }

  private func endOfStatement() -> Int {
    var index = position
    while true {
      switch tokens[index].kind {
      case .newline, .end, .semicolon, .return, .rightBrace: return index
      default: index += 1
      }
    }
  }

  // if c then a else b. A chain of `else if` is a loop.
  private mutating func parseConditional() -> Operand {
    var branches: [(start: SourceRange, condition: Operand, value: Operand)] = []
    while kind == .if {
      let start = current.range
      advance()
      let condition = parseExpression(after: "if")
      if !isPanicking, kind == .assign { fail(.assignmentInExpression) }
      guard !isPanicking, accept(.then) else {
        if !isPanicking { fail(.expected("`then`", found: description(of: current), hint: "a choice is written `if c then a else b`")) }
        return Operand(id: missing(), range: start)
      }
      let value = parseExpression(after: "then")
      guard !isPanicking, accept(.else) else {
        if !isPanicking { fail(.expected("`else`", found: description(of: current), hint: "a choice is written `if c then a else b`")) }
        return Operand(id: missing(), range: start)
      }
      branches.append((start, condition, value))
    }
    var result = parseOperators(after: "else")
    for branch in branches.reversed() {
      let range = branch.start.union(result.range)
      result = Operand(
        id: tree.add(.conditional(branch.condition.id, then: branch.value.id, otherwise: result.id), at: range), range: range)
    }
    return result
  }

  /// Operators from `or` to the unary minus, by an explicit stack.
  private mutating func parseOperators(after word: String?) -> Operand {
    let operatorBase = operators.count
    var preceding = word
    while true {
      parsePrefixes(operatorBase, &preceding)
      operands.append(parsePower(after: preceding))
      guard !isPanicking, let (binary, level) = Self.binaryOperator(kind) else { break }
      reduce(to: operatorBase) { $0 >= level }
      preceding = spelling(current)
      operators.append(PendingOperator(kind: .binary(binary), level: level, range: current.range))
      advance()
    }
    reduce(to: operatorBase) { _ in true }
    // One operand was pushed for each that is taken: the last reduction leaves the result.
    return operands.removeLast()
  }

  private mutating func parsePrefixes(_ operatorBase: Int, _ preceding: inout String?) {
    while true {
      let range = current.range
      switch kind {
      case .minus:
        if kind(at: 1) == .integer, stream.integers[Int(tokens[position + 1].payload)] == 1 << 63, kind(at: 2) != .caret { return }
        operators.append(PendingOperator(kind: .unary(.negate), level: Level.negation, range: range))
      case .not:
        if operators.count > operatorBase, let last = operators.last, last.level > Level.not { report(.looseOperand("not"), at: range) }
        operators.append(PendingOperator(kind: .unary(.not), level: Level.not, range: range))
      case .plus: report(.unaryPlus, at: range)
      default: return
      }
      preceding = spelling(current)
      advance()
    }
  }

  /// Applies the operators above the base while they bind at least as tight as told.
  private mutating func reduce(to base: Int, while binds: (Int) -> Bool) {
    while operators.count > base, let pending = operators.last, binds(pending.level) {
      operators.removeLast()
      let right = operands.removeLast()
      switch pending.kind {
      case .unary(let unary):
        let range = pending.range.union(right.range)
        operands.append(Operand(id: tree.add(.unary(unary, right.id), at: range), range: range))
      case .binary(let binary):
        let left = operands.removeLast()
        let range = left.range.union(right.range)
        // What would compare the result of a comparison is a chain: `a < b < c`.
        let chains = pending.level == Level.comparison && Self.binaryOperator(kind)?.level == Level.comparison
        if chains { report(.chainedComparison, at: current.range) }
        operands.append(Operand(id: tree.add(.binary(binary, left.id, right.id), at: range), range: range))
      }
    }
  }

  private static func binaryOperator(_ kind: TokenKind) -> (operator: BinaryOperator, level: Int)? {
    switch kind {
    case .or: (.or, Level.or)
    case .and: (.and, Level.and)
    case .equal: (.equal, Level.comparison)
    case .notEqual: (.notEqual, Level.comparison)
    case .less: (.less, Level.comparison)
    case .lessOrEqual: (.lessOrEqual, Level.comparison)
    case .greater: (.greater, Level.comparison)
    case .greaterOrEqual: (.greaterOrEqual, Level.comparison)
    case .plus: (.add, Level.sum)
    case .minus: (.subtract, Level.sum)
    case .star: (.multiply, Level.product)
    case .slash: (.divide, Level.product)
    case .at: (.matrixMultiply, Level.product)
    default: nil
    }
  }

  // a ^ b ^ c is a ^ (b ^ c); the right side may bear a minus: x ^ -1.5.
  private mutating func parsePower(after word: String?) -> Operand {
    let base = parsePostfix(after: word)
    guard kind == .caret, !isPanicking else { return base }
    var chain: [(minuses: [SourceRange], operand: Operand)] = [([], base)]
    while !isPanicking, accept(.caret) {
      var minuses: [SourceRange] = []
      var preceding = "^"
      while kind == .minus || kind == .plus {
        if kind == .minus { minuses.append(current.range) } else { report(.unaryPlus, at: current.range) }
        preceding = spelling(current)
        advance()
      }
      chain.append((minuses, parsePostfix(after: preceding)))
    }
    var (minuses, result) = chain.removeLast()
    while true {
      for minus in minuses.reversed() {
        let range = minus.union(result.range)
        result = Operand(id: tree.add(.unary(.negate, result.id), at: range), range: range)
      }
      guard let next = chain.popLast() else { return result }
      let range = next.operand.range.union(result.range)
      result = Operand(id: tree.add(.binary(.power, next.operand.id, result.id), at: range), range: range)
      minuses = next.minuses
    }
  }
}
