import GradRuntime

/// The reference evaluation of each op on tensors.
enum Kernels {}

// map and cast.
extension Kernels {
  static func map(_ function: ScalarFunction, _ operands: [Tensor]) -> Tensor {
    let record = function.record
    let (x, y) = (operands[0], operands[operands.count > 1 ? 1 : 0])
    switch record.typeRule {
    case .select: return select(operands[0], operands[1], operands[2])
    case .comparison: return compare(record, x, y)
    case .arithmetic, .float, .logical:
      let shape = x.shape
      switch (x.storage, y.storage) {
      case (.f32(let a), .f32(let b)): return Tensor(zipped(a, b, evaluation(record, record.evaluate.f32)), shape: shape)
      case (.f64(let a), .f64(let b)): return Tensor(zipped(a, b, evaluation(record, record.evaluate.f64)), shape: shape)
      case (.i32(let a), .i32(let b)): return Tensor(zipped(a, b, evaluation(record, record.evaluate.i32)), shape: shape)
      case (.i64(let a), .i64(let b)): return Tensor(zipped(a, b, evaluation(record, record.evaluate.i64)), shape: shape)
      case (.bool(let a), .bool(let b)): return Tensor(zipped(a, b, evaluation(record, record.evaluate.bool)), shape: shape)
      default: preconditionFailure("\(function) of \(x.dtype) and \(y.dtype)")
      }
    }
  }

  private static func evaluation<F>(_ record: ScalarRecord, _ function: F?) -> F {
    guard let function else { preconditionFailure("\(record.name) has no reference evaluation of a type that its rule takes") }
    return function
  }

  private static func zipped<A, R>(_ a: [A], _ b: [A], _ f: (A, A) -> R) -> [R] {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        [R](unsafeUninitializedCapacity: a.count) { buffer, count in
          for index in 0..<a.count { (buffer.baseAddress! + index).initialize(to: f(a[index], b[index])) }
          count = a.count
        }
      }
    }
  }

  private static func compare(_ record: ScalarRecord, _ x: Tensor, _ y: Tensor) -> Tensor {
    let holds = evaluation(record, record.evaluate.ordering)
    let (less, equal, greater, unordered) = (holds(.less), holds(.equal), holds(.greater), holds(.unordered))
    func go<T: Element>(_ a: [T], _ b: [T]) -> Tensor {
      let answers = zipped(a, b) { x, y in
        switch T.ordering(x, y) {
        case .less: less
        case .equal: equal
        case .greater: greater
        case .unordered: unordered
        }
      }
      return Tensor(answers, shape: x.shape)
    }
    switch (x.storage, y.storage) {
    case (.f32(let a), .f32(let b)): return go(a, b)
    case (.f64(let a), .f64(let b)): return go(a, b)
    case (.i32(let a), .i32(let b)): return go(a, b)
    case (.i64(let a), .i64(let b)): return go(a, b)
    case (.bool(let a), .bool(let b)): return go(a, b)
    default: preconditionFailure("\(record.name) of \(x.dtype) and \(y.dtype)")
    }
  }

  private static func select(_ condition: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor {
    let chosen = Bool.elements(of: condition)
    func go<T: Element>(_ a: [T], _ b: [T]) -> Tensor {
      T.tensor(chosen.indices.map { chosen[$0] ? a[$0] : b[$0] }, shape: x.shape)
    }
    switch (x.storage, y.storage) {
    case (.f32(let a), .f32(let b)): return go(a, b)
    case (.f64(let a), .f64(let b)): return go(a, b)
    case (.i32(let a), .i32(let b)): return go(a, b)
    case (.i64(let a), .i64(let b)): return go(a, b)
    case (.bool(let a), .bool(let b)): return go(a, b)
    default: preconditionFailure("select of \(x.dtype) and \(y.dtype)")
    }
  }

  /// Float → integer saturates, NaN → 0; integer → integer wraps; to bool is x ≠ 0.
  static func cast(_ x: Tensor, to dtype: DType) -> Tensor {
    let shape = x.shape
    switch (x.storage, dtype) {
    case (.f32, .f32), (.f64, .f64), (.i32, .i32), (.i64, .i64), (.bool, .bool): return x
    case (.f32(let v), .f64): return Tensor(v.map { Double($0) }, shape: shape)
    case (.f32(let v), .i32): return Tensor(v.map { grad_f32_to_i32($0) }, shape: shape)
    case (.f32(let v), .i64): return Tensor(v.map { grad_f32_to_i64($0) }, shape: shape)
    case (.f32(let v), .bool): return Tensor(v.map { $0 != 0 }, shape: shape)
    case (.f64(let v), .f32): return Tensor(v.map { Float($0) }, shape: shape)
    case (.f64(let v), .i32): return Tensor(v.map { grad_f64_to_i32($0) }, shape: shape)
    case (.f64(let v), .i64): return Tensor(v.map { grad_f64_to_i64($0) }, shape: shape)
    case (.f64(let v), .bool): return Tensor(v.map { $0 != 0 }, shape: shape)
    case (.i32(let v), .f32): return Tensor(v.map { Float($0) }, shape: shape)
    case (.i32(let v), .f64): return Tensor(v.map { Double($0) }, shape: shape)
    case (.i32(let v), .i64): return Tensor(v.map { Int64($0) }, shape: shape)
    case (.i32(let v), .bool): return Tensor(v.map { $0 != 0 }, shape: shape)
    case (.i64(let v), .f32): return Tensor(v.map { Float($0) }, shape: shape)
    case (.i64(let v), .f64): return Tensor(v.map { Double($0) }, shape: shape)
    case (.i64(let v), .i32): return Tensor(v.map { Int32(truncatingIfNeeded: $0) }, shape: shape)
    case (.i64(let v), .bool): return Tensor(v.map { $0 != 0 }, shape: shape)
    case (.bool(let v), .f32): return Tensor(v.map { $0 ? Float(1) : 0 }, shape: shape)
    case (.bool(let v), .f64): return Tensor(v.map { $0 ? 1.0 : 0 }, shape: shape)
    case (.bool(let v), .i32): return Tensor(v.map { $0 ? Int32(1) : 0 }, shape: shape)
    case (.bool(let v), .i64): return Tensor(v.map { $0 ? Int64(1) : 0 }, shape: shape)
    }
  }
}

extension Tensor {
  /// The elements in another number type, as a cast converts them: floats rounded, integers wrapped; floats to integers saturate, NaN to 0.
  public func converted(to dtype: DType) -> Tensor { Kernels.cast(self, to: dtype) }
}
