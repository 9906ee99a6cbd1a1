/// Finds the partner of every bracket and the ends of statements.
///
/// A statement ends at the end of its line; it goes on
/// - inside `(` and `[`, unless they are never closed or a statement begins where none can stand: then the bracket is the mistake,
///   and it must not swallow the statements after it;
/// - after a binary operator, `=`, `then`, `else` or a comma at the end of a line;
/// - when the next line that is not blank or a comment starts with a binary operator, `then` or `else`.
///
/// Within `{ }` the same holds line by line.
struct StatementEnds {
  /// How many brackets of other kinds a closing bracket may leave unclosed.
  private static let reach = 64
  private var tokens: [Token]
  private var partners: [Int]

  /// The tokens with `newline`s between the statements and each bracket's partner as its payload (-1: none).
  static func insert(into tokens: [Token]) -> [Token] {
    var pass = StatementEnds(tokens: tokens, partners: Array(repeating: -1, count: tokens.count))
    pass.matchBrackets()
    return pass.insertNewlines()
  }

  private mutating func matchBrackets() {
    var open: [Int] = []
    for index in tokens.indices {
      if tokens[index].startsLine, let last = open.last, tokens[last].kind != .leftBrace, mustBeginStatement(index) {
        while let last = open.last, tokens[last].kind != .leftBrace { open.removeLast() }
      }
      let kind = tokens[index].kind
      if kind.isOpener {
        open.append(index)
      } else if kind.isCloser {
        let wanted: TokenKind =
          kind == .rightParenthesis ? .leftParenthesis : kind == .rightBracket ? .leftBracket : .leftBrace
        var depth = open.count - 1
        // A closer of one kind does not reach out of the braces around it.
        // The reach is bounded, so that a long run of wrong brackets costs linear time.
        let bottom = max(-1, open.count - 1 - Self.reach)
        while depth > bottom, tokens[open[depth]].kind != wanted, wanted == .leftBrace || tokens[open[depth]].kind != .leftBrace {
          depth -= 1
        }
        guard depth > bottom, tokens[open[depth]].kind == wanted else { continue }
        partners[index] = open[depth]
        partners[open[depth]] = index
        open.removeSubrange(depth...)
      }
    }
  }

  /// True of the first token of a line that cannot go on with an expression.
  private func mustBeginStatement(_ index: Int) -> Bool {
    let token = tokens[index]
    if token.kind.beginsStatement { return true }
    guard token.kind == .name, index + 1 < tokens.count, tokens[index + 1].kind == .assign, index > 0 else { return false }
    // After a comma or an opening parenthesis `name =` is an argument or an output's item.
    switch tokens[index - 1].kind {
    case .comma, .leftParenthesis: return false
    default: return true
    }
  }

  private func goesOn(before index: Int) -> Bool {
    let next = tokens[index].kind
    if next.isBinaryOperator || next == .then || next == .else { return true }
    let last = tokens[index - 1].kind
    guard last.isBinaryOperator || last == .assign || last == .then || last == .else || last == .comma else { return false }
    return !mustBeginStatement(index)
  }

  private func insertNewlines() -> [Token] {
    var result: [Token] = []
    result.reserveCapacity(tokens.count + tokens.count / 8)
    // Openers that have a partner, by their place in the result.
    var open: [(kind: TokenKind, place: Int)] = []
    for index in tokens.indices {
      var token = tokens[index]
      if token.startsLine, index > 0 {
        let encloses = open.last.map { $0.kind != .leftBrace } ?? false
        if !encloses, !goesOn(before: index) {
          let end = tokens[index - 1].range.upper
          result.append(Token(kind: .newline, startsLine: false, range: .init(Int(end), Int(end)), payload: 0))
        }
      }
      if token.kind.isOpener || token.kind.isCloser {
        if partners[index] < 0 {
          token.payload = -1
        } else if token.kind.isOpener {
          open.append((token.kind, result.count))
        } else if let partner = open.popLast() {
          token.payload = Int32(clamping: partner.place)
          result[partner.place].payload = Int32(clamping: result.count)
        }
      }
      result.append(token)
    }
    return result
  }
}
