// reduce, cumulative, argsort.
extension Kernels {
  static func reduce(_ kind: Reduction, _ axes: [Int], _ x: Tensor) -> Tensor {
    let strides = rowMajorStrides(x.shape)
    let kept = x.shape.indices.filter { !axes.contains($0) }
    let shape = kept.map { x.shape[$0] }
    let outer = offsets(shape, kept.map { strides[$0] })
    let inner = offsets(axes.map { x.shape[$0] }, axes.map { strides[$0] })

    func go<T: NumberElement>(_ x: [T]) -> Tensor {
      func fold(_ initial: T, _ combine: (T, T) -> T) -> Tensor {
        T.tensor(outer.map { base in inner.reduce(initial) { combine($0, x[base &+ $1]) } }, shape: shape)
      }
      switch kind {
      case .sum:
        let lanes = UnsafeMutableBufferPointer<T>.allocate(capacity: T.laneCount)
        lanes.initialize(repeating: T.zero)
        defer { lanes.deallocate() }
        let sums = x.withUnsafeBufferPointer { x in
          outer.map { base in laneTotal(inner.count, lanes) { T.plus($1, x[base &+ inner[$0]]) } }
        }
        return T.tensor(sums, shape: shape)
      case .prod: return fold(T.one, T.times)
      case .max: return fold(T.lowest, T.greatest)
      case .min: return fold(T.highest, T.least)
      case .argmax: return Tensor(outer.map { first(.greater, x, $0, inner) }, shape: shape)
      case .argmin: return Tensor(outer.map { first(.less, x, $0, inner) }, shape: shape)
      case .any, .all: preconditionFailure("\(kind.rawValue) of numbers")
      }
    }
    switch x.storage {
    case .f32(let v): return go(v)
    case .f64(let v): return go(v)
    case .i32(let v): return go(v)
    case .i64(let v): return go(v)
    case .bool(let v):
      let answers = outer.map { base in
        kind == .any ? inner.contains { v[base + $0] } : inner.allSatisfy { v[base + $0] }
      }
      return Tensor(answers, shape: shape)
    }
  }

  /// The place of the first NaN, else of the first extreme.
  private static func first<T: NumberElement>(_ wanted: ScalarOrdering, _ x: [T], _ base: Int, _ inner: [Int]) -> Int64 {
    var best = 0
    for (place, offset) in inner.enumerated() {
      let element = x[base &+ offset]
      if T.isNaN(element) { return Int64(place) }
      if T.ordering(element, x[base &+ inner[best]]) == wanted { best = place }
    }
    return Int64(best)
  }

  /// The lines along an axis: where each starts, and the step and count within.
  static func lines(_ shape: [Int], _ axis: Int) -> (starts: [Int], stride: Int, count: Int) {
    let strides = rowMajorStrides(shape)
    let others = shape.indices.filter { $0 != axis }
    return (offsets(others.map { shape[$0] }, others.map { strides[$0] }), strides[axis], shape[axis])
  }

  static func cumulative(_ cumulation: Cumulation, _ x: Tensor) -> Tensor {
    let (starts, stride, count) = lines(x.shape, cumulation.axis)
    func go<T: NumberElement>(_ values: [T]) -> Tensor {
      let (initial, combine): (T, (T, T) -> T) =
        switch cumulation.kind {
        case .sum: (T.zero, T.plus)
        case .prod: (T.one, T.times)
        case .max: (T.lowest, T.greatest)
        }
      var totals = values
      for start in starts {
        var total = initial
        for place in 0..<count {
          let offset = start + (cumulation.reverse ? count - 1 - place : place) * stride
          let next = combine(total, values[offset])
          totals[offset] = cumulation.exclusive ? total : next
          total = next
        }
      }
      return T.tensor(totals, shape: x.shape)
    }
    switch x.storage {
    case .f32(let v): return go(v)
    case .f64(let v): return go(v)
    case .i32(let v): return go(v)
    case .i64(let v): return go(v)
    case .bool: preconditionFailure("a running total of bools")
    }
  }

  static func argsort(_ x: Tensor, _ axis: Int) -> Tensor {
    let (starts, stride, count) = lines(x.shape, axis)
    func go<T: Element>(_ values: [T]) -> Tensor {
      var order = [Int64](repeating: 0, count: values.count)
      for start in starts {
        let sorted = (0..<count).sorted { i, j in
          let (a, b) = (values[start + i * stride], values[start + j * stride])
          switch T.ordering(a, b) {
          case .less: return true
          case .greater: return false
          case .equal: return i < j
          case .unordered:
            let (aIsNaN, bIsNaN) = (T.ordering(a, a) == .unordered, T.ordering(b, b) == .unordered)
            return aIsNaN == bIsNaN ? i < j : bIsNaN
          }
        }
        for (place, index) in sorted.enumerated() { order[start + place * stride] = Int64(index) }
      }
      return Tensor(order, shape: x.shape)
    }
    switch x.storage {
    case .f32(let v): return go(v)
    case .f64(let v): return go(v)
    case .i32(let v): return go(v)
    case .i64(let v): return go(v)
    case .bool(let v): return go(v)
    }
  }
}
