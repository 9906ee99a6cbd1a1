import GradIR

extension SyntaxError {
  /// The diagnostic's id, message and hint.
  private var words: (id: String, message: String, hint: String?) {
    switch self {
    case .notUTF8(let byte):
      let digits = String(byte, radix: 16, uppercase: true)
      return (
        "syntax.encoding", "the file is not UTF-8: found the byte 0x\(digits.count < 2 ? "0" : "")\(digits)", "save the file as UTF-8"
      )
    case .notText: return ("syntax.encoding", "the file is not text in UTF-8", "save a text as UTF-8, not as UTF-16")
    case .strayCharacters(let text):
      let shown = Self.visible(text)
      let isNameLike = text.utf8.contains { $0 >= 0x80 } && text.unicodeScalars.contains { $0.properties.isAlphabetic }
      return (
        "syntax.character", text.unicodeScalars.count == 1 ? "unexpected character `\(shown)`" : "unexpected characters `\(shown)`",
        isNameLike ? "names are made of the letters A to Z, a to z, digits and `_`" : nil
      )
    case .foreignSpelling(let text, let hint): return ("syntax.operator", "`\(Self.visible(text))` is not part of the language", hint)
    case .doubleSlash:
      return ("syntax.operator", "`//` is not part of the language", "a comment starts with `#`; floor division is `floor_divide(a, b)`")
    case .apostrophe: return ("syntax.operator", "`'` is not part of the language", "a transposition is written `.T`")
    case .singleQuotes: return ("syntax.text", "a text stands in double quotes", "write `\"…\"`")
    case .unterminatedText: return ("syntax.text", "the text is not closed on its line", "`\"` is missing at its end")
    case .malformedNumber(let text):
      return ("syntax.number", "`\(text)` is not a number", Self.mend(ofNumber: text))
    case .integerTooLarge(let text):
      return ("syntax.number", "the integer \(text) does not fit 64 bits", "write it with a point to make it a float: `\(text).0`")
    case .floatTooLarge(let text): return ("syntax.number", "the number \(text) is beyond the range of f64", "infinity is `inf`")

    case .unclosed(let opener, let closer): return ("syntax.bracket", "this `\(opener)` is not closed", "`\(closer)` is missing")
    case .unopened(let closer):
      let opener = closer == ")" ? "(" : closer == "]" ? "[" : "{"
      return ("syntax.bracket", "`\(closer)` closes nothing: no `\(opener)` is open here", nil)
    case .nestedTooDeeply(let limit):
      return ("syntax.depth", "the expression is nested more than \(limit) levels deep", "name its parts in definitions of their own")

    case .expectedExpression(let after, let found, let hint):
      let place = after.map { " after `\($0)`" } ?? ""
      return ("syntax.expression", "expected an expression\(place), found \(found)", hint)
    case .expected(let what, let found, let hint): return ("syntax.expected", "expected \(what), found \(found)", hint)
    case .missingOperator(let found, let hint):
      return ("syntax.expected", "expected an operator or the end of the line, found \(found)", hint)
    case .assignmentInExpression:
      return ("syntax.assignment", "`=` cannot stand in an expression", "equality is `==`")
    case .chainedComparison: return ("syntax.comparison", "comparisons do not chain", "write `a < b and b < c`")
    case .looseOperand(let word):
      return ("syntax.operand", "`\(word)` binds looser than the operator before it", "put `\(word) …` in parentheses")
    case .unaryPlus: return ("syntax.operator", "there is no unary `+`", "leave it out")
    case .typeAsValue(let name): return ("syntax.type", "`\(name)` is a type, not a value", "a cast is written `\(name)(x)`")
    case .textOutsideEinsum: return ("syntax.text", "a text stands only as the first argument of `einsum`", nil)
    case .calledValue(let what): return ("syntax.call", "\(what) cannot be called", "only a name can: a product is written with `*`")
    case .unknownAttribute(let name, let hint):
      return ("syntax.attribute", "values have no attribute `.\(name)`; there is only `.T`", hint)
    case .positionalAfterNamed:
      return ("syntax.argument", "an argument without a name follows one with a name", "put the arguments without names first")
    case .emptyTuple: return ("syntax.expression", "`()` holds no value", nil)
    case .emptyIndex: return ("syntax.index", "the index is empty", "all of `x` is `x`")
    case .ellipsisOutsideIndex: return ("syntax.index", "`...` stands only in an index", nil)
    case .tooManyEllipses: return ("syntax.index", "an index has one `...` at most", nil)

    case .reservedName(let word, let role):
      return ("syntax.reserved", "`\(word)` is a reserved word and cannot name \(role)", "call it `\(word)_` or otherwise")
    case .unknownStatement(let word, let hint):
      return (
        "syntax.statement", "`\(word)` begins no statement",
        hint ?? "a statement begins with dim, precision, input, param, fn or output, or is a definition `name = …`"
      )
    case .loneExpression(let hint): return ("syntax.statement", "an expression alone is not a statement", hint)
    case .assignmentToPart:
      return (
        "syntax.statement", "a part of a value cannot be defined", "every name is defined once, as a whole: see `stack`, `concat`, `where`"
      )
    case .secondAssignment:
      return ("syntax.assignment", "a definition has one `=`", "equality is `==`; each definition stands on a line of its own")
    case .semicolonInModel:
      return ("syntax.semicolon", "`;` stands only between a function's braces", "put each statement on a line of its own")
    case .typedTargets: return ("syntax.type", "a type can be given to a single name only", "define the names one by one")
    case .missingType(let kind, let name):
      return ("syntax.type", "\(kind) `\(name)` needs a type", "write `\(kind) \(name): [n]`, or `\(kind) \(name): []` for a scalar")
    case .inputWithInitializer(let name):
      return (
        "syntax.initializer", "an input has no initializer: its data is given at each call", "a value to be learnt is `param \(name): …`"
      )
    case .nestedFunction:
      return ("syntax.function", "a function cannot be defined inside a function", "move it out: a function sees the model's names")
    case .statementInFunction(let word):
      return ("syntax.function", "`\(word)` cannot stand in a function", "a function holds definitions and ends with `return`")
    case .definitionAfterReturn: return ("syntax.function", "nothing can follow a function's `return`", "move it before the `return`")
    case .missingReturn(let name): return ("syntax.function", "function `\(name)` has no `return`", "end it with `return …`")
    case .returnOutsideFunction:
      return ("syntax.statement", "`return` stands only between a function's braces", "what the model returns is listed by `output`")
    case .typedParameter:
      return ("syntax.function", "a function's parameter has no type", "a function is checked at each call for the types it meets")
    case .wrongPrecision(let found): return ("syntax.precision", "expected f32 or f64 after `precision`, found \(found)", nil)
    case .expectedDefault(let name):
      return ("syntax.function", "parameter `\(name)` follows one with a default and has none", "put the parameters without defaults first")
    case .severalOnOneLine(let kind):
      return ("syntax.statement", "`\(kind)` declares one name", "give each a line of its own: `\(kind) name: type`")
    }
  }

  func diagnostic(at range: SourceRange) -> Diagnostic {
    let words = words
    return Diagnostic(words.id, words.message, at: range, hint: words.hint)
  }

  /// A text with control characters spelt out and what is too long cut.
  static func visible(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars.prefix(24) {
      if scalar.value < 0x20 || scalar.properties.isWhitespace || scalar.properties.generalCategory == .format {
        result += "U+\(String(scalar.value, radix: 16, uppercase: true))"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return text.unicodeScalars.count > 24 ? result + "…" : result
  }

  private static func mend(ofNumber text: String) -> String? {
    if text.hasPrefix("0x") || text.hasPrefix("0b") { return "numbers are decimal: `16`, `2.5`, `1e-3`" }
    let letters = text.drop { $0.isNumber || $0 == "." }
    if text.contains("_") { return "digits are not grouped: `\(String(text.filter { $0 != "_" }))`" }
    if letters.first == "e" || letters.first == "E" { return "an exponent has digits: `2e-3`" }
    if let first = letters.first, first.isLetter {
      return "a product is written with `*`: `\(text.dropLast(letters.count))*\(letters)`"
    }
    return text.filter { $0 == "." }.count > 1 ? "a number has one point" : nil
  }
}
