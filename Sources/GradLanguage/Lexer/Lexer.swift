import GradIR

/// Cuts UTF-8 bytes into tokens. Any bytes give tokens and diagnostics; nothing is rejected as a whole.
///
/// What other languages write (`**`, `&&`, `!`, `≤` …) is reported and replaced by what was meant, so that the rest of the
/// statement is still checked. What cannot be mended becomes one `invalid` token, about which the parser keeps silent.
struct Lexer {
  let bytes: [UInt8]
  var offset = 0
  var startsLine = true
  var stream = TokenStream()
  private var isText = true

  /// The tokens of a text, without statement ends: `StatementEnds` adds them.
  static func tokens(of source: SourceFile) -> TokenStream {
    var lexer = Lexer(bytes: source.utf8)
    lexer.checkEncoding()
    if lexer.isText { lexer.run() } else { lexer.add(.end, from: 0) }
    return lexer.stream
  }

  mutating func run() {
    stream.tokens.reserveCapacity(bytes.count / 3 + 8)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    while offset < bytes.count { next() }
    add(.end, from: bytes.count)
  }

  func byte(at distance: Int) -> UInt8 {
    let index = offset + distance
    return index < bytes.count ? bytes[index] : 0
  }

  mutating func add(_ kind: TokenKind, from start: Int, payload: Int = 0) {
    let range = SourceRange(start, offset)
    stream.tokens.append(Token(kind: kind, startsLine: startsLine, range: range, payload: Int32(clamping: payload)))
    startsLine = false
  }

  mutating func report(_ error: SyntaxError, from start: Int) {
    stream.diagnostics.append(error.diagnostic(at: SourceRange(start, max(offset, start))))
  }

  private mutating func next() {
    let start = offset
    let character = bytes[offset]
    switch character {
    case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
      offset += 1
      startsLine = true
    case UInt8(ascii: " "), UInt8(ascii: "\t"), 0x0B, 0x0C: offset += 1
    case UInt8(ascii: "#"): skipLine()
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): word()
    case UInt8(ascii: "0")...UInt8(ascii: "9"): number()
    case UInt8(ascii: "."):
      if byte(at: 1).isDigit {
        number()
      } else if byte(at: 1) == character, byte(at: 2) == character {
        offset += 3
        add(.ellipsis, from: start)
      } else {
        offset += 1
        add(.dot, from: start)
      }
    case UInt8(ascii: "\""): text()
    case UInt8(ascii: "'"): quote()
    default:
      if character >= 0x80 { foreignCharacter() } else { symbol() }
    }
  }

  mutating func skipLine() {
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "\n"), bytes[offset] != UInt8(ascii: "\r") { offset += 1 }
  }

  private mutating func word() {
    let start = offset
    while offset < bytes.count, bytes[offset].isNamePart { offset += 1 }
    let id = stream.names.intern(String(decoding: bytes[start..<offset], as: UTF8.self))
    let kind = stream.names.reservedWord(id).map(TokenKind.init) ?? .name
    add(kind, from: start, payload: Int(id.index))
  }

  private mutating func text() {
    let start = offset
    offset += 1
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "\""), bytes[offset] != UInt8(ascii: "\n") { offset += 1 }
    let contents = String(decoding: bytes[start + 1..<offset], as: UTF8.self)
    let closed = offset < bytes.count && bytes[offset] == UInt8(ascii: "\"")
    if closed {
      offset += 1
    } else {
      report(.unterminatedText, from: start)
    }
    stream.texts.append(contents)
    add(.text, from: start, payload: stream.texts.count - 1)
  }

  /// A single quote: a text in the wrong quotes where one closes it on its line, else meant as a transposition.
  private mutating func quote() {
    let start = offset
    var end = offset + 1
    while end < bytes.count, bytes[end] != UInt8(ascii: "'"), bytes[end] != UInt8(ascii: "\n") { end += 1 }
    // Behind an operand it would transpose.
    let opensText: Bool =
      switch stream.tokens.last?.kind {
      case .name, .rightParenthesis, .rightBracket, .integer, .float: startsLine
      default: true
      }
    if opensText, end < bytes.count, bytes[end] == UInt8(ascii: "'") {
      stream.texts.append(String(decoding: bytes[start + 1..<end], as: UTF8.self))
      offset = end + 1
      report(.singleQuotes, from: start)
      add(.text, from: start, payload: stream.texts.count - 1)
    } else {
      offset += 1
      report(.apostrophe, from: start)
      // `x' @ y` goes on as `x.T @ y` would.
    }
  }

  /// Reports once that the text is not UTF-8: a fact about the file, not about each of its bytes.
  private mutating func checkEncoding() {
    var index = 0
    while index < bytes.count {
      let length = bytes.lengthOfScalar(at: index)
      guard length > 0 else {
        // What holds zeros besides is UTF-16 or no text: its other bytes are not worth a word.
        isText = !bytes.contains(0)
        let error = isText ? SyntaxError.notUTF8(byte: bytes[index]) : .notText
        stream.diagnostics.append(error.diagnostic(at: SourceRange(index, index + 1)))
        return
      }
      index += length
    }
  }
}

extension UInt8 {
  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
  var isNameStart: Bool {
    (self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z")) || (self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z"))
      || self == UInt8(ascii: "_")
  }
  var isNamePart: Bool { isNameStart || isDigit }
}

extension [UInt8] {
  /// The bytes of the well-formed scalar at an index, 0 where there is none.
  func lengthOfScalar(at index: Int) -> Int {
    let first = self[index]
    if first < 0x80 { return 1 }
    let length: Int
    var low: UInt8 = 0x80
    var high: UInt8 = 0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, low) = (3, 0xA0)
    case 0xED: (length, high) = (3, 0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, low) = (4, 0x90)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, high) = (4, 0x8F)
    default: return 0
    }
    guard index + length <= count, self[index + 1] >= low, self[index + 1] <= high else { return 0 }
    for follower in self[index + 1..<index + length] where follower & 0xC0 != 0x80 { return 0 }
    return length
  }
}
