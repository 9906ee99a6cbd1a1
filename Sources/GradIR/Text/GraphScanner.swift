/// Reads graph text word by word. White space and comments (`#` to the end of the line) separate; each failure is a `Diagnostic` at its
/// place in the text.
struct GraphScanner {
  private let text: [UInt8]
  private(set) var offset = 0

  init(_ text: [UInt8]) {
    self.text = text
    skipSpace()
  }

  var isAtEnd: Bool { offset >= text.count }
  func failure(_ message: String) -> Diagnostic {
    Diagnostic("graph.syntax", message, at: SourceRange(offset, min(offset + 1, text.count)))
  }
  func failure(_ message: String, from start: Int) -> Diagnostic { Diagnostic("graph.syntax", message, at: SourceRange(start, offset)) }

  private mutating func skipSpace() {
    while offset < text.count {
      if text[offset] == UInt8(ascii: "#") {
        while offset < text.count && text[offset] != UInt8(ascii: "\n") { offset += 1 }
      } else if [0x20, 0x09, 0x0A, 0x0D].contains(text[offset]) {
        offset += 1
      } else {
        return
      }
    }
  }

  // MARK: Marks

  func sees(_ mark: StaticString) -> Bool {
    let bytes = UnsafeBufferPointer(start: mark.utf8Start, count: mark.utf8CodeUnitCount)
    return text[offset...].starts(with: bytes)
  }
  mutating func accept(_ mark: StaticString) -> Bool {
    guard sees(mark) else { return false }
    offset += mark.utf8CodeUnitCount
    skipSpace()
    return true
  }
  mutating func expect(_ mark: StaticString) throws(Diagnostic) {
    if !accept(mark) { throw failure("`\(mark)` expected") }
  }

  // MARK: Words

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
  }
  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  /// The word that comes next, if one does; nothing is taken.
  var peekedWord: String? {
    guard offset < text.count, GraphScanner.isLetter(text[offset]) else { return nil }
    return String(decoding: text[offset...].prefix { GraphScanner.isLetter($0) || GraphScanner.isDigit($0) }, as: UTF8.self)
  }
  mutating func word() throws(Diagnostic) -> String {
    guard let word = peekedWord else { throw failure("a word expected") }
    offset += word.utf8.count
    skipSpace()
    return word
  }
  /// Takes the word if it comes next.
  mutating func accept(word: String) -> Bool {
    guard peekedWord == word else { return false }
    offset += word.utf8.count
    skipSpace()
    return true
  }
  /// A word, or any text in quotes.
  mutating func name() throws(Diagnostic) -> String { sees("\"") ? try string() : try word() }

  mutating func string() throws(Diagnostic) -> String {
    let start = offset
    guard sees("\"") else { throw failure("a string expected") }
    offset += 1
    var bytes: [UInt8] = []
    while offset < text.count {
      let byte = text[offset]
      offset += 1
      if byte == UInt8(ascii: "\"") {
        skipSpace()
        guard let found = String(validating: bytes, as: UTF8.self) else { throw failure("a string that is not UTF-8", from: start) }
        return found
      }
      if byte != UInt8(ascii: "\\") {
        bytes.append(byte)
        continue
      }
      guard offset < text.count else { break }
      bytes.append(text[offset] == UInt8(ascii: "n") ? UInt8(ascii: "\n") : text[offset])
      offset += 1
    }
    throw failure("a string without an end", from: start)
  }

  // MARK: Numbers

  /// A whole number, with a minus if it is negative. The limit keeps sums of what is read far from overflow.
  mutating func integer(limit: Int = 1 << 40) throws(Diagnostic) -> Int {
    let start = offset
    let isNegative = accept("-")
    let digits = text[offset...].prefix(while: GraphScanner.isDigit)
    offset += digits.count
    guard let value = Int((isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self)), value.magnitude < UInt(limit) else {
      throw failure(digits.isEmpty ? "a whole number expected" : "a number that is too large", from: start)
    }
    skipSpace()
    return value
  }

  /// The characters of a number: digits, letters, signs, a point; a NaN's bits after a colon.
  mutating func numeral() throws(Diagnostic) -> String {
    let marks = Array("+-.:".utf8)
    let characters = text[offset...].prefix { GraphScanner.isLetter($0) || GraphScanner.isDigit($0) || marks.contains($0) }
    if characters.isEmpty { throw failure("a number expected") }
    offset += characters.count
    skipSpace()
    return String(decoding: characters, as: UTF8.self)
  }

  mutating func double() throws(Diagnostic) -> Double {
    let start = offset
    guard let value = Double(try numeral()) else { throw failure("a number expected", from: start) }
    return value
  }

  /// One label of a contraction, nil where none comes.
  mutating func label() throws(Diagnostic) -> Int? {
    guard offset < text.count else { return nil }
    let byte = text[offset]
    if byte == UInt8(ascii: "'") {
      offset += 1
      let value = try integer()
      try expect("'")
      return value
    }
    guard GraphScanner.isLetter(byte), byte != UInt8(ascii: "_") else { return nil }
    offset += 1
    return byte >= UInt8(ascii: "a") ? Int(byte - UInt8(ascii: "a")) : Int(byte - UInt8(ascii: "A")) + 26
  }
  mutating func endLabels() { skipSpace() }

  // MARK: Dims and types

  /// Sum of products of powers, `floor_divide(a, b)` and numbers, as `Dim.description` has it.
  mutating func dim(depth: Int = 0) throws(Diagnostic) -> Dim {
    let start = offset
    if depth > 100 { throw failure("a dim too deep") }
    var sum = Dim(0)
    var sign: Dim = accept("-") ? -1 : 1
    while true {
      var product = sign * (try dimFactor(depth))
      while accept("*") { product = product * (try dimFactor(depth)) }
      sum = sum + product
      if accept("+") { sign = 1 } else if accept("-") { sign = -1 } else { break }
    }
    if sum.isOverflow { throw failure("a dim that is too large", from: start) }
    return sum
  }
  private mutating func dimFactor(_ depth: Int) throws(Diagnostic) -> Dim {
    let base: Dim
    if let word = peekedWord {
      _ = try self.word()
      if word == "floor_divide" && accept("(") {
        let a = try dim(depth: depth + 1)
        try expect(",")
        let b = try dim(depth: depth + 1)
        try expect(")")
        base = .floorQuotient(a, b)
      } else {
        base = .symbol(word)
      }
    } else {
      base = Dim(try integer(limit: 1 << 61))
    }
    guard accept("^") else { return base }
    let power = try integer()
    guard (1...64).contains(power) else { throw failure("a power from 1 to 64 expected") }
    return (1..<power).reduce(base) { product, _ in product * base }
  }

  mutating func type() throws(Diagnostic) -> TensorType {
    let start = offset
    guard let dtype = DType(name: try word()) else { throw failure("a number type expected", from: start) }
    var dims: [Dim] = []
    if accept("[") {
      if !sees("]") { repeat { dims.append(try dim()) } while accept(",") }
      try expect("]")
    }
    return TensorType(dtype, Shape(dims))
  }

  /// `@lower..upper`, if it comes.
  mutating func source() throws(Diagnostic) -> SourceRange? {
    guard accept("@") else { return nil }
    let lower = try integer()
    try expect("..")
    return SourceRange(lower, try integer())
  }
}
