import GradRuntime

// triangularSolve and cholesky.
extension Kernels {
  /// Solves T x = b by substitution: xᵢ = (bᵢ − Σ Tᵢⱼ xⱼ) / Tᵢᵢ, the sum a chain of fma(−Tᵢⱼ, xⱼ, ·) from bᵢ over the j already solved,
  /// in the order of solving (downwards from 0, or upwards from n − 1).
  static func triangularSolve(_ a: Tensor, _ b: Tensor, lower: Bool, transposed: Bool) -> Tensor {
    let (n, k) = (b.shape[b.shape.count - 2], b.shape[b.shape.count - 1])
    let matrices = b.shape.dropLast(2).reduce(1, *)
    func go<T: NumberElement & FloatingPoint>(_ a: [T], _ b: [T]) -> Tensor {
      var x = b
      for matrix in 0..<matrices {
        let (baseA, baseX) = (matrix * n * n, matrix * n * k)
        let order = lower != transposed ? Array(0..<n) : Array((0..<n).reversed())
        for (solved, i) in order.enumerated() {
          for column in 0..<k {
            var rest = b[baseX + i * k + column]
            for j in order[..<solved] {
              rest.addProduct(-a[baseA + (transposed ? j * n + i : i * n + j)], x[baseX + j * k + column])
            }
            x[baseX + i * k + column] = rest / a[baseA + i * n + i]
          }
        }
      }
      return T.tensor(x, shape: shape)
    }
    let shape = b.shape
    switch (a.storage, b.storage) {
    case (.f32(let a), .f32(let b)): return go(a, b)
    case (.f64(let a), .f64(let b)): return go(a, b)
    default: preconditionFailure("triangular_solve of \(a.dtype)")
    }
  }

  /// lⱼⱼ = √(aⱼⱼ − Σ lⱼₖ²), lᵢⱼ = (aᵢⱼ − Σ lᵢₖ lⱼₖ) / lⱼⱼ, each sum a chain of fma(−lᵢₖ, lⱼₖ, ·) from aᵢⱼ for k = 0 … j − 1. NaN where what
  /// the root is taken of is not positive, and in all that depends on it.
  static func cholesky(_ a: Tensor) -> Tensor {
    let n = a.shape[a.shape.count - 1]
    let matrices = a.shape.dropLast(2).reduce(1, *)
    func go<T: NumberElement & FloatingPoint>(_ a: [T], _ root: (T) -> T) -> Tensor {
      var l = [T](repeating: T.zero, count: a.count)
      for base in (0..<matrices).map({ $0 * n * n }) {
        for j in 0..<n {
          for i in j..<n {
            var rest = a[base + i * n + j]
            for k in 0..<j { rest.addProduct(-l[base + i * n + k], l[base + j * n + k]) }
            if i == j {
              l[base + j * n + j] = rest > T.zero ? root(rest) : T.nan
            } else {
              l[base + i * n + j] = rest / l[base + j * n + j]
            }
          }
        }
      }
      return T.tensor(l, shape: shape)
    }
    let shape = a.shape
    switch a.storage {
    case .f32(let v): return go(v) { grad_sqrt_f32($0) }
    case .f64(let v): return go(v) { grad_sqrt_f64($0) }
    default: preconditionFailure("cholesky of \(a.dtype)")
    }
  }
}
