// broadcast transpose slice pad concatenate diagonal window windowAdd gather scatterAdd, and the steps of loops.
extension Kernels {
  static func broadcast(_ x: Tensor, _ axes: [Int], shape: [Int]) -> Tensor {
    var strides = [Int](repeating: 0, count: shape.count)
    for (stride, axis) in zip(rowMajorStrides(x.shape), axes) { strides[axis] = stride }
    return x.read(offsets(shape, strides), shape: shape)
  }

  static func transpose(_ x: Tensor, _ permutation: [Int], shape: [Int]) -> Tensor {
    let strides = rowMajorStrides(x.shape)
    return x.read(offsets(shape, permutation.map { strides[$0] }), shape: shape)
  }

  static func slice(_ x: Tensor, starts: [Int], steps: [Int], shape: [Int]) -> Tensor {
    let strides = rowMajorStrides(x.shape)
    for axis in shape.indices where !shape.contains(0) {
      let last = starts[axis] + (shape[axis] - 1) * steps[axis]
      precondition(
        min(starts[axis], last) >= 0 && max(starts[axis], last) < x.shape[axis],
        "a slice from \(starts[axis]) to \(last) of an axis of \(x.shape[axis])")
    }
    let start = zip(starts, strides).reduce(0) { $0 + $1.0 * $1.1 }
    return x.read(offsets(shape, zip(steps, strides).map { $0 * $1 }, start: start), shape: shape)
  }

  static func pad(_ x: Tensor, _ value: Tensor, low: [Int], interior: [Int], shape: [Int]) -> Tensor {
    let strides = rowMajorStrides(shape)
    let start = zip(low, strides).reduce(0) { $0 + $1.0 * $1.1 }
    let places = offsets(x.shape, zip(interior, strides).map { ($0 + 1) * $1 }, start: start)
    return broadcast(value, [], shape: shape).writing(x, at: places)
  }

  static func concatenate(_ parts: [Tensor], _ axis: Int, shape: [Int]) -> Tensor {
    let strides = rowMajorStrides(shape)
    var result = Tensor.filled(parts[0].dtype, 0, shape: shape)
    var start = 0
    for part in parts {
      result = result.writing(part, at: offsets(part.shape, strides, start: start * strides[axis]))
      start += part.shape[axis]
    }
    return result
  }

  static func diagonal(_ x: Tensor, _ diagonal: Diagonal, shape: [Int]) -> Tensor {
    // The strides of the side with two axes, with the two made one.
    var strides = rowMajorStrides(diagonal.mode == .extract ? x.shape : shape)
    strides[diagonal.first] += strides[diagonal.second]
    strides.remove(at: diagonal.second)
    switch diagonal.mode {
    case .extract: return x.read(offsets(shape, strides), shape: shape)
    case .embed: return Tensor.filled(x.dtype, 0, shape: shape).writing(x, at: offsets(x.shape, strides))
    }
  }

  /// Where in x each element of its windows stands; `shape` is the windows'.
  private static func windowOffsets(_ axes: [WindowAxis], unwindowed: [Int], shape: [Int]) -> [Int] {
    let own = rowMajorStrides(unwindowed)
    var strides = own + axes.map { own[$0.axis] * $0.dilation }
    for axis in axes { strides[axis.axis] *= axis.stride }
    return offsets(shape, strides)
  }
  static func window(_ x: Tensor, _ axes: [WindowAxis], shape: [Int]) -> Tensor {
    x.read(windowOffsets(axes, unwindowed: x.shape, shape: shape), shape: shape)
  }
  static func windowAdd(_ x: Tensor, _ axes: [WindowAxis], shape: [Int]) -> Tensor {
    x.added(at: windowOffsets(axes, unwindowed: shape, shape: x.shape), shape: shape)
  }

  /// Where in an operand [B…, A…, axis, R…] each element of [B…, A…, I…, R…] stands.
  private static func gatherOffsets(_ operand: [Int], _ selected: [Int], _ axis: GatherAxis, indexShape: [Int]) -> [Int] {
    let batch = offsets(Array(operand[..<axis.batch]), Array(rowMajorStrides(operand)[..<axis.batch]))
    let strides = rowMajorStrides(operand)
    let before = offsets(Array(operand[axis.batch..<axis.axis]), Array(strides[axis.batch..<axis.axis]))
    let after = offsets(Array(operand[(axis.axis + 1)...]), Array(strides[(axis.axis + 1)...]))
    let count = indexShape[axis.batch...].reduce(1, *)
    var found: [Int] = []
    for (place, b) in batch.enumerated() {
      for a in before {
        for index in selected[place * count..<(place + 1) * count] {
          let base = b + a + index * strides[axis.axis]
          for r in after { found.append(base &+ r) }
        }
      }
    }
    return found
  }
  static func gather(_ x: Tensor, _ selected: [Int], _ axis: GatherAxis, indexShape: [Int], shape: [Int]) -> Tensor {
    if shape.contains(0) { return .filled(x.dtype, 0, shape: shape) }
    return x.read(gatherOffsets(x.shape, selected, axis, indexShape: indexShape), shape: shape)
  }
  static func scatterAdd(_ updates: Tensor, _ selected: [Int], _ axis: GatherAxis, indexShape: [Int], shape: [Int]) -> Tensor {
    if updates.count == 0 { return .filled(updates.dtype, 0, shape: shape) }
    return updates.added(at: gatherOffsets(shape, selected, axis, indexShape: indexShape), shape: shape)
  }

  /// Slice `step` along the first axis.
  static func step(_ step: Int, of x: Tensor) -> Tensor {
    let shape = Array(x.shape.dropFirst())
    let count = shape.reduce(1, *)
    let range = step * count..<(step + 1) * count
    switch x.storage {
    case .f32(let v): return Tensor(Array(v[range]), shape: shape)
    case .f64(let v): return Tensor(Array(v[range]), shape: shape)
    case .i32(let v): return Tensor(Array(v[range]), shape: shape)
    case .i64(let v): return Tensor(Array(v[range]), shape: shape)
    case .bool(let v): return Tensor(Array(v[range]), shape: shape)
    }
  }
  /// Writes slice `step` along the first axis.
  static func setStep(_ step: Int, of x: inout Tensor, to value: Tensor) {
    let range = step * value.count..<(step + 1) * value.count
    // The array is taken out while it is written to, so that it is not copied.
    let storage = x.storage
    x.storage = .bool([])
    switch (consume storage, value.storage) {
    case (.f32(var v), .f32(let w)):
      v.replaceSubrange(range, with: w)
      x.storage = .f32(v)
    case (.f64(var v), .f64(let w)):
      v.replaceSubrange(range, with: w)
      x.storage = .f64(v)
    case (.i32(var v), .i32(let w)):
      v.replaceSubrange(range, with: w)
      x.storage = .i32(v)
    case (.i64(var v), .i64(let w)):
      v.replaceSubrange(range, with: w)
      x.storage = .i64(v)
    case (.bool(var v), .bool(let w)):
      v.replaceSubrange(range, with: w)
      x.storage = .bool(v)
    default: preconditionFailure("a step's output has another type than its stack")
    }
  }
}
