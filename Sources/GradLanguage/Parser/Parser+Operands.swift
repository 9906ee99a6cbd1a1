import GradIR

extension Parser {
  // operand[index] · operand.T
  mutating func parsePostfix(after word: String?) -> Operand {
    let start = current
    var result = parsePrimary(after: word)
    while !isPanicking {
      switch kind {
      case .leftBracket: result = parseIndex(of: result)
      case .dot: result = parseAttribute(of: result)
      case .leftParenthesis:
        let what: String
        switch start.kind {
        case .integer, .float: what = "a number"
        default: what = "a value"
        }
        fail(.calledValue(what: what))
      default: return result
      }
    }
    return result
  }

  private mutating func parseAttribute(of operand: Operand) -> Operand {
    advance()
    guard kind == .name else {
      fail(.expected("`T` after `.`", found: description(of: current), hint: nil))
      return operand
    }
    let name = spelling(current)
    let range = operand.range.union(current.range)
    guard name == "T" else {
      let hint: String? =
        switch name {
        case "shape", "size", "ndim": "a dimension that was declared by `dim` is its number"
        case "t", "transpose": "a transposition is written `.T`"
        default: kind(at: 1) == .leftParenthesis ? "a function takes the value as an argument: `\(name)(x)`" : nil
        }
      fail(.unknownAttribute(name, hint: hint))
      return operand
    }
    advance()
    return Operand(id: tree.add(.transposed(operand.id), at: range), range: range)
  }

  mutating func parsePrimary(after word: String? = nil) -> Operand {
    let token = current
    switch token.kind {
    case .integer:
      advance()
      let magnitude = stream.integers[Int(token.payload)]
      if magnitude > UInt64(Int64.max), !isPanicking {
        diagnostics.append(SyntaxError.integerTooLarge(spelling(token)).diagnostic(at: token.range))
      }
      return add(.integer(Int64(clamping: magnitude)), at: token.range)
    case .minus where kind(at: 1) == .integer:
      // Only -2^63 arrives here with its minus: its magnitude alone is no i64.
      advance()
      let range = token.range.union(current.range)
      advance()
      return add(.integer(.min), at: range)
    case .float:
      advance()
      return add(.float(stream.floats[Int(token.payload)]), at: token.range)
    case .true, .false, .inf, .nan, .pi:
      advance()
      return add(.constant(Self.constant(token.kind)), at: token.range)
    case .name:
      advance()
      let name = NameID(index: token.payload)
      return kind == .leftParenthesis ? parseCall(name, token.range) : add(.name(name), at: token.range)
    case .type:
      advance()
      if kind == .leftParenthesis { return parseCall(NameID(index: token.payload), token.range) }
      report(.typeAsValue(spelling(token)), at: token.range)
      return add(.missing, at: token.range)
    case .text:
      advance()
      // One that is not closed has been reported.
      if spelling(token).utf8.count > 1, tree.source.utf8[Int(token.range.upper) - 1] == tree.source.utf8[Int(token.range.lower)] {
        report(.textOutsideEinsum, at: token.range)
      }
      return add(.missing, at: token.range)
    case .leftParenthesis: return parseParenthesized()
    case .leftBracket: return parseList()
    case .if:
      report(.looseOperand("if"), at: token.range)
      return parseExpression(after: word)
    default:
      failWithoutOperand(after: word)
      return Operand(id: missing(), range: placeOfCurrent)
    }
  }

  mutating func add(_ expression: Expression, at range: SourceRange) -> Operand {
    Operand(id: tree.add(expression, at: range), range: range)
  }

  private static func constant(_ kind: TokenKind) -> ConstantWord {
    switch kind {
    case .true: .true
    case .false: .false
    case .inf: .inf
    case .nan: .nan
    default: .pi
    }
  }

  private mutating func failWithoutOperand(after word: String?) {
    let found = description(of: current)
    switch kind {
    case .assign: fail(.assignmentInExpression)
    case .ellipsis: fail(.ellipsisOutsideIndex)
    case .leftBrace:
      fail(.expectedExpression(after: word, found: found, hint: "a list is written `[a, b]`; braces enclose the body of a function"))
    case .rightParenthesis, .rightBracket, .rightBrace:
      fail(current.payload < 0 ? .unopened(closer: spelling(current)) : .expectedExpression(after: word, found: found, hint: nil))
    case .fn: fail(.expectedExpression(after: word, found: found, hint: "a function is a statement of its own: `fn f(x) = …`"))
    case .dim, .precision, .input, .param, .return, .output:
      fail(.expectedExpression(after: word, found: found, hint: "it is a reserved word and names no value"))
    case .newline, .end:
      fail(.expectedExpression(after: word, found: found, hint: nil))
    default: fail(.expectedExpression(after: word, found: found, hint: nil))
    }
  }

  // MARK: Brackets

  /// True before the closing bracket of the opener at an index. Otherwise a mistake has cut off what stands between, and nothing is said
  /// of the value for the lack of it.
  func isSound(upTo opener: Int) -> Bool { !isPanicking && position == Int(tokens[opener].payload) }

