import GradIR

extension Tensor {
  /// Why the elements are not taken for an input of that type; nil where they are. Floats of either width are; integers and bools
  /// whose values fit are, for floats too; floats for integers are not.
  func obstacle(to dtype: DType) -> String? {
    if dtype.isFloat || self.dtype == dtype { return nil }
    if self.dtype.isFloat { return "holds \(self.dtype) values, and floats are not taken for \(dtype)" }
    let range: ClosedRange<Int64> =
      switch dtype {
      case .i32: Int64(Int32.min)...Int64(Int32.max)
      case .bool: 0...1
      default: Int64.min...Int64.max
      }
    for index in 0..<count where !range.contains(integer(at: index)) {
      return "holds \(integer(at: index)) at \(position(index)), which does not fit \(dtype)"
    }
    return nil
  }

  /// Element `index` (C order) as a place: `[2, 0]`.
  public func position(_ index: Int) -> String { Tensor.position(index, in: shape) }

  static func position(_ index: Int, in shape: [Int]) -> String {
    var rest = index
    var place: [Int] = []
    for extent in shape.reversed() {
      place.append(extent > 0 ? rest % extent : 0)
      rest /= max(extent, 1)
    }
    return "[" + place.reversed().map(String.init).joined(separator: ", ") + "]"
  }
}
