/// A Swift type that stands for a `DType`: what the interpreter's kernels are generic over.
protocol Element: Sendable {
  static func elements(of tensor: Tensor) -> [Self]
  static func tensor(_ elements: [Self], shape: [Int]) -> Tensor
  /// How the two compare.
  static func ordering(_ a: Self, _ b: Self) -> ScalarOrdering
}

/// An element with arithmetic. Integers wrap.
protocol NumberElement: Element {
  static var zero: Self { get }
  static var one: Self { get }
  /// What every max leaves unchanged: −∞, the least integer.
  static var lowest: Self { get }
  static var highest: Self { get }
  /// How many lanes a sum has; the order does not matter for integers.
  static var laneCount: Int { get }
  static func plus(_ a: Self, _ b: Self) -> Self
  static func times(_ a: Self, _ b: Self) -> Self
  /// a b + c, rounded once.
  static func multiplyAdd(_ a: Self, _ b: Self, _ c: Self) -> Self
  static func greatest(_ a: Self, _ b: Self) -> Self
  static func least(_ a: Self, _ b: Self) -> Self
}

extension NumberElement {
  @inline(__always) static func isZero(_ a: Self) -> Bool { ordering(a, zero) == .equal }
  @inline(__always) static func isNaN(_ a: Self) -> Bool { ordering(a, a) == .unordered }
  /// a b + c, where a term with b = 0 is +0 whatever a is.
  @inline(__always) static func annihilatingMultiplyAdd(_ a: Self, _ b: Self, _ c: Self) -> Self {
    isZero(b) ? multiplyAdd(zero, zero, c) : multiplyAdd(a, b, c)
  }
}

@inline(__always) private func order<T: Comparable>(_ a: T, _ b: T) -> ScalarOrdering {
  a < b ? .less : a > b ? .greater : a == b ? .equal : .unordered
}

/// IEEE 754-2019 maximum: NaN if an operand is, +0 above −0.
@inline(__always) private func floatMaximum<T: BinaryFloatingPoint>(_ a: T, _ b: T) -> T {
  if a > b { return a }
  if a < b { return b }
  return a == b ? (a.sign == .plus ? a : b) : a + b
}
/// IEEE 754-2019 minimum: NaN if an operand is, −0 below +0.
@inline(__always) private func floatMinimum<T: BinaryFloatingPoint>(_ a: T, _ b: T) -> T {
  if a < b { return a }
  if a > b { return b }
  return a == b ? (a.sign == .minus ? a : b) : a + b
}

extension Float: NumberElement {
  static func elements(of tensor: Tensor) -> [Float] {
    guard case .f32(let values) = tensor.storage else { preconditionFailure("f32 asked of \(tensor.dtype)") }
    return values
  }
  static func tensor(_ elements: [Float], shape: [Int]) -> Tensor { Tensor(shape: shape, storage: .f32(elements)) }
  @inline(__always) static func ordering(_ a: Float, _ b: Float) -> ScalarOrdering { order(a, b) }
  static var one: Float { 1 }
  static var lowest: Float { -.infinity }
  static var highest: Float { .infinity }
  static var laneCount: Int { 16 }
  @inline(__always) static func plus(_ a: Float, _ b: Float) -> Float { a + b }
  @inline(__always) static func times(_ a: Float, _ b: Float) -> Float { a * b }
  @inline(__always) static func multiplyAdd(_ a: Float, _ b: Float, _ c: Float) -> Float { c.addingProduct(a, b) }
  @inline(__always) static func greatest(_ a: Float, _ b: Float) -> Float { floatMaximum(a, b) }
  @inline(__always) static func least(_ a: Float, _ b: Float) -> Float { floatMinimum(a, b) }
}

extension Double: NumberElement {
  static func elements(of tensor: Tensor) -> [Double] {
    guard case .f64(let values) = tensor.storage else { preconditionFailure("f64 asked of \(tensor.dtype)") }
    return values
  }
  static func tensor(_ elements: [Double], shape: [Int]) -> Tensor { Tensor(shape: shape, storage: .f64(elements)) }
  @inline(__always) static func ordering(_ a: Double, _ b: Double) -> ScalarOrdering { order(a, b) }
  static var one: Double { 1 }
  static var lowest: Double { -.infinity }
  static var highest: Double { .infinity }
  static var laneCount: Int { 8 }
  @inline(__always) static func plus(_ a: Double, _ b: Double) -> Double { a + b }
  @inline(__always) static func times(_ a: Double, _ b: Double) -> Double { a * b }
  @inline(__always) static func multiplyAdd(_ a: Double, _ b: Double, _ c: Double) -> Double { c.addingProduct(a, b) }
  @inline(__always) static func greatest(_ a: Double, _ b: Double) -> Double { floatMaximum(a, b) }
  @inline(__always) static func least(_ a: Double, _ b: Double) -> Double { floatMinimum(a, b) }
}

