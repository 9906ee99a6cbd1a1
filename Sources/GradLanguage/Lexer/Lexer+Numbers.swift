import GradIR

extension Lexer {
  /// A number: `1`, `1.5`, `2e-3`; also `1.` and `.5`. Whatever clings to it (`1.5.2`, `2x`, `0x10`) is reported with it.
  mutating func number() {
    let start = offset
    var isFloat = false
    var isWellFormed = true
    skipDigits()
    // `1.T` and `1...` are a number and something else, `1.` and `1.5` are not.
    if byte(at: 0) == UInt8(ascii: "."), byte(at: 1) != UInt8(ascii: "."), !byte(at: 1).isNameStart || pointBeforeExponent {
      isFloat = true
      offset += 1
      skipDigits()
    }
    if byte(at: 0) | 0x20 == UInt8(ascii: "e") {
      let sign = byte(at: 1) == UInt8(ascii: "+") || byte(at: 1) == UInt8(ascii: "-") ? 1 : 0
      if byte(at: 1 + sign).isDigit {
        isFloat = true
        offset += 1 + sign
        skipDigits()
      } else {
        isWellFormed = false
        offset += 1 + sign
      }
    }
    // A second point followed by a digit, or a letter, belongs to the same mistake.
    while byte(at: 0).isNamePart || (byte(at: 0) == UInt8(ascii: ".") && byte(at: 1).isDigit) {
      isWellFormed = false
      offset += 1
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    guard isWellFormed else {
      report(.malformedNumber(text), from: start)
      addFloat(0, from: start)
      return
    }
    if isFloat {
      // Double's parser knows no locale and rounds correctly.
      let value = Double(text.hasSuffix(".") ? text + "0" : text.hasPrefix(".") ? "0" + text : text) ?? .infinity
      if value.isInfinite { report(.floatTooLarge(text), from: start) }
      addFloat(value, from: start)
    } else {
      let value = UInt64(text)
      if value.map({ $0 > 1 << 63 }) ?? true { report(.integerTooLarge(text), from: start) }
      stream.integers.append(value.map { min($0, 1 << 63) } ?? 0)
      add(.integer, from: start, payload: stream.integers.count - 1)
    }
  }

  private mutating func skipDigits() {
    while byte(at: 0).isDigit { offset += 1 }
  }
  /// True at the point of `1.e5`.
  private var pointBeforeExponent: Bool {
    guard byte(at: 1) | 0x20 == UInt8(ascii: "e") else { return false }
    let sign = byte(at: 2) == UInt8(ascii: "+") || byte(at: 2) == UInt8(ascii: "-") ? 1 : 0
    return byte(at: 2 + sign).isDigit
  }
  private mutating func addFloat(_ value: Double, from start: Int) {
    stream.floats.append(value)
    add(.float, from: start, payload: stream.floats.count - 1)
  }
}
