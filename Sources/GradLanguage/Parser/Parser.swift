import GradIR

/// Tokens → syntax, with every mistake of the text reported once.
///
/// After a mistake the parser keeps silent (`isPanicking`) up to the end of the innermost bracket that is known to close, else
/// to the end of the statement, and goes on from there. Chains of operators, of `else if` and of postfixes are loops; what does
/// nest is limited to `depthLimit` levels.
public struct Parser {
  /// The deepest nesting of brackets and of expressions in conditions.
  static let depthLimit = 200
  /// What is no model at all, such as random bytes, is not worth more messages than this.
  static let diagnosticLimit = 1000

  let stream: TokenStream
  let tokens: [Token]
  var position = 0
  var tree: SyntaxTables
  var diagnostics: [Diagnostic]
  /// Where the lexer has reported something: the same characters are not worth a second word.
  private let placesOfLexer: Set<Int32>
  var isPanicking = false
  var depth = 0
  var stack = DeepStack()
  /// The first token of the statement under way.
  var statementStart = 0
  /// Operands and operators of the expressions under way, each expression above the ones it stands in.
  var operands: [Operand] = []
  var operators: [PendingOperator] = []

  /// The syntax of a text and what is wrong with it.
  public static func parse(_ source: SourceFile) -> (tree: SyntaxTree, diagnostics: [Diagnostic]) {
    var parser = Parser(source)
    parser.parseModel()
    var diagnostics = parser.diagnostics.sortedByPlace()
    if diagnostics.count > diagnosticLimit {
      let rest = diagnostics.count - diagnosticLimit
      diagnostics = Array(diagnostics.prefix(diagnosticLimit))
      diagnostics.append(Diagnostic("syntax.many", "\(rest) more mistakes are not shown", at: diagnostics.last?.range))
    }
    return (SyntaxTree(parser.tree), diagnostics)
  }

  private init(_ source: SourceFile) {
    stream = Lexer.tokens(of: source)
    tokens = StatementEnds.insert(into: stream.tokens)
    tree = SyntaxTables(source: source, names: stream.names)
    diagnostics = stream.diagnostics
    placesOfLexer = Set(stream.diagnostics.compactMap { $0.range?.lower })
  }

  // MARK: Tokens

  var current: Token { tokens[position] }
  var kind: TokenKind { tokens[position].kind }
  func kind(at distance: Int) -> TokenKind {
    let index = position + distance
    return index < tokens.count ? tokens[index].kind : .end
  }

  /// Goes to the next token; the last one, `end`, is never passed.
  mutating func advance() {
    if position + 1 < tokens.count { position += 1 }
  }
  mutating func accept(_ wanted: TokenKind) -> Bool {
    guard kind == wanted else { return false }
    advance()
    return true
  }
  /// The range of the token before the current one.
  var previousRange: SourceRange { tokens[max(0, position - 1)].range }

  func spelling(_ token: Token) -> String { tree.source.text(in: token.range) }

  /// A token as messages name it.
  func description(of token: Token) -> String {
    switch token.kind {
    case .newline: return "the end of the line"
    case .end: return "the end of the file"
    default: return "`\(SyntaxError.visible(spelling(token)))`"
    }
  }

  // MARK: Mistakes

  /// Reports a mistake, unless one is already being recovered from.
  mutating func report(_ error: SyntaxError, at range: SourceRange) {
    guard !isPanicking, !placesOfLexer.contains(range.lower) else { return }
    diagnostics.append(error.diagnostic(at: range))
  }
  /// Reports a mistake at the current token and begins to recover. What the lexer reported is not reported again.
  mutating func fail(_ error: SyntaxError, at range: SourceRange? = nil) {
    if kind != .invalid { report(error, at: range ?? placeOfCurrent) }
    isPanicking = true
  }
  /// Where to point to for the current token: the end of a line is marked behind its last character.
  var placeOfCurrent: SourceRange {
    guard kind.endsLine, position > 0 else { return current.range }
    let end = Int(previousRange.upper)
    return SourceRange(end, end + 1)
  }
  mutating func missing() -> ExpressionID { tree.add(.missing, at: placeOfCurrent) }

  // MARK: The model

  private mutating func parseModel() {
    while true {
      while accept(.newline) {}
      if kind == .end { return }
      let start = position
      statementStart = position
      parseStatement()
      finishStatement()
      // Progress is certain: a token that begins nothing is passed here.
      if position == start { advance() }
    }
  }

  /// Ends a statement of the model: nothing may follow it on its line.
  private mutating func finishStatement() {
    // A function whose brace is missing ends before the next statement, its last line's end passed.
    if !isPanicking, !kind.endsLine, tokens[max(0, position - 1)].kind != .newline {
      if kind == .semicolon {
        report(.semicolonInModel, at: current.range)
        advance()
        return
      }
      fail(trailingError())
    }
    if isPanicking { skipStatement() }
  }

  /// Passes the rest of a statement, a function's braces as a whole.
  mutating func skipStatement() {
    noteDoubtfulNames()
    while !kind.endsLine {
      if kind == .leftBrace, current.payload >= 0 { position = Int(current.payload) }
      advance()
    }
    isPanicking = false
  }

  /// Keeps the names that a statement with a mistake may have meant to declare: of its line those
  /// before the first `=`, and each that stands just before another.
  mutating func noteDoubtfulNames() {
    var index = statementStart
    var isFirst = true
    while !tokens[index].kind.endsLine {
      if tokens[index].kind == .assign { isFirst = false }
      if tokens[index].kind == .name, isFirst || tokens[index + 1].kind == .assign {
        tree.doubtfulNames.insert(NameID(index: tokens[index].payload))
      }
      index += 1
    }
  }

  /// What to say of a token that stands where a statement should have ended.
  mutating func trailingError() -> SyntaxError {
    switch kind {
    case .assign: return .secondAssignment
    case .rightParenthesis, .rightBracket, .rightBrace: return .unopened(closer: spelling(current))
    case .colon: return .missingOperator(found: "`:`", hint: "a type stands behind the name: `y: [n] = …`")
    case .tilde: return .missingOperator(found: "`~`", hint: "`~` gives the initializer of a param: `param w: [n] ~ zeros`")
    case .then, .else: return .missingOperator(found: description(of: current), hint: "a choice is written `if c then a else b`")
    case .leftBrace: return .missingOperator(found: "`{`", hint: "braces enclose the body of a function: `fn f(x) { … }`")
    case .name where spelling(current) == "if": return .missingOperator(found: "`if`", hint: nil)
    case .if: return .missingOperator(found: "`if`", hint: "a choice is written `if c then a else b`")
    case .name, .integer, .float, .leftParenthesis, .text:
      let beginsDefinition = kind == .name && kind(at: 1) == .assign
      return .missingOperator(
        found: description(of: current),
        hint: beginsDefinition
          ? "each definition stands on a line of its own"
          : "a product is written with `*`; each statement stands on a line of its own")
    default: return .missingOperator(found: description(of: current), hint: nil)
    }
  }
}

/// A part of an expression under way; `range` includes the parentheses around it.
struct Operand {
  var id: ExpressionID
  var range: SourceRange
}

extension [Diagnostic] {
  /// In the order of the text; the order of those at one place stays.
  func sortedByPlace() -> [Diagnostic] {
    enumerated().sorted { left, right in
      let leftPlace = left.element.range?.lower ?? -1
      let rightPlace = right.element.range?.lower ?? -1
      return leftPlace == rightPlace ? left.offset < right.offset : leftPlace < rightPlace
    }.map(\.element)
  }
}