  /// Passes the closing bracket of the opener at an index. What stands before it unread is the mistake; where the closer is
  /// known, the mistake ends with it.
  mutating func close(_ opener: Int) {
    let closer = Int(tokens[opener].payload)
    if position == closer {
      isPanicking = false
      return advance()
    }
    // A mistake, or a statement given up, may have led beyond the closer.
    if !isPanicking {
      if closer < 0, hasUnclosedText(since: opener) {
        // The closer is taken for a part of the text.
        isPanicking = true
      } else if closer < 0 {
        let isParenthesis = tokens[opener].kind == .leftParenthesis
        fail(.unclosed(opener: isParenthesis ? "(" : "[", closer: isParenthesis ? ")" : "]"), at: tokens[opener].range)
      } else if kind == .assign {
        fail(.assignmentInExpression)
      } else {
        let hint: String? =
          switch kind {
          case .name where spelling(current) == "for": "what is done for each slice of a sequence is `map(f, xs)`"
          case .name, .integer, .float, .leftParenthesis: "a comma or an operator is missing"
          case .colon where tokens[opener].kind == .leftParenthesis: "a slice stands in brackets: `x[1:n]`"
          default: nil
          }
        fail(.expected("`,` or `\(spelling(tokens[closer]))`", found: description(of: current), hint: hint))
      }
    }
    if closer > position {
      position = closer
      advance()
      isPanicking = false
    }
  }

  private func hasUnclosedText(since opener: Int) -> Bool {
    tokens[opener..<position].contains { token in
      token.kind == .text
        && (token.range.upper - token.range.lower < 2
          || tree.source.utf8[Int(token.range.upper) - 1] != tree.source.utf8[Int(token.range.lower)])
    }
  }

  // (a) · (a, b)
  private mutating func parseParenthesized() -> Operand {
    let opener = position
    let start = current.range
    advance()
    var elements: [ExpressionID] = []
    var isTuple = false
    var inner: Operand?
    if kind == .rightParenthesis {
      report(.emptyTuple, at: start.union(current.range))
      elements.append(missing())
    }
    while !isPanicking, kind != .rightParenthesis, !kind.endsLine {
      let element = parseExpression(after: isTuple ? "," : "(")
      inner = inner ?? element
      elements.append(element.id)
      if isPanicking || kind != .comma { break }
      advance()
      isTuple = true
    }
    if elements.isEmpty {
      if !isPanicking, kind.endsLine, tokens[opener].payload >= 0 { failWithoutOperand(after: "(") }
      elements.append(missing())
    }
    let isSound = isSound(upTo: opener)
    close(opener)
    let range = start.union(previousRange)
    if !isSound { return Operand(id: missing(), range: range) }
    if isTuple { return Operand(id: addTuple(elements, at: range), range: range) }
    return Operand(id: elements[0], range: range)
  }

  mutating func addTuple(_ elements: [ExpressionID], at range: SourceRange) -> ExpressionID {
    tree.add(.tuple(addElements(elements)), at: range)
  }
  private mutating func addElements(_ elements: [ExpressionID]) -> SyntaxSlice {
    let slice = SyntaxSlice(start: Int32(tree.elements.count), count: Int32(elements.count))
    tree.elements += elements
    return slice
  }

  // [a, b]
  private mutating func parseList() -> Operand {
    let opener = position
    let start = current.range
    advance()
    var elements: [ExpressionID] = []
    while !isPanicking, kind != .rightBracket, !kind.endsLine {
      if kind == .colon || kind == .ellipsis {
        fail(.expectedExpression(after: nil, found: description(of: current), hint: "a slice stands behind what it slices: `x[1:n]`"))
        break
      }
      elements.append(parseExpression(after: elements.isEmpty ? "[" : ",").id)
      if isPanicking || !accept(.comma) { break }
    }
    if !isSound(upTo: opener) { elements.append(missing()) }
    close(opener)
    let range = start.union(previousRange)
    return add(.list(addElements(elements)), at: range)
  }

  // f(a, b, name=c)
  private mutating func parseCall(_ name: NameID, _ start: SourceRange) -> Operand {
    let opener = position
    let isEinsum = tree.names[name] == "einsum"
    advance()
    var arguments: [ArgumentSyntax] = []
    var isMisordered = false
    while !isPanicking, kind != .rightParenthesis, !kind.endsLine {
      var label: Identifier?
      if kind(at: 1) == .assign, kind == .name {
        label = Identifier(name: NameID(index: current.payload), range: current.range)
        advance()
        advance()
      }
      let value: ExpressionID
      if kind == .text, isEinsum, arguments.isEmpty {
        value = tree.add(.text(stream.texts[Int(current.payload)]), at: current.range)
        advance()
      } else {
        let operand = parseExpression(after: label != nil ? "=" : arguments.isEmpty ? "(" : ",")
        value = operand.id
        if label == nil, arguments.last?.label != nil {
          report(.positionalAfterNamed, at: operand.range)
          isMisordered = true
        }
      }
      arguments.append(ArgumentSyntax(label: label, value: value))
      if isPanicking || !accept(.comma) { break }
    }
    if !isSound(upTo: opener) || isMisordered { arguments.append(ArgumentSyntax(label: nil, value: missing())) }
    close(opener)
    let slice = SyntaxSlice(start: Int32(tree.arguments.count), count: Int32(arguments.count))
    tree.arguments += arguments
    return add(.call(name, arguments: slice), at: start.union(previousRange))
  }
}
