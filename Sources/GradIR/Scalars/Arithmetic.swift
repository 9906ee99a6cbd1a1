import GradRuntime

// Arithmetic: negate add subtract multiply divide abs sign max min power floor_divide remainder annihilating_multiply.
extension ScalarRecord {
  static let arithmetic: [ScalarRecord] = [
    // d(−a) = −1
    ScalarRecord(
      name: "negate", arity: 1, typeRule: .arithmetic, partials: { [.constant(-1)] },
      evaluate: .init(f32: { a, _ in -a }, f64: { a, _ in -a }, i64: { a, _ in 0 &- a }, i32: { a, _ in 0 &- a }),
      spelling: .prefix("-")),
    ScalarRecord(
      name: "add", arity: 2, typeRule: .arithmetic, partials: { [.constant(1), .constant(1)] },
      evaluate: .init(f32: { $0 + $1 }, f64: { $0 + $1 }, i64: { $0 &+ $1 }, i32: { $0 &+ $1 }), spelling: .infix("+")),
    ScalarRecord(
      name: "subtract", arity: 2, typeRule: .arithmetic, partials: { [.constant(1), .constant(-1)] },
      evaluate: .init(f32: { $0 - $1 }, f64: { $0 - $1 }, i64: { $0 &- $1 }, i32: { $0 &- $1 }), spelling: .infix("-")),
    ScalarRecord(
      name: "multiply", arity: 2, typeRule: .arithmetic, partials: { [.b, .a] },
      evaluate: .init(f32: { $0 * $1 }, f64: { $0 * $1 }, i64: { $0 &* $1 }, i32: { $0 &* $1 }), spelling: .infix("*")),
    // d(a/b) = 1/b, −(a/b)/b
    ScalarRecord(
      name: "divide", arity: 2, typeRule: .float, partials: { [.constant(1) / .b, -(.result / .b)] },
      evaluate: .init(f32: { $0 / $1 }, f64: { $0 / $1 }), spelling: .infix("/")),
    ScalarRecord(
      name: "abs", arity: 1, typeRule: .arithmetic, partials: { [.call("sign", .a)] },
      evaluate: .init(
        f32: { a, _ in abs(a) }, f64: { a, _ in abs(a) }, i64: { a, _ in a < 0 ? 0 &- a : a }, i32: { a, _ in a < 0 ? 0 &- a : a }),
      spelling: .call("abs")),
    ScalarRecord(
      name: "sign", arity: 1, typeRule: .arithmetic, partials: { [nil] },
      evaluate: .init(
        f32: { a, _ in grad_sign_f32(a) }, f64: { a, _ in grad_sign_f64(a) }, i64: { a, _ in a.signum() },
        i32: { a, _ in a.signum() }),
      spelling: .call("sign")),
    // At a tie the first argument has the derivative.
    ScalarRecord(
      name: "max", arity: 2, typeRule: .arithmetic,
      partials: { [.call("select", .call("greater_equal", .a, .b), 1.0, 0.0), .call("select", .call("greater_equal", .a, .b), 0.0, 1.0)] },
      evaluate: .init(
        f32: { grad_max_f32($0, $1) }, f64: { grad_max_f64($0, $1) }, i64: { Swift.max($0, $1) }, i32: { Swift.max($0, $1) }),
      spelling: .call("max")),
    ScalarRecord(
      name: "min", arity: 2, typeRule: .arithmetic,
      partials: { [.call("select", .call("less_equal", .a, .b), 1.0, 0.0), .call("select", .call("less_equal", .a, .b), 0.0, 1.0)] },
      evaluate: .init(
        f32: { grad_min_f32($0, $1) }, f64: { grad_min_f64($0, $1) }, i64: { Swift.min($0, $1) }, i32: { Swift.min($0, $1) }),
      spelling: .call("min")),
    // d(a^b) by a: b a^(b−1), 0 for a = b = 0; by b: a^b ln a, 0 for a = 0 < b.
    ScalarRecord(
      name: "power", arity: 2, typeRule: .arithmetic,
      partials: {
        [
          .call(
            "select", .call("and", .call("equal", .b, 0.0), .call("not", .call("greater", .call("abs", .a), 0.0))), 0.0,
            .b * .call("power", .a, .b - 1.0)),
          .call(
            "select", .call("and", .call("equal", .a, 0.0), .call("greater", .b, 0.0)), 0.0, .result * .call("log", .a)),
        ]
      },
      evaluate: .init(
        f32: { grad_pow_f32($0, $1) }, f64: { grad_pow_f64($0, $1) }, i64: { grad_pow_i64($0, $1) }, i32: { grad_pow_i32($0, $1) }),
      spelling: .call("pow")),
    ScalarRecord(
      name: "floor_divide", arity: 2, typeRule: .arithmetic, partials: { [nil, nil] },
      evaluate: .init(
        f32: { grad_floor_divide_f32($0, $1) }, f64: { grad_floor_divide_f64($0, $1) }, i64: { grad_floor_divide_i64($0, $1) },
        i32: { grad_floor_divide_i32($0, $1) }),
      spelling: .call("floor_divide")),
    // a − b ⌊a/b⌋: the sign of b.
    ScalarRecord(
      name: "remainder", arity: 2, typeRule: .arithmetic, partials: { [.constant(1), -.call("floor_divide", .a, .b)] },
      evaluate: .init(
        f32: { grad_remainder_f32($0, $1) }, f64: { grad_remainder_f64($0, $1) }, i64: { grad_remainder_i64($0, $1) },
        i32: { grad_remainder_i32($0, $1) }),
      spelling: .call("remainder")),
    // d · v, but 0 where v = 0 whatever d is: a cotangent below a `where`. Its own partials are d and v; how they are masked in turn
    // is a rule of the calculus (GradAD), not of the expression.
    ScalarRecord(
      name: "annihilating_multiply", arity: 2, typeRule: .float, partials: { [.b, .a] },
      evaluate: .init(f32: { $1 == 0 ? 0 : $0 * $1 }, f64: { $1 == 0 ? 0 : $0 * $1 }), spelling: .call("annihilating_multiply")),
  ]

