import GradIR

extension Parser {
  // fn f(x, y=1) = expr · fn f(x) { definitions; return expr }
  mutating func parseFunction() {
    let start = current.range
    let firstExpression = tree.expressions.count
    advance()
    guard let identifier = parseName("a function") else { return }
    guard kind == .leftParenthesis else {
      return fail(.expected("`(` and the parameters", found: description(of: current), hint: "a function is `fn f(x) = …`"))
    }
    let (parameters, isSound) = parseParameters()
    if isPanicking { return }
    var function = FunctionSyntax(
      identifier: identifier, parameters: parameters, hasSoundParameters: isSound, definitions: [], result: ExpressionID(index: 0),
      range: start,
      expressions: firstExpression..<firstExpression)
    switch kind {
    case .assign:
      advance()
      if kind == .leftBrace {
        report(.expected("an expression after `=`", found: "`{`", hint: "leave out the `=`: `fn f(x) { … }`"), at: current.range)
        parseBody(of: &function)
      } else {
        function.result = parseValues(after: "=")
      }
    case .leftBrace: parseBody(of: &function)
    default:
      let hint = kind == .colon ? "a function is `fn f(x) = …` or `fn f(x) { … }`" : nil
      return fail(.expected("`=` or `{`", found: description(of: current), hint: hint))
    }
    function.range = start.union(previousRange)
    function.expressions = firstExpression..<tree.expressions.count
    tree.functions.append(function)
    tree.statements.append(.function(tree.functions.count - 1))
  }

  private mutating func parseParameters() -> (parameters: [FunctionParameterSyntax], isSound: Bool) {
    let opener = position
    advance()
    var parameters: [FunctionParameterSyntax] = []
    while !isPanicking, kind != .rightParenthesis, !kind.endsLine {
      guard let identifier = parseName("a parameter") else { break }
      var parameter = FunctionParameterSyntax(identifier: identifier, defaultValue: nil)
      if kind == .colon {
        report(.typedParameter, at: current.range)
        advance()
        _ = parseType()
      }
      if accept(.assign) {
        parameter.defaultValue = parseExpression(after: "=").id
      } else if parameters.last?.defaultValue != nil {
        report(.expectedDefault(parameter: tree.names[identifier.name]), at: identifier.range)
        // Calls that leave it out are not at fault.
        parameter.defaultValue = missing()
      }
      parameters.append(parameter)
      if isPanicking || !accept(.comma) { break }
    }
    let isSound = !isPanicking && position == Int(tokens[opener].payload)
    close(opener)
    return (parameters, isSound)
  }

  /// A function's braces: definitions, then `return`.
  private mutating func parseBody(of function: inout FunctionSyntax) {
    let opener = position
    let closer = Int(current.payload)
    let name = tree.names[function.identifier.name]
    advance()
    var hasResult = false
    var endReported = false
    while true {
      while kind == .newline || kind == .semicolon { advance() }
      if kind == .rightBrace || kind == .end { break }
      // Without its own brace the function ends where the model's statements go on.
      if closer < 0, kind.beginsStatement, kind != .return { break }
      let start = position
      statementStart = position
      if hasResult, !endReported {
        report(.definitionAfterReturn, at: current.range)
        endReported = true
      }
      switch kind {
      case .return:
        advance()
        let result = parseValues(after: "return")
        if !hasResult { function.result = result }
        hasResult = true
      case .fn:
        fail(.nestedFunction)
      case .dim, .precision, .input, .param, .output:
        fail(.statementInFunction(spelling(current)))
      case .name:
        if let id = parseDefinition() { function.definitions.append(id) }
      default:
        failWithoutStatement()
      }
      finishDefinition(closer)
      if position == start { advance() }
    }
    if !hasResult {
      report(.missingReturn(function: name), at: function.identifier.range)
      function.result = missing()
    }
    if kind == .rightBrace {
      advance()
    } else {
      report(.unclosed(opener: "{", closer: "}"), at: tokens[opener].range)
    }
  }

  /// Ends a definition in braces: at the end of the line, or before `;`, `return` and `}`.
  private mutating func finishDefinition(_ closer: Int) {
    if !isPanicking {
      switch kind {
      case .newline, .end, .semicolon, .return, .rightBrace: return
      default: fail(trailingError())
      }
    }
    noteDoubtfulNames()
    while !kind.endsLine, kind != .semicolon, kind != .return, kind != .rightBrace {
      if kind.isOpener, current.payload >= 0 { position = Int(current.payload) }
      advance()
    }
    isPanicking = false
  }
}
