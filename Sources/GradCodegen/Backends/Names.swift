/// Gives C identifiers: the model's own names where C allows them, each once.
struct NameTable {
  private var taken = NameTable.reservedNames
  private var numbers: [String: Int] = [:]

  /// An identifier made of a name of the model, apart from all given so far.
  mutating func unique(_ wanted: String) -> Name {
    let base = NameTable.identifier(wanted)
    var candidate = Name(base)
    while isTaken(candidate) {
      let number = numbers[base, default: 1] + 1
      numbers[base] = number
      candidate = "\(base)_\(number)"
    }
    taken.insert(candidate)
    return candidate
  }
  func isTaken(_ name: Name) -> Bool { taken.contains(name) }
  mutating func reserve(_ name: Name) { taken.insert(name) }

  /// The nearest C identifier: letters, digits and underscores, no keyword, nothing of the compiler's, the headers' or the runtime's.
  static func identifier(_ name: String) -> String {
    var result = name
    // Most names are as they are.
    if !name.utf8.allSatisfy(isIdentifierByte) {
      result = ""
      for scalar in name.unicodeScalars {
        result.unicodeScalars.append(scalar.isASCII && isIdentifierByte(UInt8(scalar.value)) ? scalar : "_")
      }
    }
    if result.isEmpty { result = "value" }
    if let first = result.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) { result = "n" + result }
    if startsReserved(result.utf8) { result = "v" + result }
    if reserved.contains(result) { result += "_" }
    return result
  }
  /// True of names of the compiler's, the headers' and the runtime's.
  private static func startsReserved(_ name: String.UTF8View) -> Bool {
    switch name.first ?? 0 {
    case UInt8(ascii: "_"): name.dropFirst().first.map { $0 == UInt8(ascii: "_") || (65...90).contains($0) } ?? false
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "g"): reservedPrefixes.contains { name.starts(with: $0.utf8) }
    default: false
    }
  }
  private static func isIdentifierByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: byte == UInt8(ascii: "_")
    }
  }
  private static let reservedPrefixes = ["INT", "UINT", "SIZE_", "PTRDIFF_", "SIG_ATOMIC_", "WCHAR_", "WINT_", "GRAD_", "grad_"]

  /// Keywords of C and C++ (headers are read by both), macros that compilers define without being asked, names of <stdint.h>.
  private static let reservedNames = Set(reserved.map { Name($0) })
  private static let reserved: Set<String> = [
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float", "for", "goto",
    "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch",
    "typedef", "union", "unsigned", "void", "volatile", "while", "asm", "typeof", "fortran", "alignas", "alignof", "and", "and_eq",
    "bitand", "bitor", "bool", "catch", "char16_t", "char32_t", "char8_t", "class", "co_await", "co_return", "co_yield", "compl",
    "concept", "consteval", "constexpr", "constinit", "const_cast", "decltype", "delete", "dynamic_cast", "explicit", "export",
    "false", "friend", "module", "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr", "operator", "or", "or_eq",
    "private", "protected", "public", "reinterpret_cast", "requires", "static_assert", "static_cast", "template", "this",
    "thread_local", "throw", "true", "try", "typeid", "typename", "using", "virtual", "wchar_t", "xor", "xor_eq", "import", "final",
    "override", "linux", "unix", "i386", "NULL", "int8_t", "int16_t", "int32_t", "int64_t", "uint8_t", "uint16_t", "uint32_t",
    "uint64_t", "intptr_t", "uintptr_t", "intmax_t", "uintmax_t", "size_t", "main", "workspace", "status",
  ]
}
