import GradIR

/// What a token is. Each reserved word has a kind of its own, except the number types, which share `type`.
enum TokenKind: UInt8, Hashable, Sendable {
  // Operands: `payload` is the name's id, the index of the number or of the text.
  case name, integer, float, text, type
  // Words that begin a statement.
  case dim, precision, input, param, fn, `return`, output
  // Words within expressions.
  case `if`, then, `else`, and, or, not
  case `true`, `false`, inf, nan, pi
  // Operators.
  case plus, minus, star, slash, at, caret
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  // Brackets: `payload` is the index of the partner, or -1.
  case leftParenthesis, rightParenthesis, leftBracket, rightBracket, leftBrace, rightBrace
  // Punctuation.
  case assign, comma, colon, semicolon, tilde, dot, ellipsis
  /// The end of a statement: inserted by `StatementEnds`.
  case newline
  /// The end of the text.
  case end
  /// What the lexer has already complained about.
  case invalid

  /// True of the operators that may stand between two operands, so that a line that ends or begins with one goes on.
  var isBinaryOperator: Bool {
    switch self {
    case .plus, .minus, .star, .slash, .at, .caret, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual,
      .and, .or:
      true
    default: false
    }
  }
  /// True of a word that can only begin a statement.
  var beginsStatement: Bool {
    switch self {
    case .dim, .precision, .input, .param, .fn, .return, .output: true
    default: false
    }
  }
  var isOpener: Bool { self == .leftParenthesis || self == .leftBracket || self == .leftBrace }
  var isCloser: Bool { self == .rightParenthesis || self == .rightBracket || self == .rightBrace }
  /// The end of a statement or of the text.
  var endsLine: Bool { self == .newline || self == .end }
}

/// A token: its kind, its place and a number that belongs to the kind.
struct Token: Hashable, Sendable {
  var kind: TokenKind
  /// True of the first token of its line.
  var startsLine: Bool
  var range: SourceRange
  var payload: Int32
}

/// A text cut into tokens, with the tables that their payloads point into.
struct TokenStream: Sendable {
  var tokens: [Token] = []
  var names = NameTable()
  /// Magnitudes of integer literals: 2^63 is kept, for it may stand behind a minus.
  var integers: [UInt64] = []
  var floats: [Double] = []
  var texts: [String] = []
  var diagnostics: [Diagnostic] = []
}

extension TokenKind {
  init(_ word: ReservedWord) {
    self =
      switch word {
      case .dim: .dim
      case .precision: .precision
      case .input: .input
      case .param: .param
      case .fn: .fn
      case .return: .return
      case .output: .output
      case .if: .if
      case .then: .then
      case .else: .else
      case .and: .and
      case .or: .or
      case .not: .not
      case .true: .true
      case .false: .false
      case .inf: .inf
      case .nan: .nan
      case .pi: .pi
      case .f32, .f64, .i32, .i64, .bool: .type
      }
  }
}
