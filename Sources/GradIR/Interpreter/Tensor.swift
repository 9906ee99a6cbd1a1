/// A dense array of numbers in C order: what models are given and what they return.
///
/// The shape's product equals the count of elements; a scalar has the shape `[]` and one element.
public struct Tensor: Hashable, Sendable {
  /// The elements, by number type.
  public enum Storage: Hashable, Sendable {
    case f32([Float]), f64([Double]), i32([Int32]), i64([Int64]), bool([Bool])
  }
  /// The extents, outermost axis first; `[]` is a scalar's.
  public let shape: [Int]
  /// The elements in C order: the last axis runs fastest.
  public var storage: Storage

  /// Elements in C order; as many as the product of the extents.
  public init(shape: [Int], storage: Storage) {
    self.shape = shape
    self.storage = storage
    precondition(count == shape.reduce(1, *), "a tensor has as many elements as its shape says")
  }
  /// A vector, or elements in C order in a shape.
  public init(_ values: [Float], shape: [Int]? = nil) { self.init(shape: shape ?? [values.count], storage: .f32(values)) }
  /// A vector, or elements in C order in a shape.
  public init(_ values: [Double], shape: [Int]? = nil) { self.init(shape: shape ?? [values.count], storage: .f64(values)) }
  /// A vector, or elements in C order in a shape.
  public init(_ values: [Int32], shape: [Int]? = nil) { self.init(shape: shape ?? [values.count], storage: .i32(values)) }
  /// A vector, or elements in C order in a shape.
  public init(_ values: [Int64], shape: [Int]? = nil) { self.init(shape: shape ?? [values.count], storage: .i64(values)) }
  /// A vector, or elements in C order in a shape.
  public init(_ values: [Bool], shape: [Int]? = nil) { self.init(shape: shape ?? [values.count], storage: .bool(values)) }

  /// The number type of the elements.
  public var dtype: DType {
    switch storage {
    case .f32: .f32
    case .f64: .f64
    case .i32: .i32
    case .i64: .i64
    case .bool: .bool
    }
  }
  /// The number of elements.
  public var count: Int {
    switch storage {
    case .f32(let v): v.count
    case .f64(let v): v.count
    case .i32(let v): v.count
    case .i64(let v): v.count
    case .bool(let v): v.count
    }
  }
  /// Element `index` (C order) as a double; i64 beyond 2^53 are rounded.
  public func double(at index: Int) -> Double {
    switch storage {
    case .f32(let v): Double(v[index])
    case .f64(let v): v[index]
    case .i32(let v): Double(v[index])
    case .i64(let v): Double(v[index])
    case .bool(let v): v[index] ? 1 : 0
    }
  }
  /// Element `index` (C order) of an integer or bool tensor.
  public func integer(at index: Int) -> Int64 {
    switch storage {
    case .i32(let v): Int64(v[index])
    case .i64(let v): v[index]
    case .bool(let v): v[index] ? 1 : 0
    case .f32, .f64: preconditionFailure("a float tensor has no integers")
    }
  }
  /// The same elements in another shape of as many elements.
  public func reshaped(_ shape: [Int]) -> Tensor { Tensor(shape: shape, storage: storage) }
}

extension Tensor {
  /// Lends the elements as they lie in memory, in C order.
  public func withUnsafeElementBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    switch storage {
    case .f32(let values): try values.withUnsafeBytes(body)
    case .f64(let values): try values.withUnsafeBytes(body)
    case .i32(let values): try values.withUnsafeBytes(body)
    case .i64(let values): try values.withUnsafeBytes(body)
    case .bool(let values): try values.withUnsafeBytes(body)
    }
  }
}

extension Tensor {
  /// Equal type, shape and bits; any NaN is like any other.
  public func hasSameBits(as other: Tensor) -> Bool {
    guard dtype == other.dtype, shape == other.shape else { return false }
    switch (storage, other.storage) {
    case (.f32(let a), .f32(let b)): return zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
    case (.f64(let a), .f64(let b)): return zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
    default: return storage == other.storage
    }
  }
}
