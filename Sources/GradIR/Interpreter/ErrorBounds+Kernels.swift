/// How the errors of operands and an operation's own rounding bound the error of its result.
enum ErrorBound {
  /// The most additions that a term of a sum goes through.
  static func sumDepth(_ count: Int, _ dtype: DType) -> Int {
    let lanes = dtype == .f32 ? Float.laneCount : Double.laneCount
    let blocks = (count + Kernels.blockLength - 1) / Kernels.blockLength
    return (min(count, Kernels.blockLength) + lanes - 1) / lanes + lanes.trailingZeroBitCount + (Int.bitWidth - blocks.leadingZeroBitCount)
  }
  static func productDepth(_ count: Int) -> Int {
    min(count, Kernels.productBlockLength) + count / Kernels.productBlockLength + 1
  }

  static func cast(_ x: BoundedTensor, _ value: Tensor) -> Tensor {
    let (unit, least) = BoundedTensor.rounding(value.dtype)
    let errors = Double.elements(of: x.error)
    return Tensor(
      errors.indices.map { index in
        let (a, y, error) = (x.value.double(at: index), value.double(at: index), errors[index])
        switch value.dtype {
        case .f32, .f64: return error + (a == y ? 0 : unit * abs(y) + least)
        case .i32, .i64:
          if !x.value.dtype.isFloat || error == 0 { return error }
          return (a + error).rounded(.towardZero) - (a - error).rounded(.towardZero)
        case .bool: return error == 0 || abs(a) > error ? 0 : 1
        }
      }, shape: value.shape)
  }

  // MARK: Functions

  static func map(_ function: ScalarFunction, _ x: [BoundedTensor], _ value: Tensor) -> Tensor {
    let errors = x.map { Double.elements(of: $0.error) }
    let rule = FunctionBound(function, value.dtype)
    let isIntegral = !value.dtype.isFloat && !x.contains { $0.value.dtype.isFloat || $0.value.dtype == .bool }
    return Tensor(
      (0..<value.count).map { index in
        let own = errors.map { $0[index] }
        // Integers are exact or wrap who knows where.
        if isIntegral { return own.allSatisfy { $0 == 0 } ? 0 : .infinity }
        return rule.error(x.map { $0.value.double(at: index) }, own, value.double(at: index))
      }, shape: value.shape)
  }

  // MARK: Totals

  static func reduce(_ kind: Reduction, _ axes: [Int], _ x: BoundedTensor, _ value: Tensor) -> Tensor {
    let (unit, least) = BoundedTensor.rounding(value.dtype)
    let shape = x.value.shape
    let strides = rowMajorStrides(shape)
    let kept = shape.indices.filter { !axes.contains($0) }
    let inner = offsets(axes.map { shape[$0] }, axes.map { strides[$0] })
    let depth = Double(sumDepth(inner.count, value.dtype))
    let errors = Double.elements(of: x.error)
    func number(_ offset: Int) -> Double { x.value.double(at: offset) }
    let bounds = offsets(kept.map { shape[$0] }, kept.map { strides[$0] }).enumerated().map { place, base -> Double in
      let own = inner.map { base + $0 }
      switch kind {
      case .sum: return own.reduce(0) { $0 + errors[$1] + depth * (unit * abs(number($1)) + least) }
      case .prod:
        var (product, error) = (1.0, 0.0)
        for offset in own { (product, error) = productStep(product, error, number(offset), errors[offset], unit, least) }
        return error
      case .max, .min: return own.reduce(0) { max($0, errors[$1]) }
      case .any, .all: return own.contains { errors[$0] > 0 } ? 1 : 0
      case .argmax, .argmin:
        if own.allSatisfy({ errors[$0] == 0 }) { return 0 }
        let best = own[Int(value.integer(at: place))]
        return own.contains { $0 != best && !(abs(number($0) - number(best)) > errors[$0] + errors[best]) } ? .infinity : 0
      }
    }
    return Tensor(bounds, shape: value.shape)
  }

  private static func productStep(
    _ product: Double, _ error: Double, _ factor: Double, _ factorError: Double, _ unit: Double, _ least: Double
  ) -> (Double, Double) {
    let next = product * factor
    return (next, abs(product) * factorError + error * (abs(factor) + factorError) + 2 * (unit * abs(next) + least))
  }

