import GradIR

// Numbers as C99 spells them: hex floats, no constant that a compiler takes for another type.
extension CPrinter {
  static func integer(_ value: Int) -> String {
    if value == Int.min { return "(-9223372036854775807 - 1)" }
    return value.magnitude > UInt(Int32.max) ? "(int64_t)\(value)" : String(value)
  }

  static func literal(_ dtype: DType, _ bits: UInt64) -> String {
    switch dtype {
    case .bool: return bits == 0 ? "0" : "1"
    case .i32:
      let value = Int32(truncatingIfNeeded: Int64(bitPattern: bits))
      return value == Int32.min ? "(-2147483647 - 1)" : String(value)
    case .i64:
      let value = Int64(bitPattern: bits)
      if value == Int64.min { return "(-(int64_t)9223372036854775807 - 1)" }
      return value.magnitude > UInt64(Int32.max) ? "(int64_t)\(value)" : String(value)
    case .f32:
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
      if value.isNaN { return "grad_nan_f32()" }
      if value.isInfinite { return value > 0 ? "grad_infinity_f32()" : "-grad_infinity_f32()" }
      return hexadecimal(Double(value)) + "f"
    case .f64:
      let value = Double(bitPattern: bits)
      if value.isNaN { return "grad_nan_f64()" }
      if value.isInfinite { return value > 0 ? "grad_infinity_f64()" : "-grad_infinity_f64()" }
      return hexadecimal(value)
    }
  }
  /// Small whole numbers as people write them (a locale that reads no point reads them the same); else hex.
  private static func hexadecimal(_ value: Double) -> String {
    let prefix = value.sign == .minus ? "-" : ""
    let size = value.magnitude
    if size == 0 { return prefix + "0.0" }
    if size < 65536, size == size.rounded() { return prefix + "\(Int(size)).0" }
    // 1.mantissa × 2^exponent, the mantissa in hexadecimal digits without trailing zeros.
    let exponent = Int(size.exponent)
    var fraction = size.significand - 1
    var digits = ""
    while fraction > 0 {
      fraction *= 16
      let digit = Int(fraction)
      digits += String(digit, radix: 16)
      fraction -= Double(digit)
    }
    return prefix + "0x1" + (digits.isEmpty ? "" : "." + digits) + "p" + (exponent < 0 ? "" : "+") + String(exponent)
  }

  /// The runtime functions that the text of a literal calls.
  static func runtimeFunction(ofLiteral dtype: DType, _ bits: UInt64) -> String? {
    switch dtype {
    case .f32 where !Float(bitPattern: UInt32(truncatingIfNeeded: bits)).isFinite, .f64 where !Double(bitPattern: bits).isFinite:
      return String(literal(dtype, bits).drop { $0 == "-" }.dropLast(2))
    default: return nil
    }
  }

  /// A literal in a table, where no function can be called.
  static func tableLiteral(_ dtype: DType, _ bits: UInt64) -> String {
    let text = literal(dtype, bits)
    if !text.contains("grad_") { return text }
    // Infinity and NaN as constant expressions: products and quotients that C99 defines to give them.
    if text.contains("nan") { return dtype == .f32 ? "0.0f / 0.0f" : "0.0 / 0.0" }
    return (text.hasPrefix("-") ? "-" : "") + (dtype == .f32 ? "1.0f / 0.0f" : "1.0 / 0.0")
  }
}
