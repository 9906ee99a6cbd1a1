/// The type of a tensor's elements.
public enum DType: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case f32, f64, i32, i64, bool

  /// True of `f32` and `f64`, the types that have derivatives.
  @inlinable public var isFloat: Bool { self == .f32 || self == .f64 }
  /// True of `i32` and `i64`.
  @inlinable public var isInteger: Bool { self == .i32 || self == .i64 }
  /// The bytes of one element.
  @inlinable public var byteCount: Int {
    switch self {
    case .bool: 1
    case .f32, .i32: 4
    case .f64, .i64: 8
    }
  }
  /// The name in models, graphs and messages: `f32`.
  public var name: String {
    switch self {
    case .f32: "f32"
    case .f64: "f64"
    case .i32: "i32"
    case .i64: "i64"
    case .bool: "bool"
    }
  }
  public var description: String { name }
  /// The number type of that name, if there is one.
  public init?(name: some StringProtocol) {
    guard let found = DType.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}
