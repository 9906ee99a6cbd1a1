import GradIR

extension Parser {
  mutating func parseStatement() {
    // `input = 3` defines a name that is reserved.
    if kind.beginsStatement, kind(at: 1) == .assign { return failWithoutStatement() }
    switch kind {
    case .dim: parseDimensions()
    case .precision: parsePrecision()
    case .input: parseParameter(.input)
    case .param: parseParameter(.param)
    case .fn: parseFunction()
    case .output: parseOutputs()
    case .return: fail(.returnOutsideFunction)
    case .name: if let id = parseDefinition() { tree.statements.append(.definition(id)) }
    default: failWithoutStatement()
    }
  }

  /// A name, or a reserved word in its place, which is reported and taken for one.
  mutating func parseName(_ role: String) -> Identifier? {
    let token = current
    if token.kind == .name {
      advance()
      return Identifier(name: NameID(index: token.payload), range: token.range)
    }
    if isReservedWord(token.kind) {
      report(.reservedName(spelling(token), role: role), at: token.range)
      advance()
      return Identifier(name: NameID(index: token.payload), range: token.range)
    }
    fail(.expected("the name of \(role)", found: description(of: token), hint: nil))
    return nil
  }

  private func isReservedWord(_ kind: TokenKind) -> Bool {
    switch kind {
    case .type, .dim, .precision, .input, .param, .fn, .return, .output, .if, .then, .else, .and, .or, .not, .true, .false,
      .inf, .nan, .pi:
      // Operators that stand for what was typed (`&&`) are no words.
      spelling(current).utf8.first?.isNameStart ?? false
    default: false
    }
  }

  // dim a, b = 4
  private mutating func parseDimensions() {
    advance()
    let first = tree.dimensions.count
    repeat {
      guard let identifier = parseName("a dim") else { break }
      var size: ExpressionID?
      if accept(.assign) { size = parseExpression(after: "=").id }
      tree.dimensions.append(DimensionSyntax(identifier: identifier, size: size))
      if !isPanicking, kind == .colon {
        fail(.expected("`,`, `=` or the end of the line", found: "`:`", hint: "a dim is an integer and has no type"))
      }
    } while !isPanicking && accept(.comma)
    tree.statements.append(.dimensions(first..<tree.dimensions.count))
  }

  // precision f64
  private mutating func parsePrecision() {
    let start = current.range
    advance()
    guard kind == .type, let dtype = DType(name: spelling(current)), dtype.isFloat else {
      return fail(.wrongPrecision(found: description(of: current)))
    }
    tree.precisions.append(PrecisionSyntax(dtype: dtype, range: start.union(current.range)))
    tree.statements.append(.precision(tree.precisions.count - 1))
    advance()
  }

  // input x: T · param w: T ~ initializer
  private mutating func parseParameter(_ parameterKind: ParameterSyntax.Kind) {
    let word = spelling(current)
    let start = current.range
    advance()
    guard let identifier = parseName(parameterKind == .input ? "an input" : "a param") else { return }
    if kind == .comma { return fail(.severalOnOneLine(kind: word)) }
    guard accept(.colon) else {
      return fail(
        kind.endsLine || kind == .tilde
          ? .missingType(kind: word, name: tree.names[identifier.name])
          : .expected("`:` and a type", found: description(of: current), hint: "write `\(word) \(tree.names[identifier.name]): [n]`"))
    }
    guard let type = parseType() else { return }
    var parameter = ParameterSyntax(kind: parameterKind, identifier: identifier, type: type, range: start.union(type.range))
    if kind == .tilde {
      if parameterKind == .input { report(.inputWithInitializer(tree.names[identifier.name]), at: current.range) }
      advance()
      let initializer = parseInitializer()
      if parameterKind == .param { parameter.initializer = initializer }
      parameter.range = start.union(previousRange)
    } else if kind == .assign {
      fail(
        .expected(
          parameterKind == .param ? "`~` or the end of the line" : "the end of the line", found: "`=`",
          hint: parameterKind == .param
            ? "an initializer follows `~`: `~ zeros`, `~ constant(0.5)`" : "a fixed value is a definition: `y = …`"))
    } else if kind == .comma {
      fail(.severalOnOneLine(kind: word))
    }
    tree.parameters.append(parameter)
    tree.statements.append(.parameter(tree.parameters.count - 1))
  }

