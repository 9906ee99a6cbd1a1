import GradRuntime

// Functions of analysis. The comment over each is its derivative; y is the result.
extension ScalarRecord {
  // exp expm1 log log1p sqrt rsqrt sigmoid softplus
  static let exponential: [ScalarRecord] = [
    // y
    unary("exp", f32: grad_exp_f32, f64: grad_exp_f64) { .result },
    // y + 1
    unary("expm1", f32: grad_expm1_f32, f64: grad_expm1_f64) { .result + 1.0 },
    // 1/a
    unary("log", f32: grad_log_f32, f64: grad_log_f64) { 1.0 / .a },
    // 1/(1 + a)
    unary("log1p", f32: grad_log1p_f32, f64: grad_log1p_f64) { 1.0 / (1.0 + .a) },
    // 1/(2 y)
    unary("sqrt", f32: grad_sqrt_f32, f64: grad_sqrt_f64) { 0.5 / .result },
    // −y³/2
    unary("rsqrt", f32: grad_rsqrt_f32, f64: grad_rsqrt_f64) { -0.5 * .result * (.result * .result) },
    // y (1 − y)
    unary("sigmoid", f32: grad_sigmoid_f32, f64: grad_sigmoid_f64) { .result * (1.0 - .result) },
    // σ(a)
    unary("softplus", f32: grad_softplus_f32, f64: grad_softplus_f64) { .call("sigmoid", .a) },
  ]

  // sin cos tan asin acos atan atan2 sinh cosh tanh hypot
  static let trigonometric: [ScalarRecord] = [
    // cos a
    unary("sin", f32: grad_sin_f32, f64: grad_sin_f64) { .call("cos", .a) },
    // −sin a
    unary("cos", f32: grad_cos_f32, f64: grad_cos_f64) { -.call("sin", .a) },
    // 1 + y²
    unary("tan", f32: grad_tan_f32, f64: grad_tan_f64) { 1.0 + .result * .result },
    // 1/√((1 − a)(1 + a))
    unary("asin", f32: grad_asin_f32, f64: grad_asin_f64) { .call("rsqrt", (1.0 - .a) * (1.0 + .a)) },
    // −1/√((1 − a)(1 + a))
    unary("acos", f32: grad_acos_f32, f64: grad_acos_f64) { -.call("rsqrt", (1.0 - .a) * (1.0 + .a)) },
    // 1/(1 + a²)
    unary("atan", f32: grad_atan_f32, f64: grad_atan_f64) { 1.0 / (1.0 + .a * .a) },
    // cosh a
    unary("sinh", f32: grad_sinh_f32, f64: grad_sinh_f64) { .call("cosh", .a) },
    // sinh a
    unary("cosh", f32: grad_cosh_f32, f64: grad_cosh_f64) { .call("sinh", .a) },
    // 1 − y²
    unary("tanh", f32: grad_tanh_f32, f64: grad_tanh_f64) { 1.0 - .result * .result },
    // atan2(a, b): b/(a² + b²), −a/(a² + b²)
    ScalarRecord(
      name: "atan2", arity: 2, typeRule: .float,
      partials: { [.b / (.a * .a + .b * .b), -(.a / (.a * .a + .b * .b))] },
      evaluate: .init(f32: { grad_atan2_f32($0, $1) }, f64: { grad_atan2_f64($0, $1) }), spelling: .call("atan2")),
    // a/y, b/y; 0 where y = 0
    ScalarRecord(
      name: "hypot", arity: 2, typeRule: .float,
      partials: {
        [
          .call("select", .call("equal", .result, 0.0), 0.0, .a / .result),
          .call("select", .call("equal", .result, 0.0), 0.0, .b / .result),
        ]
      },
      evaluate: .init(f32: { grad_hypot_f32($0, $1) }, f64: { grad_hypot_f64($0, $1) }), spelling: .call("hypot")),
  ]

  // erf erfc gelu silu relu
  static let special: [ScalarRecord] = [
    // 2/√π exp(−a²)
    unary("erf", f32: grad_erf_f32, f64: grad_erf_f64) { 1.1283791670955126 * .call("exp", -(.a * .a)) },
    // −2/√π exp(−a²)
    unary("erfc", f32: grad_erfc_f32, f64: grad_erfc_f64) { -1.1283791670955126 * .call("exp", -(.a * .a)) },
    // Φ(a) + a φ(a), Φ by erfc, which keeps its digits in the left tail
    unary("gelu", f32: grad_gelu_f32, f64: grad_gelu_f64) {
      0.5 * .call("erfc", -0.7071067811865476 * .a) + 0.3989422804014327 * .a * .call("exp", -0.5 * (.a * .a))
    },
    // σ(a) (1 + a (1 − σ(a)))
    unary("silu", f32: grad_silu_f32, f64: grad_silu_f64) {
      .call("sigmoid", .a) * (1.0 + .a * (1.0 - .call("sigmoid", .a)))
    },
    // 1 for a > 0, else 0: by the result, which the next layer keeps anyway
    unary("relu", f32: grad_relu_f32, f64: grad_relu_f64) { .call("select", .call("greater", .result, 0.0), 1.0, 0.0) },
  ]

  // floor ceil round (to even): derivative zero
  static let rounding: [ScalarRecord] = [
    unary("floor", f32: { $0.rounded(.down) }, f64: { $0.rounded(.down) }) { nil },
    unary("ceil", f32: { $0.rounded(.up) }, f64: { $0.rounded(.up) }) { nil },
    unary("round", f32: { $0.rounded(.toNearestOrEven) }, f64: { $0.rounded(.toNearestOrEven) }) { nil },
  ]
}
