/// A Python literal: what the header of an .npy file is written in.
indirect enum PythonLiteral: Equatable {
  case none
  case boolean(Bool)
  case integer(Int)
  case string(String)
  case tuple([PythonLiteral])
  case list([PythonLiteral])
  /// Pairs in the order of the text; a key that occurs twice is refused by the parser.
  case dictionary([Pair])

  struct Pair: Equatable {
    var key: String
    var value: PythonLiteral
  }
}

extension PythonLiteral: CustomStringConvertible {
  var description: String {
    switch self {
    case .none: "None"
    case .boolean(let value): value ? "True" : "False"
    case .integer(let value): String(value)
    case .string(let value): "'\(value)'"
    case .tuple(let items): items.count == 1 ? "(\(items[0]),)" : "(\(Self.joined(items)))"
    case .list(let items): "[\(Self.joined(items))]"
    case .dictionary(let pairs): "{" + pairs.map { "'\($0.key)': \($0.value)" }.joined(separator: ", ") + "}"
    }
  }
  private static func joined(_ items: [PythonLiteral]) -> String { items.map(\.description).joined(separator: ", ") }
}

/// Reads one literal that fills all the bytes, white space aside; any bytes at all give a literal or an error.
struct PythonLiteralParser {
  struct Failure: Error, Equatable {
    var offset: Int
    var reason: String
  }
  private let bytes: [UInt8]
  private var position = 0
  /// Deeper nesting is refused: the parser recurses, and a header has no need of it.
  private static let greatestDepth = 32

  static func parse(_ bytes: [UInt8]) throws(Failure) -> PythonLiteral {
    var parser = PythonLiteralParser(bytes: bytes)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.failure("unexpected text after the header's dictionary") }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private func failure(_ reason: String) -> Failure { Failure(offset: position, reason: reason) }
  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }
  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || (0x09...0x0d).contains(byte) { position += 1 }
  }
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws(Failure) -> PythonLiteral {
    guard depth < Self.greatestDepth else { throw failure("the header is nested too deeply") }
    skipSpace()
    guard let byte = next else { throw failure("the header ends early") }
    switch byte {
    case UInt8(ascii: "{"): return try dictionary(depth: depth)
    case UInt8(ascii: "("):
      position += 1
      let (items, endedWithComma) = try sequence(until: ")", depth: depth)
      // Parentheses around one value only group it.
      return items.count == 1 && !endedWithComma ? items[0] : .tuple(items)
    case UInt8(ascii: "["):
      position += 1
      return .list(try sequence(until: "]", depth: depth).items)
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return .string(try string(quote: byte))
    case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .integer(try integer())
    default: return try word()
    }
  }

  private mutating func sequence(
    until close: Unicode.Scalar, depth: Int
  ) throws(Failure) -> (items: [PythonLiteral], endedWithComma: Bool) {
    var items: [PythonLiteral] = []
    var endedWithComma = false
    while !take(close) {
      guard items.isEmpty || endedWithComma else { throw failure("a comma is missing") }
      items.append(try value(depth: depth + 1))
      endedWithComma = take(",")
    }
    return (items, endedWithComma)
  }

  private mutating func dictionary(depth: Int) throws(Failure) -> PythonLiteral {
    position += 1
    var pairs: [PythonLiteral.Pair] = []
    var separated = true
    while !take("}") {
      guard separated else { throw failure("a comma is missing") }
      guard case .string(let key) = try value(depth: depth + 1) else { throw failure("a key is not a string") }
      guard !pairs.contains(where: { $0.key == key }) else { throw failure("the key '\(key)' occurs twice") }
      guard take(":") else { throw failure("a colon is missing") }
      pairs.append(.init(key: key, value: try value(depth: depth + 1)))
      separated = take(",")
      guard pairs.count <= 64 else { throw failure("the header has too many keys") }
    }
    return .dictionary(pairs)
  }

  private mutating func string(quote: UInt8) throws(Failure) -> String {
    position += 1
    var content: [UInt8] = []
    while let byte = next {
      position += 1
      if byte == quote { return String(decoding: content, as: UTF8.self) }
      // An escape is kept as it is written: no name that is looked for has one.
      if byte == UInt8(ascii: "\\"), let escaped = next {
        content.append(byte)
        content.append(escaped)
        position += 1
      } else {
        content.append(byte)
      }
    }
    throw failure("a string has no end")
  }

  private mutating func integer() throws(Failure) -> Int {
    var negative = false
    if next == UInt8(ascii: "-") || next == UInt8(ascii: "+") {
      negative = next == UInt8(ascii: "-")
      position += 1
    }
    var result = 0
    var digits = 0
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      let (product, overflow) = result.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      guard !overflow, !carry else { throw failure("a number is too large") }
      result = sum
      digits += 1
      position += 1
    }
    guard digits > 0 else { throw failure("a number has no digits") }
    // Python 2 wrote long integers with a suffix.
    if next == UInt8(ascii: "L") { position += 1 }
    return negative ? -result : result
  }

  private mutating func word() throws(Failure) -> PythonLiteral {
    let start = position
    while let byte = next, Self.isLetter(byte) { position += 1 }
    switch String(decoding: bytes[start..<position], as: UTF8.self) {
    case "True": return .boolean(true)
    case "False": return .boolean(false)
    case "None": return .none
    default:
      position = start
      throw failure("the header is not a dictionary of Python literals")
    }
  }
  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
