// Most ops move elements: each element of one side stands at an offset of the other that is linear in its index. An op is then a
// start and a stride for each axis; the walk itself is the same for all.

/// The strides of an array in C order.
func rowMajorStrides(_ extents: [Int]) -> [Int] {
  var strides = [Int](repeating: 1, count: extents.count)
  for axis in extents.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * extents[axis + 1] }
  return strides
}

/// start + Σ index · stride for each index tuple of `extents`, in row-major order.
func offsets(_ extents: [Int], _ strides: [Int], start: Int = 0) -> [Int] {
  if extents.contains(0) { return [] }
  var found = [start]
  for (extent, stride) in zip(extents, strides) {
    if extent == 1 { continue }
    var next: [Int] = []
    next.reserveCapacity(found.count * extent)
    for offset in found {
      for index in 0..<extent { next.append(offset &+ index &* stride) }
    }
    found = next
  }
  return found
}

extension Tensor {
  /// The elements at the offsets.
  func read(_ offsets: [Int], shape: [Int]) -> Tensor {
    func go<T>(_ values: [T]) -> [T] {
      values.withUnsafeBufferPointer { values in
        [T](unsafeUninitializedCapacity: offsets.count) { buffer, count in
          for (index, offset) in offsets.enumerated() { (buffer.baseAddress! + index).initialize(to: values[offset]) }
          count = offsets.count
        }
      }
    }
    switch storage {
    case .f32(let v): return Tensor(go(v), shape: shape)
    case .f64(let v): return Tensor(go(v), shape: shape)
    case .i32(let v): return Tensor(go(v), shape: shape)
    case .i64(let v): return Tensor(go(v), shape: shape)
    case .bool(let v): return Tensor(go(v), shape: shape)
    }
  }

  /// This tensor with the elements of another written at the offsets.
  func writing(_ other: Tensor, at offsets: [Int]) -> Tensor {
    func go<T>(_ values: [T], _ other: [T]) -> [T] {
      var values = values
      for (index, offset) in offsets.enumerated() { values[offset] = other[index] }
      return values
    }
    switch (storage, other.storage) {
    case (.f32(let a), .f32(let b)): return Tensor(go(a, b), shape: shape)
    case (.f64(let a), .f64(let b)): return Tensor(go(a, b), shape: shape)
    case (.i32(let a), .i32(let b)): return Tensor(go(a, b), shape: shape)
    case (.i64(let a), .i64(let b)): return Tensor(go(a, b), shape: shape)
    case (.bool(let a), .bool(let b)): return Tensor(go(a, b), shape: shape)
    default: preconditionFailure("\(other.dtype) written into \(dtype)")
    }
  }

  /// Zeros with each element of this tensor added at its offset, in row-major order.
  func added(at offsets: [Int], shape: [Int]) -> Tensor {
    func go<T: NumberElement>(_ values: [T]) -> Tensor {
      var sums = [T](repeating: T.zero, count: shape.reduce(1, *))
      for (index, offset) in offsets.enumerated() { sums[offset] = T.plus(sums[offset], values[index]) }
      return T.tensor(sums, shape: shape)
    }
    switch storage {
    case .f32(let v): return go(v)
    case .f64(let v): return go(v)
    case .i32(let v): return go(v)
    case .i64(let v): return go(v)
    case .bool: preconditionFailure("bools are not added")
    }
  }
}
