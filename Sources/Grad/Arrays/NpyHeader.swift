import GradIR

/// What the header of an .npy file says.
struct NpyHeader: Equatable {
  var dtype: DType
  var shape: [Int]
  /// True where the first axis varies fastest in the file.
  var isFortranOrder = false

  /// The number of elements; the initializers see to it that it, and the bytes, fit an `Int`.
  var count: Int { shape.reduce(1, *) }
  var byteCount: Int { count * dtype.byteCount }

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// A longer header is refused before it is read; those of the element types that are read are about a hundred bytes long.
  static let greatestLength = 1 << 20
  /// As many axes as numpy's arrays can have.
  static let greatestRank = 64
}

extension NpyHeader {
  /// Reads the header's text, which stands between the length and the elements.
  init(text: [UInt8], of subject: ArraySubject) throws(ArrayError) {
    let literal: PythonLiteral
    do {
      literal = try PythonLiteralParser.parse(text)
    } catch {
      throw .header(subject, reason: "\(error.reason) (byte \(error.offset) of the header)")
    }
    guard case .dictionary(let pairs) = literal else { throw .header(subject, reason: "the header is not a dictionary") }
    var descriptor: PythonLiteral?
    var order: PythonLiteral?
    var extents: PythonLiteral?
    for pair in pairs {
      switch pair.key {
      case "descr": descriptor = pair.value
      case "fortran_order": order = pair.value
      case "shape": extents = pair.value
      default: throw .header(subject, reason: "the header has the unknown key '\(pair.key)'")
      }
    }
    guard let descriptor, let order, let extents else {
      throw .header(subject, reason: "the header lacks one of 'descr', 'fortran_order' and 'shape'")
    }
    guard case .boolean(let isFortranOrder) = order else {
      throw .header(subject, reason: "'fortran_order' is neither True nor False")
    }
    guard case .string(let code) = descriptor, let dtype = Self.dtype(code: code) else {
      throw .elementType(subject, dtype: descriptor.description)
    }
    self.init(dtype: dtype, shape: try Self.shape(extents, dtype, subject), isFortranOrder: isFortranOrder)
  }

  private static func shape(_ literal: PythonLiteral, _ dtype: DType, _ subject: ArraySubject) throws(ArrayError) -> [Int] {
    guard case .tuple(let items) = literal else { throw .shape(subject, reason: "\(literal) is not a tuple of integers") }
    guard items.count <= greatestRank else {
      throw .shape(subject, reason: "it has \(items.count) axes, more than \(greatestRank)")
    }
    var shape: [Int] = []
    var bytes = dtype.byteCount
    for item in items {
      guard case .integer(let extent) = item, extent >= 0 else { throw .shape(subject, reason: "\(item) is no length of an axis") }
      shape.append(extent)
      // An axis of length 0 does not excuse the others: their product alone must fit, in any order.
      let (product, overflow) = bytes.multipliedReportingOverflow(by: max(extent, 1))
      guard !overflow else { throw .shape(subject, reason: "\(literal) has more elements than can be counted") }
      bytes = product
    }
    return shape
  }

  private static func dtype(code: String) -> DType? {
    switch code {
    case "<f4": .f32
    case "<f8": .f64
    case "<i4": .i32
    case "<i8": .i64
    case "|b1", "?": .bool
    default: nil
    }
  }
  private var code: String {
    switch dtype {
    case .f32: "<f4"
    case .f64: "<f8"
    case .i32: "<i4"
    case .i64: "<i8"
    case .bool: "|b1"
    }
  }

  /// The whole header as it stands before the elements: magic, version, length and text, padded to a multiple of 64 bytes.
  var serialized: [UInt8] {
    let extents = shape.map { "\($0)," }.joined(separator: " ")
    // As numpy writes it: (3,), (3, 4), ().
    let tuple = shape.count > 1 ? "(\(extents.dropLast()))" : "(\(extents))"
    let order = isFortranOrder ? "True" : "False"
    var text = Array("{'descr': '\(code)', 'fortran_order': \(order), 'shape': \(tuple), }".utf8)
    // Version 1 has a length of two bytes; the longest text, 64 axes of 20 characters, fits it.
    let prefix = Self.magic.count + 4
    let padding = (64 - (prefix + text.count + 1) % 64) % 64
    text += [UInt8](repeating: UInt8(ascii: " "), count: padding) + [UInt8(ascii: "\n")]
    return Self.magic + [1, 0, UInt8(text.count & 0xff), UInt8(text.count >> 8)] + text
  }
}
