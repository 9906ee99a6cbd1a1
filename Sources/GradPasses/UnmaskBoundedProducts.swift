import GradIR

extension Pass {
  /// A product below a `where`, whose zeros annihilate, is a plain one where its factor is a number whatever the data: then 0 is 0 either
  /// way. Changes signs of zeros: numerics.md.
  ///
  ///     d ∘̸ v = d · v for |d| < ∞
  ///     Σ l ∘̸ r = Σ l r for |l| < ∞
  public static let unmaskBoundedProducts = Pass(
    "unmask-bounded-products", "make masked products plain where the factor is bounded", isExact: false
  ) { graph in graph.hasMaskedProducts ? unmasked(graph, given: graph.parameters.map { Interval.all($0.type.dtype) }).graph : graph }

  private static func unmasked(_ graph: Graph, given: [Interval]) -> (graph: Graph, intervals: [Interval]) {
    var intervals: [ValueID: Interval] = [:]
    let rebuilt = graph.rebuilt { node, operands, builder in
      let x = operands.map { intervals[$0] ?? .all(builder.type(of: $0).dtype) }
      var op = node.op
      var results: [Interval]?
      switch op {
      case .parameter(let index): results = [given[index]]
      case .map(.annihilatingMultiply) where x[0].isBounded(node.types[0].dtype): op = .map(.multiply)
      case .contract(var contraction) where contraction.annihilating && x[0].isBounded(node.types[0].dtype):
        contraction.annihilating = false
        op = .contract(contraction)
      case .loop(var loop):
        // A state may be anything after the first step.
        let states = loop.body.parameters[..<loop.states].map { Interval.all($0.type.dtype) }
        let inner = unmasked(loop.body, given: states + x[loop.states...])
        loop.body = inner.graph
        op = .loop(loop)
        results =
          loop.body.results.prefix(loop.states).map { Interval.all(loop.body.type(of: $0.value).dtype) }
          + inner.intervals.dropFirst(loop.states)
      default: break
      }
      let new = builder.addAll(op, operands)
      for (place, value) in new.enumerated() {
        intervals[value] = results?[place] ?? Interval.of(op, x, node.types[place])
      }
      return new
    }
    return (rebuilt, rebuilt.results.map { intervals[$0.value] ?? .all(rebuilt.type(of: $0.value).dtype) })
  }
}

extension Graph {
  /// Whether there is a masked product in the graph or a body in it.
  fileprivate var hasMaskedProducts: Bool {
    nodes.contains { node in
      switch node.op {
      case .map(.annihilatingMultiply): true
      case .contract(let contraction): contraction.annihilating
      case .loop(let loop): loop.body.hasMaskedProducts
      default: false
      }
    }
  }
}

/// Between which numbers all elements of a value lie, and whether one may be NaN. A NaN among the data is one in `sigmoid` too, so what
/// a function's range bounds is bounded only where its argument is no NaN.
struct Interval: Equatable {
  var low: Double
  var high: Double
  var mayBeNaN: Bool

  init(_ low: Double, _ high: Double, mayBeNaN: Bool = false) {
    (self.low, self.high, self.mayBeNaN) = (low, high, mayBeNaN || low.isNaN || high.isNaN)
    if low.isNaN || high.isNaN { (self.low, self.high) = (-.infinity, .infinity) }
  }
  static func all(_ dtype: DType) -> Interval {
    switch dtype {
    case .f32, .f64: Interval(-.infinity, .infinity, mayBeNaN: true)
    case .i32, .i64: Interval(-0x1p63, 0x1p63)
    case .bool: Interval(0, 1)
    }
  }
  /// True of what is a number of the type, far from its range's ends.
  func isBounded(_ dtype: DType) -> Bool {
    let limit = dtype == .f32 ? 0x1p126 : 0x1p1022
    return !mayBeNaN && low >= -limit && high <= limit
  }
  /// Zero, or what rounds to it.
  private var mayBeZero: Bool { low < 0x1p-120 && high > -0x1p-120 }
  private var mayBeInfinite: Bool { low == -.infinity || high == .infinity }
  private func union(_ other: Interval) -> Interval {
    Interval(min(low, other.low), max(high, other.high), mayBeNaN: mayBeNaN || other.mayBeNaN)
  }
  /// The hull of some numbers, widened by more than a rounding; what leaves the type's range may be infinite.
  private static func hull(_ numbers: [Double], _ dtype: DType, mayBeNaN: Bool) -> Interval {
    if numbers.contains(where: \.isNaN) { return all(dtype) }
    let (low, high) = (numbers.min() ?? -.infinity, numbers.max() ?? .infinity)
    let wide = Interval(low - abs(low) * 0x1p-20, high + abs(high) * 0x1p-20, mayBeNaN: mayBeNaN)
    let limit = dtype == .f32 ? 0x1p127 : 0x1p1023
    return Interval(wide.low < -limit ? -.infinity : wide.low, wide.high > limit ? .infinity : wide.high, mayBeNaN: mayBeNaN)
  }

