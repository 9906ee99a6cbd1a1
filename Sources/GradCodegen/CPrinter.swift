import GradIR

/// Prints the loop language as C99 that gcc, clang and libtcc all read: three-address statements, hex floats, no libm.
struct CPrinter {
  /// UTF-8, which grows quicker than a `String`.
  private var bytes: [UInt8] = []
  private var depth = 0

  /// The text of one function.
  static func text(_ function: Function) -> String {
    var printer = CPrinter()
    printer.print(function)
    return String(decoding: printer.bytes, as: UTF8.self)
  }
  /// The text of what stands within a function.
  static func text(_ body: [Stmt]) -> String {
    var printer = CPrinter()
    printer.nested(body)
    return String(decoding: printer.bytes, as: UTF8.self)
  }

  static func name(_ type: CType) -> String {
    switch type {
    case .element(.f32): "float"
    case .element(.f64): "double"
    case .element(.i32): "int32_t"
    case .element(.i64), .index: "int64_t"
    case .element(.bool): "uint8_t"
    case .unsigned32: "uint32_t"
    case .unsigned64: "uint64_t"
    case .status: "int"
    case .bytes: "unsigned char"
    case .accumulator(let name): name
    case .pointer(let base, let const, let restrict):
      (const ? "const " : "") + name(base) + (base.isPointer ? "*" : " *") + (restrict ? "restrict " : "")
    }
  }
  /// `float x`, `const float *restrict x`
  static func declaration(_ type: CType, _ name: String) -> String {
    let typeName = self.name(type)
    return typeName.hasSuffix("*") || typeName.hasSuffix(" ") ? typeName + name : typeName + " " + name
  }

