/// A literal value in a graph. Elements are kept as bits, so that −0 and 0 differ and a NaN equals itself.
public struct Constant: Hashable, Sendable {
  /// The type of its numbers.
  public let dtype: DType
  /// Its extents; `[]` of a scalar.
  public let shape: [Int]
  /// One element each: the bit pattern of a float, the value of an integer or bool in two's complement.
  public let bits: [UInt64]

  public init(dtype: DType, shape: [Int], bits: [UInt64]) {
    self.dtype = dtype
    self.shape = shape
    self.bits = bits
    precondition(bits.count == shape.reduce(1, *), "a constant has as many elements as its shape says")
  }
  /// A scalar of a float type, rounded to it; of an integer type, which must hold it exactly; of bool, true unless 0.
  public init(_ value: Double, _ dtype: DType) {
    self.init(dtype: dtype, shape: [], bits: [Constant.encode(value, dtype)])
  }
  /// A scalar of an integer type (wrapped into it), of bool or of a float type (rounded).
  public init(integer value: Int64, _ dtype: DType) {
    let bits: UInt64 =
      switch dtype {
      case .f32: UInt64(Float(value).bitPattern)
      case .f64: Double(value).bitPattern
      case .i32: UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: value)))
      case .i64: UInt64(bitPattern: value)
      case .bool: value == 0 ? 0 : 1
      }
    self.init(dtype: dtype, shape: [], bits: [bits])
  }
  /// The constant of a tensor's bits.
  public init(_ tensor: Tensor) {
    let bits: [UInt64] =
      switch tensor.storage {
      case .f32(let v): v.map { UInt64($0.bitPattern) }
      case .f64(let v): v.map(\.bitPattern)
      case .i32(let v): v.map { UInt64(bitPattern: Int64($0)) }
      case .i64(let v): v.map { UInt64(bitPattern: $0) }
      case .bool(let v): v.map { $0 ? 1 : 0 }
      }
    self.init(dtype: tensor.dtype, shape: tensor.shape, bits: bits)
  }

  static func encode(_ value: Double, _ dtype: DType) -> UInt64 {
    switch dtype {
    case .f32: UInt64(Float(value).bitPattern)
    case .f64: value.bitPattern
    case .i32, .i64: UInt64(bitPattern: Int64(exactly: value) ?? 0)
    case .bool: value == 0 ? 0 : 1
    }
  }

  /// Its type in a graph.
  public var type: TensorType { TensorType(dtype, Shape(shape.map { Dim($0) })) }
  /// The value of one element as a double.
  public func double(at index: Int) -> Double {
    switch dtype {
    case .f32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits[index])))
    case .f64: Double(bitPattern: bits[index])
    case .i32, .i64: Double(Int64(bitPattern: bits[index]))
    case .bool: bits[index] == 0 ? 0 : 1
    }
  }
  /// The value of one element of an integer or bool constant.
  public func integer(at index: Int) -> Int64 { Int64(bitPattern: bits[index]) }

  /// Its numbers as a tensor.
  public var tensor: Tensor {
    switch dtype {
    case .f32: Tensor(bits.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) }, shape: shape)
    case .f64: Tensor(bits.map { Double(bitPattern: $0) }, shape: shape)
    case .i32: Tensor(bits.map { Int32(truncatingIfNeeded: Int64(bitPattern: $0)) }, shape: shape)
    case .i64: Tensor(bits.map { Int64(bitPattern: $0) }, shape: shape)
    case .bool: Tensor(bits.map { $0 != 0 }, shape: shape)
    }
  }
}