  /// What follows `~`: a name, with arguments or not.
  private mutating func parseInitializer() -> ExpressionID? {
    guard kind == .name else {
      let hint =
        kind == .integer || kind == .float || kind == .minus
        ? "a constant is `constant(\(spelling(current)))`"
        : "initializers are zeros, ones, constant(c), normal(std), uniform(lo, hi), glorot, he"
      fail(.expected("an initializer", found: description(of: current), hint: hint))
      return nil
    }
    return parsePrimary().id
  }

  // f32[batch, 3] · [n] · i32
  mutating func parseType() -> TypeSyntax? {
    let start = current.range
    var type = TypeSyntax(dtype: nil, shape: [], range: start)
    if kind == .type {
      type.dtype = DType(name: spelling(current))
      advance()
      guard kind == .leftBracket else { return type }
    } else if kind == .name {
      fail(.expected("a type", found: description(of: current), hint: "number types are f32, f64, i32, i64 and bool; a shape is `[n, 3]`"))
      return nil
    }
    guard kind == .leftBracket else {
      fail(.expected("a type", found: description(of: current), hint: "a type is `f32[n, 3]`, `[n, 3]` or `[]`"))
      return nil
    }
    let opener = position
    advance()
    var shape: [ExpressionID] = []
    while !isPanicking, kind != .rightBracket, !kind.endsLine {
      if kind == .colon || kind == .ellipsis {
        fail(.expected("a dimension", found: description(of: current), hint: "every dimension has a size: declare it by `dim n`"))
        break
      }
      shape.append(parseExpression(after: nil).id)
      if isPanicking || !accept(.comma) { break }
    }
    close(opener)
    type.shape = shape
    type.range = start.union(previousRange)
    return type
  }

  // y = expr · y: T = expr · a, b = expr · a, b = x, y
  mutating func parseDefinition() -> DefinitionID? {
    let start = current.range
    let firstExpression = tree.expressions.count
    if kind == .name, failsAsDefinition() { return nil }
    var targets: [Identifier] = []
    repeat {
      guard let target = parseName("a definition") else { return nil }
      targets.append(target)
    } while accept(.comma)
    var type: TypeSyntax?
    if kind == .colon {
      if targets.count > 1 { report(.typedTargets, at: current.range) }
      advance()
      guard let parsed = parseType() else { return nil }
      if targets.count == 1 { type = parsed }
      if kind == .comma {
        report(.typedTargets, at: current.range)
        isPanicking = true
        return nil
      }
    }
    guard accept(.assign) else {
      let hint = kind.endsLine ? "a definition is `\(tree.names[targets[0].name]) = …`" : nil
      fail(.expected("`=`", found: description(of: current), hint: hint))
      return nil
    }
    let value = parseValues(after: "=")
    tree.definitions.append(
      DefinitionSyntax(
        targets: targets, type: type, value: value, range: start.union(previousRange),
        expressions: firstExpression..<tree.expressions.count))
    return DefinitionID(index: Int32(tree.definitions.count - 1))
  }

  /// One expression, or several separated by commas, which are a tuple.
  mutating func parseValues(after word: String) -> ExpressionID {
    let first = parseExpression(after: word)
    guard !isPanicking, kind == .comma else { return first.id }
    var elements = [first.id]
    while !isPanicking, accept(.comma) { elements.append(parseExpression(after: ",").id) }
    return addTuple(elements, at: first.range.union(previousRange))
  }

  // output a, b = expr, grad(f, x)
  private mutating func parseOutputs() {
    advance()
    let first = tree.outputs.count
    repeat {
      let start = current.range
      var label: Identifier?
      if kind(at: 1) == .assign, kind == .name || isReservedWord(kind) {
        label = parseName("an output")
        advance()
      }
      let value = parseExpression(after: tokens[position - 1].kind == .newline ? nil : spelling(tokens[position - 1]))
      tree.outputs.append(OutputSyntax(label: label, value: value.id, range: start.union(previousRange)))
    } while !isPanicking && accept(.comma)
    tree.statements.append(.outputs(first..<tree.outputs.count))
  }
}
