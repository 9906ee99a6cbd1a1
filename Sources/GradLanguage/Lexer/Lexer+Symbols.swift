import GradIR

extension Lexer {
  /// What other languages write for something that the language has: reported, then read as what was meant.
  ///
  /// Longer spellings stand before their prefixes. Where nothing can stand for the spelling, the kind is `invalid`.
  private static let foreignSpellings: [(spelling: String, kind: TokenKind, hint: String)] = [
    ("**=", .invalid, "every name is defined once: give the new value a name of its own"),
    ("**", .caret, "a power is written `^`: `x^2`"),
    ("&&", .and, "write `and`"),
    ("||", .or, "write `or`"),
    ("===", .equal, "equality is `==`"),
    ("!==", .notEqual, "inequality is `!=`"),
    ("<>", .notEqual, "inequality is `!=`"),
    ("=>", .invalid, "greater or equal is `>=`; a function is `fn f(x) = …`"),
    ("=<", .lessOrEqual, "less or equal is `<=`"),
    ("->", .invalid, "a function has no result type: `fn f(x) = …`"),
    (":=", .assign, "a definition is written with `=`"),
    ("+=", .invalid, "every name is defined once: give the new value a name of its own"),
    ("-=", .invalid, "every name is defined once: give the new value a name of its own"),
    ("*=", .invalid, "every name is defined once: give the new value a name of its own"),
    ("/=", .invalid, "every name is defined once: give the new value a name of its own"),
    ("@=", .invalid, "every name is defined once: give the new value a name of its own"),
    ("^=", .invalid, "every name is defined once: give the new value a name of its own"),
    ("!", .not, "write `not`"),
    ("&", .and, "write `and`"),
    ("|", .or, "write `or`"),
    ("%", .slash, "the remainder is `remainder(a, b)`"),
    ("?", .invalid, "a choice is written `if c then a else b`"),
    ("\\", .invalid, "a line goes on inside parentheses or after an operator"),
  ]

  /// Characters beyond ASCII that mean something all the same.
  private static let foreignCharacters: [(character: String, kind: TokenKind?, hint: String)] = [
    ("−", .minus, "write the minus `-`"), ("–", .minus, "write the minus `-`"), ("×", .star, "write `*`"),
    ("·", .star, "write `*`"), ("⋅", .star, "write `*`"), ("÷", .slash, "write `/`"), ("≤", .lessOrEqual, "write `<=`"),
    ("≥", .greaterOrEqual, "write `>=`"), ("≠", .notEqual, "write `!=`"), ("π", .pi, "write `pi`"), ("∞", .inf, "write `inf`"),
    ("…", .ellipsis, "write three points `...`"), ("∧", .and, "write `and`"), ("∨", .or, "write `or`"), ("¬", .not, "write `not`"),
    ("\u{A0}", nil, "it is a space that does not break: type a plain one"), ("“", .invalid, "texts stand in plain quotes `\"`"),
    ("”", .invalid, "texts stand in plain quotes `\"`"), ("’", .invalid, "a transposition is written `.T`"),
    ("²", .invalid, "write `^2`"), ("³", .invalid, "write `^3`"), ("ᵀ", .invalid, "a transposition is written `.T`"),
    ("√", .invalid, "write `sqrt(x)`"), ("∂", .invalid, "a derivative is written `grad(y, x)` or `jacobian(y, x)`"),
    ("∇", .invalid, "a gradient is written `grad(f, x)`"), ("Σ", .invalid, "a sum is written `sum(x)`"),
  ]