  // Comparisons and logic: equal not_equal less less_equal greater greater_equal and or not select.
  static let comparison: [ScalarRecord] = [
    compare("equal", "==") { $0 == .equal },
    compare("not_equal", "!=") { $0 != .equal },
    compare("less", "<") { $0 == .less },
    compare("less_equal", "<=") { $0 == .less || $0 == .equal },
    compare("greater", ">") { $0 == .greater },
    compare("greater_equal", ">=") { $0 == .greater || $0 == .equal },
    ScalarRecord(
      name: "and", arity: 2, typeRule: .logical, partials: { [nil, nil] }, evaluate: .init(bool: { $0 && $1 }), spelling: .infix("&")),
    ScalarRecord(
      name: "or", arity: 2, typeRule: .logical, partials: { [nil, nil] }, evaluate: .init(bool: { $0 || $1 }), spelling: .infix("|")),
    ScalarRecord(
      name: "not", arity: 1, typeRule: .logical, partials: { [nil] }, evaluate: .init(bool: { a, _ in !a }), spelling: .prefix("!")),
    // select(c, a, b): its Jacobian is a choice, not a product, so that what is not chosen is never read; GradAD has the rule.
    ScalarRecord(
      name: "select", arity: 3, typeRule: .select, partials: { [nil, nil, nil] }, evaluate: .selection, spelling: .conditional),
  ]

  private static func compare(
    _ name: String, _ symbol: String, _ holds: @escaping @Sendable (ScalarOrdering) -> Bool
  ) -> ScalarRecord {
    ScalarRecord(
      name: name, arity: 2, typeRule: .comparison, partials: { [nil, nil] }, evaluate: .init(ordering: holds), spelling: .infix(symbol))
  }

  /// A function of one float argument that the runtime computes.
  static func unary(
    _ name: String, _ spelling: String? = nil, f32: @escaping @Sendable (Float) -> Float, f64: @escaping @Sendable (Double) -> Double,
    partial: @escaping @Sendable () -> ScalarExpression?
  ) -> ScalarRecord {
    ScalarRecord(
      name: name, arity: 1, typeRule: .float, partials: { [partial()] }, evaluate: .init(f32: { a, _ in f32(a) }, f64: { a, _ in f64(a) }),
      spelling: .call(spelling ?? name))
  }
}
