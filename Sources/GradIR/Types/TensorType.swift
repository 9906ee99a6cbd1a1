/// The extents of a tensor, outermost axis first; `[]` is a scalar's.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// The extent of each axis.
  public var dims: [Dim]

  /// A shape of those extents.
  @inlinable public init(_ dims: [Dim]) { self.dims = dims }
  /// `[batch, 3]`
  public init(arrayLiteral elements: Dim...) { dims = elements }

  /// The number of axes.
  @inlinable public var rank: Int { dims.count }
  /// The extent of an axis.
  @inlinable public subscript(axis: Int) -> Dim {
    get { dims[axis] }
    set { dims[axis] = newValue }
  }
  /// The number of elements.
  public var count: Dim { dims.reduce(1, *) }
  /// Whether an element's offset may not fit an integer. An axis of extent 0 does not excuse the others: their product alone must be
  /// below 2^61, in any order.
  public var isTooLarge: Bool { dims.reduce(1) { $1 == 0 ? $0 : $0 * $1 }.isOverflow }
  /// The shape without some axes.
  public func removing(_ axes: some Collection<Int>) -> Shape {
    Shape(dims.indices.filter { !axes.contains($0) }.map { dims[$0] })
  }
  /// The axes of one and then of the other.
  public static func + (a: Shape, b: Shape) -> Shape { Shape(a.dims + b.dims) }

  /// The extents under a binding of the dims; nil where one is unbound or negative.
  public func extents(_ binding: [String: Int]) -> [Int]? {
    var extents: [Int] = []
    for dim in dims {
      guard let value = dim.value(binding), value >= 0 else { return nil }
      extents.append(value)
    }
    return extents
  }
  /// `[batch, 3]`
  public var description: String { "[" + dims.map(\.description).joined(separator: ", ") + "]" }
}

/// Number type and shape of a value.
public struct TensorType: Hashable, Sendable, CustomStringConvertible {
  /// The type of its numbers.
  public var dtype: DType
  /// Its extents; `[]` of a scalar.
  public var shape: Shape

  /// By default a scalar's.
  @inlinable public init(_ dtype: DType, _ shape: Shape = []) {
    self.dtype = dtype
    self.shape = shape
  }
  /// The number of axes.
  @inlinable public var rank: Int { shape.rank }
  /// True without axes.
  @inlinable public var isScalar: Bool { shape.dims.isEmpty }
  /// The same shape with another number type.
  public func with(_ dtype: DType) -> TensorType { TensorType(dtype, shape) }
  /// The same number type in another shape.
  public func with(_ shape: Shape) -> TensorType { TensorType(dtype, shape) }
  /// `f32[batch, 3]`; a scalar is `f32`.
  public var description: String { isScalar ? dtype.name : dtype.name + shape.description }
}
