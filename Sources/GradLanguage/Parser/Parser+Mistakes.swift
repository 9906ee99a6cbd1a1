import GradIR

extension Parser {
  /// True of a name that begins no definition, which is then reported with what was probably meant.
  mutating func failsAsDefinition() -> Bool {
    let word = spelling(current)
    switch kind(at: 1) {
    case .assign, .comma, .colon, .invalid: return false
    case .equal:
      fail(.expected("`=`", found: "`==`", hint: "a definition has one `=`"), at: tokens[position + 1].range)
    case .tilde: fail(.unknownStatement(word, hint: "a value to be learnt is `param \(word): [] ~ …`"))
    case .leftBracket:
      let closer = Int(tokens[position + 1].payload)
      let assigns = closer >= 0 && closer + 1 < tokens.count && tokens[closer + 1].kind == .assign
      fail(assigns ? .assignmentToPart : .loneExpression(hint: "give it a name: `y = \(word)[…]`"))
    case .leftParenthesis:
      let closer = Int(tokens[position + 1].payload)
      let following = closer >= 0 && closer + 1 < tokens.count ? tokens[closer + 1].kind : .end
      if following == .assign || following == .leftBrace {
        fail(.unknownStatement(word, hint: "a function is defined by `fn \(word)(…) \(following == .assign ? "= …" : "{ … }")`"))
      } else if word == "print" {
        fail(.unknownStatement(word, hint: "what the model returns is listed by `output …`"))
      } else {
        fail(.loneExpression(hint: "give it a name: `y = \(word)(…)`, or return it: `output y = \(word)(…)`"))
      }
    case .newline, .end, .semicolon, .rightBrace:
      fail(.loneExpression(hint: "a definition is `\(word) = …`; what the model returns is listed by `output \(word)`"))
    case let next where next.isBinaryOperator || next == .dot:
      fail(.loneExpression(hint: "give it a name: `y = …`, or return it: `output y = …`"))
    default: fail(.unknownStatement(word, hint: Self.hint(forStatement: word)))
    }
    return true
  }

  /// Reports a token with which no statement begins.
  mutating func failWithoutStatement() {
    let word = spelling(current)
    if kind.isCloser { return fail(.unopened(closer: word)) }
    if kind == .invalid { return fail(.unknownStatement(word, hint: nil)) }
    if word.utf8.first?.isNameStart ?? false {
      switch kind(at: 1) {
      case .assign, .colon: return fail(.reservedName(word, role: "a definition"))
      default:
        let hint = word == "if" ? "a choice is an expression: `y = if c then a else b`" : nil
        return fail(.unknownStatement(word, hint: hint))
      }
    }
    switch kind {
    case .integer, .float, .leftParenthesis, .leftBracket, .minus, .text:
      fail(.loneExpression(hint: "give it a name: `y = …`"))
    default: fail(.expected("a statement", found: description(of: current), hint: nil))
    }
  }

  /// The likely mend for a word that begins a statement in another language, or one misspelt.
  private static func hint(forStatement word: String) -> String? {
    switch word {
    case "let", "var", "const", "val", "auto", "float", "double", "int", "real", "tensor": return "a definition is `name = …`"
    case "def", "func", "function", "fun", "lambda": return "a function is `fn f(x) = …`"
    case "for", "while", "loop", "repeat": return "a loop is `fold(f, init, xs)`, `scan(f, init, xs)` or `map(f, xs)`"
    case "import", "from", "include", "using", "use": return "a model is one file and imports nothing"
    case "class", "struct", "type", "enum": return "a model has dims, inputs, params, definitions and functions only"
    case "dims", "dimension", "dimensions", "symbol": return "a dimension is declared by `dim`"
    case "parameter", "parameters", "params", "weight", "weights": return "a value to be learnt is declared by `param`"
    case "inputs", "placeholder": return "data is declared by `input`"
    case "outputs", "result", "print": return "what the model returns is listed by `output`"
    default:
      let words = ["dim", "precision", "input", "param", "fn", "return", "output"]
      return nearest(to: word, among: words).map { "did you mean `\($0)`?" }
    }
  }
}

/// The candidate nearest to a word by insertions, deletions, exchanges and swaps, if it is near enough to be meant.
package func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
  let limit = max(1, min(3, word.utf8.count / 3))
  var best: (distance: Int, word: String)?
  for candidate in candidates where candidate != word {
    guard abs(candidate.utf8.count - word.utf8.count) <= limit else { continue }
    let distance = editDistance(Array(word.utf8), Array(candidate.utf8))
    guard distance <= limit, distance < min(word.utf8.count, candidate.utf8.count) else { continue }
    if best.map({ distance < $0.distance || (distance == $0.distance && candidate < $0.word) }) ?? true { best = (distance, candidate) }
  }
  return best?.word
}

private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
  guard left.count <= 64, right.count <= 64 else { return .max }
  var beforePrevious: [Int] = []
  var previous = Array(0...right.count)
  for row in 0..<left.count {
    var next = [row + 1]
    for column in 0..<right.count {
      let folded = left[row] | 0x20 == right[column] | 0x20
      var cost = min(previous[column + 1] + 1, next[column] + 1, previous[column] + (folded ? 0 : 1))
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        cost = min(cost, beforePrevious[column - 1] + 1)
      }
      next.append(cost)
    }
    (beforePrevious, previous) = (previous, next)
  }
  return previous[right.count]
}