extension Int32: NumberElement {
  static func elements(of tensor: Tensor) -> [Int32] {
    guard case .i32(let values) = tensor.storage else { preconditionFailure("i32 asked of \(tensor.dtype)") }
    return values
  }
  static func tensor(_ elements: [Int32], shape: [Int]) -> Tensor { Tensor(shape: shape, storage: .i32(elements)) }
  @inline(__always) static func ordering(_ a: Int32, _ b: Int32) -> ScalarOrdering { order(a, b) }
  static var one: Int32 { 1 }
  static var lowest: Int32 { .min }
  static var highest: Int32 { .max }
  static var laneCount: Int { 1 }
  @inline(__always) static func plus(_ a: Int32, _ b: Int32) -> Int32 { a &+ b }
  @inline(__always) static func times(_ a: Int32, _ b: Int32) -> Int32 { a &* b }
  @inline(__always) static func multiplyAdd(_ a: Int32, _ b: Int32, _ c: Int32) -> Int32 { a &* b &+ c }
  @inline(__always) static func greatest(_ a: Int32, _ b: Int32) -> Int32 { Swift.max(a, b) }
  @inline(__always) static func least(_ a: Int32, _ b: Int32) -> Int32 { Swift.min(a, b) }
}

extension Int64: NumberElement {
  static func elements(of tensor: Tensor) -> [Int64] {
    guard case .i64(let values) = tensor.storage else { preconditionFailure("i64 asked of \(tensor.dtype)") }
    return values
  }
  static func tensor(_ elements: [Int64], shape: [Int]) -> Tensor { Tensor(shape: shape, storage: .i64(elements)) }
  @inline(__always) static func ordering(_ a: Int64, _ b: Int64) -> ScalarOrdering { order(a, b) }
  static var one: Int64 { 1 }
  static var lowest: Int64 { .min }
  static var highest: Int64 { .max }
  static var laneCount: Int { 1 }
  @inline(__always) static func plus(_ a: Int64, _ b: Int64) -> Int64 { a &+ b }
  @inline(__always) static func times(_ a: Int64, _ b: Int64) -> Int64 { a &* b }
  @inline(__always) static func multiplyAdd(_ a: Int64, _ b: Int64, _ c: Int64) -> Int64 { a &* b &+ c }
  @inline(__always) static func greatest(_ a: Int64, _ b: Int64) -> Int64 { Swift.max(a, b) }
  @inline(__always) static func least(_ a: Int64, _ b: Int64) -> Int64 { Swift.min(a, b) }
}

extension Bool: Element {
  static func elements(of tensor: Tensor) -> [Bool] {
    guard case .bool(let values) = tensor.storage else { preconditionFailure("bool asked of \(tensor.dtype)") }
    return values
  }
  static func tensor(_ elements: [Bool], shape: [Int]) -> Tensor { Tensor(shape: shape, storage: .bool(elements)) }
  static func ordering(_ a: Bool, _ b: Bool) -> ScalarOrdering { a == b ? .equal : a ? .greater : .less }
}

extension Tensor {
  /// All elements alike.
  static func filled(_ dtype: DType, _ value: Double, shape: [Int]) -> Tensor {
    let count = shape.reduce(1, *)
    switch dtype {
    case .f32: return Tensor([Float](repeating: Float(value), count: count), shape: shape)
    case .f64: return Tensor([Double](repeating: value, count: count), shape: shape)
    case .i32: return Tensor([Int32](repeating: Int32(value), count: count), shape: shape)
    case .i64: return Tensor([Int64](repeating: Int64(value), count: count), shape: shape)
    case .bool: return Tensor([Bool](repeating: value != 0, count: count), shape: shape)
    }
  }
  /// The elements of an integer tensor, widened.
  var integers: [Int64] {
    switch storage {
    case .i64(let values): values
    case .i32(let values): values.map { Int64($0) }
    case .bool(let values): values.map { $0 ? 1 : 0 }
    case .f32, .f64: preconditionFailure("a float tensor has no integers")
    }
  }
}
