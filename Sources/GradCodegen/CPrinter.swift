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

  // Pieces of a line
  private mutating func put(_ text: String) { bytes += text.utf8 }
  private mutating func begin() { bytes += repeatElement(UInt8(ascii: " "), count: depth * 2) }
  private mutating func end(_ text: String) {
    put(text)
    bytes.append(UInt8(ascii: "\n"))
  }
  private mutating func line(_ text: String) {
    begin()
    end(text)
  }

  mutating func print(_ function: Function) {
    for comment in function.comment { print(.comment(comment)) }
    line(CPrinter.signature(function) + " {")
    nested(function.body)
    let givesBack = if case .giveBack = function.body.last { true } else { false }
    if function.returnsStatus, !givesBack { line("  return 0;") }
    line("}")
  }
  static func signature(_ function: Function) -> String {
    let head = "static " + (function.returnsStatus ? "int " : "void ") + function.name
    return wrapped(head + "(", function.parameters.map { declaration($0.type, $0.name.text) }, ")")
  }
  /// `head a, b, c tail`, in lines of 120 columns.
  static func wrapped(_ head: String, _ items: [String], _ tail: String, indent: String = "    ") -> String {
    if items.isEmpty { return head + "void" + tail }
    var printer = CPrinter()
    printer.put(head)
    printer.putList(items.count, tail, from: 0, indent: indent) { $0.put(items[$1]) }
    return String(decoding: printer.bytes, as: UTF8.self)
  }
  /// What stands between parentheses, and what ends it: a line that would pass 120 columns, counted from `start`, breaks before the last
  /// of it.
  private mutating func putList(
    _ count: Int, _ tail: String, from start: Int, indent: String, _ putItem: (inout CPrinter, Int) -> Void
  ) {
    var start = start
    for index in 0..<count {
      let place = bytes.count
      if index > 0 { put(" ") }
      putItem(&self, index)
      put(index + 1 == count ? tail : ",")
      if index > 0, bytes.count - start > 120 {
        bytes.replaceSubrange(place...place, with: ("\n" + indent).utf8)
        start = place + 1
      }
    }
  }

  mutating func print(_ statements: [Stmt]) { for statement in statements { print(statement) } }

  mutating func print(_ statement: Stmt) {
    assert(statement.expressions.allSatisfy { $0.depth <= Expr.depthLimit }, "too deep for libtcc")
    switch statement {
    case .comment(let comment): line("/* " + CPrinter.commentText(comment) + " */")
    case .blank: bytes.append(UInt8(ascii: "\n"))
    case .discard(let name): line("(void)" + name.text + ";")
    case .declare(let type, let name, let value, let const):
      begin()
      if const { put("const ") }
      put(CPrinter.declaration(type, name.text))
      if let value {
        put(" = ")
        put(value)
      }
      end(";")
    case .declareArray(let type, let name, let count): line(CPrinter.declaration(type, name.text) + "[\(count)];")
    case .assign(let name, let value):
      begin()
      put(name.text)
      put(" = ")
      put(value)
      end(";")
    case .store(let buffer, let index, let value):
      begin()
      put(.load(buffer, index))
      put(" = ")
      put(value)
      end(";")
    case .call(let function, let arguments): call(function, arguments)
    case .checkedCall(let function, let arguments):
      call("status = " + function, arguments)
      line("if (status != 0) return status;")
    case .loop(let variable, let from, let to, let step, let descends, let body):
      begin()
      put("for (int64_t \(variable) = ")
      put(descends ? .binary("-", to, .integer(1)) : from)
      put(descends ? "; \(variable) >= " : "; \(variable) < ")
      put(descends ? from : to)
      put("; \(variable)")
      if descends || step == .integer(1) {
        put(descends ? "--" : "++")
      } else {
        put(" += ")
        put(step)
      }
      end(") {")
      nested(body)
      line("}")
    case .whileLoop(let condition, let body):
      begin()
      put("while (")
      put(condition)
      end(") {")
      nested(body)
      line("}")
    case .branch(let condition, let then, let otherwise):
      begin()
      put("if (")
      put(condition)
      end(") {")
      nested(then)
      if !otherwise.isEmpty {
        line("} else {")
        nested(otherwise)
      }
      line("}")
    case .giveBack(let value):
      begin()
      put("return ")
      put(value)
      end(";")
    }
  }
  private mutating func nested(_ body: [Stmt]) {
    depth += 1
    print(body)
    depth -= 1
  }
  /// A call as a statement.
  private mutating func call(_ function: String, _ arguments: [Expr]) {
    begin()
    let start = bytes.count
    put(function)
    put("(")
    if arguments.isEmpty { return end(");") }
    putList(arguments.count, ");", from: start, indent: String(repeating: " ", count: depth * 2 + 4)) { $0.put(arguments[$1]) }
    end("")
  }

  private mutating func put(_ expression: Expr) {
    switch expression {
    case .variable(let name): put(name.text)
    case .integer(let value): put(CPrinter.integer(value))
    case .literal(let dtype, let bits): put(CPrinter.literal(dtype, bits))
    case .unary(let symbol, let a):
      put(symbol)
      putOperand(a)
    case .binary(let symbol, let a, let b):
      // Sums of products print without parentheses; anything else that is nested has them.
      let isBare =
        (symbol == "+" || symbol == "-") && (CPrinter.isProduct(a) || CPrinter.isSum(a)) || symbol == "*" && CPrinter.isProduct(a)
      if isBare { put(a) } else { putOperand(a) }
      put(" ")
      put(symbol)
      put(" ")
      if symbol == "+" && CPrinter.isProduct(b) { put(b) } else { putOperand(b) }
    case .conditional(let condition, let a, let b):
      putOperand(condition)
      put(" ? ")
      putOperand(a)
      put(" : ")
      putOperand(b)
    case .load(let buffer, .integer(0)):
      put("*")
      put(buffer.text)
    case .load(let buffer, let index):
      put(buffer.text)
      put("[")
      put(index)
      put("]")
    case .call(let function, let arguments):
      put(function)
      put("(")
      for (index, argument) in arguments.enumerated() {
        if index > 0 { put(", ") }
        put(argument)
      }
      put(")")
    case .cast(let type, let a):
      put("(")
      put(CPrinter.name(type))
      put(")")
      putOperand(a)
    case .address(let name):
      put("&")
      put(name.text)
    }
  }
  private static func isProduct(_ expression: Expr) -> Bool { if case .binary("*", _, _) = expression { true } else { false } }
  private static func isSum(_ expression: Expr) -> Bool {
    if case .binary(let symbol, _, _) = expression { symbol == "+" || symbol == "-" } else { false }
  }
  /// In parentheses where it would not stand as one.
  private mutating func putOperand(_ expression: Expr) {
    let isWhole =
      switch expression {
      case .variable, .call: true
      case .load(_, let index): index != .zero
      case .integer(let value): value >= 0 && value <= Int(Int32.max)
      case .literal(let dtype, let bits):
        switch CPrinter.literal(dtype, bits).utf8.first {
        case UInt8(ascii: "-"), UInt8(ascii: "("): false
        default: true
        }
      default: false
      }
    if !isWhole { put("(") }
    put(expression)
    if !isWhole { put(")") }
  }
}