  /// Operators and punctuation.
  mutating func symbol() {
    let start = offset
    let character = bytes[offset]
    let following = byte(at: 1)
    if character == UInt8(ascii: "/"), following == character { return doubleSlash() }
    for (spelling, kind, hint) in Self.foreignSpellings where spelling.utf8.first == character && stands(spelling) {
      // `!=` is no foreign spelling.
      if spelling == "!", following == UInt8(ascii: "=") { continue }
      offset += spelling.utf8.count
      report(.foreignSpelling(spelling, hint: hint), from: start)
      add(kind, from: start)
      return
    }
    let kind: TokenKind
    var length = 1
    switch (character, following) {
    case (UInt8(ascii: "="), UInt8(ascii: "=")): (kind, length) = (.equal, 2)
    case (UInt8(ascii: "!"), UInt8(ascii: "=")): (kind, length) = (.notEqual, 2)
    case (UInt8(ascii: "<"), UInt8(ascii: "=")): (kind, length) = (.lessOrEqual, 2)
    case (UInt8(ascii: ">"), UInt8(ascii: "=")): (kind, length) = (.greaterOrEqual, 2)
    case (UInt8(ascii: "="), _): kind = .assign
    case (UInt8(ascii: "<"), _): kind = .less
    case (UInt8(ascii: ">"), _): kind = .greater
    case (UInt8(ascii: "+"), _): kind = .plus
    case (UInt8(ascii: "-"), _): kind = .minus
    case (UInt8(ascii: "*"), _): kind = .star
    case (UInt8(ascii: "/"), _): kind = .slash
    case (UInt8(ascii: "@"), _): kind = .at
    case (UInt8(ascii: "^"), _): kind = .caret
    case (UInt8(ascii: "("), _): kind = .leftParenthesis
    case (UInt8(ascii: ")"), _): kind = .rightParenthesis
    case (UInt8(ascii: "["), _): kind = .leftBracket
    case (UInt8(ascii: "]"), _): kind = .rightBracket
    case (UInt8(ascii: "{"), _): kind = .leftBrace
    case (UInt8(ascii: "}"), _): kind = .rightBrace
    case (UInt8(ascii: ","), _): kind = .comma
    case (UInt8(ascii: ":"), _): kind = .colon
    case (UInt8(ascii: ";"), _): kind = .semicolon
    case (UInt8(ascii: "~"), _): kind = .tilde
    default: return stray()
    }
    offset += length
    add(kind, from: start)
  }

  private func stands(_ spelling: String) -> Bool { bytes[offset...].starts(with: spelling.utf8) }

  /// `//`: a comment in other languages, floor division in one. What follows is left alone if it was a comment.
  private mutating func doubleSlash() {
    let start = offset
    offset += 2
    let opensLine = startsLine
    report(.doubleSlash, from: start)
    if !opensLine { add(.invalid, from: start) }
    skipLine()
  }

  /// Characters beyond ASCII: one with a known meaning, or a run of them reported once.
  mutating func foreignCharacter() {
    let start = offset
    let length = bytes.lengthOfScalar(at: offset)
    let character = String(decoding: bytes[offset..<offset + max(1, length)], as: UTF8.self)
    if length > 0, let known = Self.foreignCharacters.first(where: { $0.character == character }) {
      offset += length
      report(.foreignSpelling(character, hint: known.hint), from: start)
      if let kind = known.kind { add(kind, from: start, payload: reservedPayload(kind)) }
      return
    }
    stray()
  }

  private mutating func reservedPayload(_ kind: TokenKind) -> Int {
    switch kind {
    case .pi: Int(stream.names.intern("pi").index)
    case .inf: Int(stream.names.intern("inf").index)
    default: 0
    }
  }

  /// A run of characters that mean nothing, with the letters that cling to it: `größe` is one mistake.
  private mutating func stray() {
    var start = offset
    var isEncoded = true
    while offset < bytes.count {
      let character = bytes[offset]
      let isStray =
        character >= 0x80 || character < 0x20 || character == 0x7F || character == UInt8(ascii: "$") || character == UInt8(ascii: "`")
      if character == UInt8(ascii: "\n") || character == UInt8(ascii: "\r") || character == UInt8(ascii: "\t") { break }
      guard isStray || (offset > start && character.isNamePart) else { break }
      let length = bytes.lengthOfScalar(at: offset)
      isEncoded = isEncoded && length > 0
      offset += max(1, length)
    }
    if offset == start { offset += 1 }
    // Letters before the run belong to the same word.
    if let last = stream.tokens.last, Int(last.range.upper) == start, last.kind == .name || last.kind == .invalid, bytes[start] >= 0x80 {
      stream.tokens.removeLast()
      start = Int(last.range.lower)
      startsLine = last.startsLine
      // The last run was reported; this one only lengthens it.
      if last.kind == .invalid { return add(.invalid, from: start) }
    }
    // Bytes that are not UTF-8 were reported for the file as a whole.
    if isEncoded {
      report(.strayCharacters(String(decoding: bytes[start..<offset], as: UTF8.self)), from: start)
    }
    add(.invalid, from: start)
  }
}