  /// Of a result by its operands'.
  static func of(_ op: Op, _ x: [Interval], _ type: TensorType) -> Interval {
    switch op {
    case .constant(let constant):
      let numbers = constant.bits.indices.map { constant.double(at: $0) }
      return Interval(
        numbers.filter { !$0.isNaN }.min() ?? 0, numbers.filter { !$0.isNaN }.max() ?? 0, mayBeNaN: numbers.contains(where: \.isNaN))
    case .dimension, .iota: return Interval(0, 0x1p61)
    case .map(let function): return type.dtype.isFloat ? of(function, x, type.dtype) : all(type.dtype)
    case .cast(let dtype): return dtype.isFloat ? hull([x[0].low, x[0].high], dtype, mayBeNaN: x[0].mayBeNaN) : all(dtype)
    case .broadcast, .reshape, .transpose, .slice, .window, .stopGradient, .gather, .reduce(.max, _), .reduce(.min, _): return x[0]
    case .diagonal(let diagonal): return diagonal.mode == .extract ? x[0] : x[0].union(Interval(0, 0))
    case .pad, .concatenate: return x.dropFirst().reduce(x[0]) { $0.union($1) }
    default: return all(type.dtype)
    }
  }

  private static func of(_ function: ScalarFunction, _ x: [Interval], _ dtype: DType) -> Interval {
    let a = x[0]
    let b = x.count > 1 ? x[1] : a
    let mayBeNaN = x.contains(where: \.mayBeNaN)
    func corners(_ f: (Double, Double) -> Double) -> [Double] {
      [f(a.low, b.low), f(a.low, b.high), f(a.high, b.low), f(a.high, b.high)]
    }
    func range(_ low: Double, _ high: Double) -> Interval { Interval(low, high, mayBeNaN: mayBeNaN) }
    switch function.name {
    case "select": return b.union(x[2])
    case "negate": return range(-a.high, -a.low)
    case "abs": return range(a.low <= 0 && a.high >= 0 ? 0 : min(abs(a.low), abs(a.high)), max(abs(a.low), abs(a.high)))
    case "max": return range(max(a.low, b.low), max(a.high, b.high))
    case "min": return range(min(a.low, b.low), min(a.high, b.high))
    case "relu": return range(max(0, a.low), max(0, a.high))
    case "sigmoid": return range(0, 1)
    case "sign", "tanh", "erf": return range(-1, 1)
    case "sin", "cos": return Interval(-1, 1, mayBeNaN: mayBeNaN || a.mayBeInfinite)
    case "erfc": return range(0, 2)
    case "atan": return range(-1.6, 1.6)
    case "add": return hull([a.low + b.low, a.high + b.high], dtype, mayBeNaN: mayBeNaN || a.mayBeInfinite && b.mayBeInfinite)
    case "subtract": return hull([a.low - b.high, a.high - b.low], dtype, mayBeNaN: mayBeNaN || a.mayBeInfinite && b.mayBeInfinite)
    case "multiply", "annihilating_multiply":
      return hull(corners(*), dtype, mayBeNaN: mayBeNaN || a.mayBeZero && b.mayBeInfinite || a.mayBeInfinite && b.mayBeZero)
    case "divide" where !b.mayBeZero && !b.mayBeInfinite: return hull(corners(/), dtype, mayBeNaN: mayBeNaN)
    default: return all(dtype)
    }
  }
}