  static func cumulative(_ cumulation: Cumulation, _ x: BoundedTensor) -> Tensor {
    let (unit, least) = BoundedTensor.rounding(x.value.dtype)
    let (starts, stride, count) = Kernels.lines(x.value.shape, cumulation.axis)
    let errors = Double.elements(of: x.error)
    var bounds = errors
    for start in starts {
      var total = cumulation.kind == .prod ? 1.0 : 0
      var error = 0.0
      for place in 0..<count {
        let offset = start + (cumulation.reverse ? count - 1 - place : place) * stride
        if cumulation.exclusive { bounds[offset] = error }
        let number = x.value.double(at: offset)
        switch cumulation.kind {
        case .sum:
          total += number
          error += errors[offset] + 2 * (unit * abs(total) + least)
        case .prod: (total, error) = productStep(total, error, number, errors[offset], unit, least)
        case .max: error = max(error, errors[offset])
        }
        if !cumulation.exclusive { bounds[offset] = error }
      }
    }
    return Tensor(bounds, shape: x.value.shape)
  }
}

/// The error of one element of a function.
private struct FunctionBound {
  let name: String
  let evaluate: (@Sendable (Double, Double) -> Double)?
  let unit, least: Double

  init(_ function: ScalarFunction, _ dtype: DType) {
    name = function.name
    evaluate = function.record.evaluate.f64
    (unit, least) = BoundedTensor.rounding(dtype)
  }

  /// |f(x) − f(x′)| ≤ constant · |x − x′| everywhere, for functions that are not monotone.
  private static let lipschitz: [String: Double] = ["sin": 1, "cos": 1, "gelu": 1.13, "silu": 1.1]
  /// Rising or falling throughout (cosh: convex and even, whose ends bound it too).
  private static let monotone: Set<String> = [
    "sign", "exp", "expm1", "log", "log1p", "sqrt", "rsqrt", "sigmoid", "softplus", "asin", "acos", "atan", "sinh", "cosh", "tanh", "erf",
    "erfc", "relu", "floor", "ceil", "round",
  ]

  func error(_ x: [Double], _ e: [Double], _ y: Double) -> Double {
    let (a, b) = (x[0], x.last ?? 0)
    let (ea, eb) = (e[0], e.last ?? 0)
    let rounding = unit * abs(y) + least
    // Eight units: two ulp of the function, and those of the values that the bound is made of.
    let own = 8 * rounding
    switch name {
    case "negate", "abs": return ea
    case "max", "min": return max(ea, eb)
    case "select": return ea == 0 ? (a != 0 ? e[1] : eb) : abs(x[1] - b) + e[1] + eb
    case "equal", "not_equal", "less", "less_equal", "greater", "greater_equal":
      return ea + eb == 0 || abs(a - b) > ea + eb ? 0 : 1
    case "and", "or", "not": return max(ea, eb)
    case "add", "subtract": return ea + eb + rounding
    case "multiply": return abs(a) * eb + abs(b) * ea + ea * eb + rounding
    case "annihilating_multiply": return b == 0 && eb == 0 ? 0 : abs(a) * eb + abs(b) * ea + ea * eb + rounding
    case "divide": return eb < abs(b) / 2 ? (ea + abs(y) * eb) / (abs(b) - eb) + rounding : .infinity
    case "hypot": return ea + eb + own
    case "atan2":
      // On the branch cut the sign of a zero decides, which rewrites may change.
      if abs(a) <= ea && b <= eb { return .infinity }
      let distance = (a * a + b * b).squareRoot()
      return ea + eb == 0 ? own : ea + eb < distance / 4 ? 2 * (ea + eb) / distance + own : .infinity
    case "tan": return ea == 0 ? own : ea * (1 + y * y) < 0.01 ? 1.1 * ea * (1 + y * y) + own : .infinity
    case "power":
      if ea + eb == 0 { return own }
      return a > ea ? greatest(y, [(a - ea, b - eb), (a - ea, b + eb), (a + ea, b - eb), (a + ea, b + eb)]) + own : .infinity
    default: break
    }
    if ea + eb == 0 { return own }
    if let constant = FunctionBound.lipschitz[name] { return constant * ea + own }
    return FunctionBound.monotone.contains(name) ? greatest(y, [(a - ea, b), (a + ea, b)]) + own : .infinity
  }

  /// The greatest distance of the function's value at some points from y.
  private func greatest(_ y: Double, _ points: [(Double, Double)]) -> Double {
    guard let evaluate else { return .infinity }
    return points.reduce(0) { greatest, point in
      let distance = abs(evaluate(point.0, point.1) - y)
      return distance.isNaN ? .infinity : max(greatest, distance)
    }
  }
}