  /// A line of a comment: nothing in it ends the comment, continues a line or is a trigraph, and all of it is ASCII.
  static func commentText(_ text: String) -> String {
    // Most lines are as they are.
    var last: UInt8 = 0
    let isPlain = text.utf8.allSatisfy { byte in
      defer { last = byte }
      switch (last, byte) {
      case (UInt8(ascii: "*"), UInt8(ascii: "/")), (UInt8(ascii: "/"), UInt8(ascii: "*")), (UInt8(ascii: "?"), UInt8(ascii: "?")),
        (_, UInt8(ascii: "\\")):
        return false
      default: return (32..<127).contains(byte)
      }
    }
    if isPlain { return text }
    var result = ""
    var previous: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      switch scalar {
      case "/" where previous == "*", "*" where previous == "/", "?" where previous == "?": result += " " + String(scalar)
      case "\t": result += " "
      case "\\": result += "/"
      case " "..."~": result.unicodeScalars.append(scalar)
      default: result += scalar.value < 32 || scalar.value == 127 ? " " : asciiName(scalar)
      }
      previous = scalar
    }
    return result
  }
  private static func asciiName(_ scalar: Unicode.Scalar) -> String { "U+" + String(scalar.value, radix: 16, uppercase: true) }

  /// A C string literal.
  static func stringLiteral(_ text: String) -> String {
    var result = "\""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): result += "\\\""
      case UInt8(ascii: "\\"): result += "\\\\"
      case UInt8(ascii: "?"): result += "\\?"
      case 32..<127: result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let octal = String(byte, radix: 8)
        result += "\\" + String(repeating: "0", count: 3 - octal.count) + octal
      }
    }
    return result + "\""
  }

  /// A line of these parts.
  private mutating func line(_ parts: String...) {
    for _ in 0..<depth * 2 { bytes.append(UInt8(ascii: " ")) }
    for part in parts { bytes += part.utf8 }
    bytes.append(UInt8(ascii: "\n"))
  }

  mutating func print(_ function: Function) {
    for comment in function.comment { line("/* ", CPrinter.commentText(comment), " */") }
    line(CPrinter.signature(function), " {")
    nested(function.body)
    let givesBack = if case .giveBack = function.body.last { true } else { false }
    if function.returnsStatus, !givesBack { bytes += "  return 0;\n".utf8 }
    line("}")
  }
  static func signature(_ function: Function) -> String {
    let head = "static " + (function.returnsStatus ? "int " : "void ") + function.name
    return wrapped(head + "(", function.parameters.map { declaration($0.type, $0.name.text) }, ")")
  }
  /// `head a, b, c tail`, in lines of 120 columns.
  static func wrapped(_ head: String, _ items: [String], _ tail: String, indent: String = "    ") -> String {
    if items.isEmpty { return head + "void" + tail }
    var result = head
    var column = head.utf8.count
    for (index, item) in items.enumerated() {
      let text = item + (index + 1 == items.count ? tail : ",")
      if index > 0 {
        if column + 1 + text.utf8.count > 120 {
          result += "\n" + indent
          column = indent.utf8.count
        } else {
          result += " "
          column += 1
        }
      }
      result += text
      column += text.utf8.count
    }
    return result
  }

  mutating func print(_ statements: [Stmt]) { for statement in statements { print(statement) } }

  mutating func print(_ statement: Stmt) {
    assert(statement.expressions.allSatisfy { $0.depth <= Expr.depthLimit }, "too deep for libtcc")
    switch statement {
    case .comment(let comment): line("/* ", CPrinter.commentText(comment), " */")
    case .blank: bytes.append(UInt8(ascii: "\n"))
    case .discard(let name): line("(void)", name.text, ";")
    case .declare(let type, let name, let value, let const):
      let declaration = CPrinter.declaration(type, name.text)
      line(const ? "const " : "", declaration, value == nil ? "" : " = ", value.map { CPrinter.text($0) } ?? "", ";")
    case .declareArray(let type, let name, let count): line(CPrinter.declaration(type, name.text), "[", String(count), "];")
    case .assign(let name, let value): line(name.text, " = ", CPrinter.text(value), ";")
    case .store(let buffer, let index, let value):
      line(CPrinter.text(.load(buffer, index)), " = ", CPrinter.text(value), ";")
    case .call(let function, let arguments):
      line(call(function + "(", arguments, ");"))
    case .checkedCall(let function, let arguments):
      line(call("status = " + function + "(", arguments, ");"))
      line("if (status != 0) return status;")
    case .loop(let variable, let from, let to, let step, let descends, let body):
      if descends {
        let last = CPrinter.text(.binary("-", to, .integer(1)))
        line("for (int64_t \(variable) = \(last); \(variable) >= \(CPrinter.text(from)); \(variable)--) {")
      } else {
        let advance = step == .integer(1) ? "\(variable)++" : "\(variable) += \(CPrinter.text(step))"
        line("for (int64_t \(variable) = \(CPrinter.text(from)); \(variable) < \(CPrinter.text(to)); \(advance)) {")
      }
      nested(body)
      line("}")
    case .whileLoop(let condition, let body):
      line("while (", CPrinter.text(condition), ") {")
      nested(body)
      line("}")
    case .branch(let condition, let then, let otherwise):
      line("if (", CPrinter.text(condition), ") {")
      nested(then)
      if !otherwise.isEmpty {
        line("} else {")
        nested(otherwise)
      }
      line("}")
    case .giveBack(let value): line("return ", CPrinter.text(value), ";")
    }
  }
  private mutating func nested(_ body: [Stmt]) {
    depth += 1
    print(body)
    depth -= 1
  }
  private func call(_ head: String, _ arguments: [Expr], _ tail: String) -> String {
    let indent = String(repeating: "  ", count: depth)
    if arguments.isEmpty { return head + tail }
    return CPrinter.wrapped(head, arguments.map { CPrinter.text($0) }, tail, indent: indent + "    ")
  }

  static func text(_ expression: Expr) -> String {
    switch expression {
    case .variable(let name): return name.text
    case .integer(let value): return integer(value)
    case .literal(let dtype, let bits): return literal(dtype, bits)
    default:
      var text = ""
      write(expression, to: &text)
      return text
    }
  }
  private static func write(_ expression: Expr, to text: inout String) {
    switch expression {
    case .variable(let name): text += name.text
    case .integer(let value): text += integer(value)
    case .literal(let dtype, let bits): text += literal(dtype, bits)
    case .unary(let symbol, let a):
      text += symbol
      writeOperand(a, to: &text)
    case .binary(let symbol, let a, let b):
      // Sums of products print without parentheses; anything else that is nested has them.
      let isBare = (symbol == "+" || symbol == "-") && (isProduct(a) || isSum(a)) || symbol == "*" && isProduct(a)
      if isBare { write(a, to: &text) } else { writeOperand(a, to: &text) }
      text += " "
      text += symbol
      text += " "
      if symbol == "+" && isProduct(b) { write(b, to: &text) } else { writeOperand(b, to: &text) }
    case .conditional(let condition, let a, let b):
      writeOperand(condition, to: &text)
      text += " ? "
      writeOperand(a, to: &text)
      text += " : "
      writeOperand(b, to: &text)
    case .load(let buffer, .integer(0)):
      text += "*"
      text += buffer.text
    case .load(let buffer, let index):
      text += buffer.text
      text += "["
      write(index, to: &text)
      text += "]"
    case .call(let function, let arguments):
      text += function
      text += "("
      for (index, argument) in arguments.enumerated() {
        if index > 0 { text += ", " }
        write(argument, to: &text)
      }
      text += ")"
    case .cast(let type, let a):
      text += "("
      text += name(type)
      text += ")"
      writeOperand(a, to: &text)
    case .address(let name):
      text += "&"
      text += name.text
    }
  }
  private static func isProduct(_ expression: Expr) -> Bool { if case .binary("*", _, _) = expression { true } else { false } }
  private static func isSum(_ expression: Expr) -> Bool {
    if case .binary(let symbol, _, _) = expression { symbol == "+" || symbol == "-" } else { false }
  }
  /// In parentheses where it would not stand as one.
  private static func writeOperand(_ expression: Expr, to text: inout String) {
    switch expression {
    case .variable, .call: write(expression, to: &text)
    case .load(_, let index) where index != .zero: write(expression, to: &text)
    case .integer, .literal:
      let number = self.text(expression)
      text += number.utf8.first == UInt8(ascii: "-") || number.utf8.first == UInt8(ascii: "(") ? "(" + number + ")" : number
    default:
      text += "("
      write(expression, to: &text)
      text += ")"
    }
  }

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
    let text = literal(dtype, bits)
    guard let start = text.firstIndex(of: "g") else { return nil }
    return String(text[start...].dropLast(2))
  }
}
