import GradRuntime
import Testing

/// Equal as numbers are told apart here: NaN equals NaN, -0 differs from +0.
private func same<T: BinaryFloatingPoint>(_ a: T, _ b: T) -> Bool {
  a.isNaN ? b.isNaN : a == b && a.sign == b.sign
}

/// A function, its argument and its result by C's Annex F, or by the function's limit.
private struct Case: Sendable {
  let name: String
  let f32: @Sendable (Float) -> Float
  let f64: @Sendable (Double) -> Double
  let values: [(Double, Double)]
}

private let infinity = Double.infinity
private let nan = Double.nan

private let cases: [Case] = [
  Case(
    name: "exp", f32: grad_exp_f32, f64: grad_exp_f64,
    values: [(0, 1), (-0.0, 1), (infinity, infinity), (-infinity, 0), (1e9, infinity), (-1e9, 0)]),
  Case(
    name: "expm1", f32: grad_expm1_f32, f64: grad_expm1_f64,
    values: [(0, 0), (-0.0, -0.0), (infinity, infinity), (-infinity, -1), (-800, -1)]),
  Case(
    name: "log", f32: grad_log_f32, f64: grad_log_f64,
    values: [(1, 0), (0, -infinity), (-0.0, -infinity), (-1, nan), (-infinity, nan), (infinity, infinity)]),
  Case(
    name: "log1p", f32: grad_log1p_f32, f64: grad_log1p_f64,
    values: [(0, 0), (-0.0, -0.0), (-1, -infinity), (-2, nan), (infinity, infinity)]),
  Case(
    name: "sqrt", f32: grad_sqrt_f32, f64: grad_sqrt_f64,
    values: [(4, 2), (0, 0), (-0.0, -0.0), (-1, nan), (infinity, infinity), (-infinity, nan)]),
  Case(
    name: "rsqrt", f32: grad_rsqrt_f32, f64: grad_rsqrt_f64, values: [(4, 0.5), (0, infinity), (-0.0, -infinity), (-1, nan), (infinity, 0)]),
  Case(name: "sin", f32: grad_sin_f32, f64: grad_sin_f64, values: [(0, 0), (-0.0, -0.0), (infinity, nan), (-infinity, nan)]),
  Case(name: "cos", f32: grad_cos_f32, f64: grad_cos_f64, values: [(0, 1), (-0.0, 1), (infinity, nan), (-infinity, nan)]),
  Case(name: "tan", f32: grad_tan_f32, f64: grad_tan_f64, values: [(0, 0), (-0.0, -0.0), (infinity, nan), (-infinity, nan)]),
  Case(name: "asin", f32: grad_asin_f32, f64: grad_asin_f64, values: [(0, 0), (-0.0, -0.0), (1.5, nan), (-1.5, nan), (infinity, nan)]),
  Case(name: "acos", f32: grad_acos_f32, f64: grad_acos_f64, values: [(1, 0), (1.5, nan), (-1.5, nan), (-infinity, nan)]),
  Case(name: "atan", f32: grad_atan_f32, f64: grad_atan_f64, values: [(0, 0), (-0.0, -0.0)]),
  Case(
    name: "sinh", f32: grad_sinh_f32, f64: grad_sinh_f64,
    values: [(0, 0), (-0.0, -0.0), (infinity, infinity), (-infinity, -infinity), (1e6, infinity)]),
  Case(
    name: "cosh", f32: grad_cosh_f32, f64: grad_cosh_f64, values: [(0, 1), (infinity, infinity), (-infinity, infinity), (-1e6, infinity)]),
  Case(name: "tanh", f32: grad_tanh_f32, f64: grad_tanh_f64, values: [(0, 0), (-0.0, -0.0), (infinity, 1), (-infinity, -1), (50, 1)]),
  Case(name: "erf", f32: grad_erf_f32, f64: grad_erf_f64, values: [(0, 0), (-0.0, -0.0), (infinity, 1), (-infinity, -1)]),
  Case(name: "erfc", f32: grad_erfc_f32, f64: grad_erfc_f64, values: [(0, 1), (infinity, 0), (-infinity, 2)]),
  Case(
    name: "sigmoid", f32: grad_sigmoid_f32, f64: grad_sigmoid_f64, values: [(0, 0.5), (infinity, 1), (-infinity, 0), (1e6, 1), (-1e6, 0)]),
  Case(name: "softplus", f32: grad_softplus_f32, f64: grad_softplus_f64, values: [(infinity, infinity), (-infinity, 0), (1e6, 1e6)]),
  Case(
    name: "gelu", f32: grad_gelu_f32, f64: grad_gelu_f64,
    values: [(0, 0), (-0.0, -0.0), (infinity, infinity), (-infinity, -0.0), (1000, 1000)]),
  Case(
    name: "silu", f32: grad_silu_f32, f64: grad_silu_f64,
    values: [(0, 0), (-0.0, -0.0), (infinity, infinity), (-infinity, -0.0), (1000, 1000)]),
  Case(
    name: "floor", f32: grad_floor_f32, f64: grad_floor_f64,
    values: [(-0.0, -0.0), (-0.5, -1), (0.5, 0), (2.5, 2), (-2.5, -3), (infinity, infinity), (-infinity, -infinity)]),
  Case(
    name: "ceil", f32: grad_ceil_f32, f64: grad_ceil_f64,
    values: [(-0.0, -0.0), (-0.5, -0.0), (0.5, 1), (2.5, 3), (-2.5, -2), (infinity, infinity)]),
  Case(
    name: "round", f32: grad_round_f32, f64: grad_round_f64,
    values: [(0.5, 0), (-0.5, -0.0), (1.5, 2), (2.5, 2), (-2.5, -2), (4_194_303.5, 4_194_304), (infinity, infinity)]),
  Case(name: "abs", f32: grad_abs_f32, f64: grad_abs_f64, values: [(-0.0, 0), (-2, 2), (-infinity, infinity)]),
  Case(name: "sign", f32: grad_sign_f32, f64: grad_sign_f64, values: [(-0.0, 0), (-2, -1), (3, 1), (infinity, 1), (-infinity, -1)]),
  Case(name: "relu", f32: grad_relu_f32, f64: grad_relu_f64, values: [(-0.0, 0), (-2, 0), (3, 3), (infinity, infinity), (-infinity, 0)]),
]

@Test func specialArgumentsOfOneGiveTheValuesOfAnnexF() {
  for item in cases {
    #expect(item.f32(.nan).isNaN && item.f64(.nan).isNaN, "\(item.name)(nan)")
    for (x, y) in item.values {
      #expect(same(item.f32(Float(x)), Float(y)), "\(item.name)_f32(\(x)) = \(item.f32(Float(x))), not \(y)")
      #expect(same(item.f64(x), y), "\(item.name)_f64(\(x)) = \(item.f64(x)), not \(y)")
    }
  }
}

@Test func specialArgumentsOfPowGiveTheValuesOfAnnexF() {
  let values: [(Double, Double, Double)] = [
    (0, -3, infinity), (-0.0, -3, -infinity), (-0.0, -2, infinity), (0, -infinity, infinity), (-0.0, -infinity, infinity),
    (0, 3, 0), (-0.0, 3, -0.0), (-0.0, 2, 0), (-1, infinity, 1), (-1, -infinity, 1), (1, nan, 1), (nan, 0, 1), (nan, -0.0, 1),
    (nan, 1, nan), (2, nan, nan), (-2, 0.5, nan), (-2, 3, -8), (-2, 2, 4), (0.5, -infinity, infinity), (2, -infinity, 0),
    (0.5, infinity, 0), (2, infinity, infinity), (-infinity, -3, -0.0), (-infinity, -2, 0), (-infinity, 3, -infinity),
    (-infinity, 2, infinity), (infinity, -1, 0), (infinity, 1, infinity), (2, 1e9, infinity), (2, -1e9, 0), (-infinity, 0.5, infinity),
    (10, 2, 100), (9, 0.5, 3), (3, 4, 81),
  ]
  for (a, b, y) in values {
    #expect(same(grad_pow_f64(a, b), y), "pow_f64(\(a), \(b)) = \(grad_pow_f64(a, b)), not \(y)")
    #expect(same(grad_pow_f32(Float(a), Float(b)), Float(y)), "pow_f32(\(a), \(b)) = \(grad_pow_f32(Float(a), Float(b))), not \(y)")
  }
}

@Test func quadrantsOfAtan2AreThoseOfAnnexF() {
  let pi = Double.pi
  let values: [(Double, Double, Double)] = [
    (0, 1, 0), (-0.0, 1, -0.0), (0, 0, 0), (-0.0, 0, -0.0), (0, -0.0, pi), (-0.0, -0.0, -pi), (0, -1, pi), (-0.0, -1, -pi),
    (1, 0, pi / 2), (-1, 0, -pi / 2), (1, -0.0, pi / 2), (infinity, infinity, pi / 4), (infinity, -infinity, 3 * pi / 4),
    (-infinity, infinity, -pi / 4), (1, infinity, 0), (1, -infinity, pi), (-1, infinity, -0.0), (infinity, 1, pi / 2), (nan, 1, nan),
    (1, nan, nan),
    (3, 3, pi / 4),
  ]
  for (a, b, y) in values {
    #expect(same(grad_atan2_f64(a, b), y), "atan2_f64(\(a), \(b))")
    #expect(same(grad_atan2_f32(Float(a), Float(b)), Float(y)), "atan2_f32(\(a), \(b))")
  }
}

@Test func maximumAndMinimumDoNotDependOnTheOrder() {
  let values: [Double] = [-infinity, -1, -0.0, 0, 1, infinity, nan]
  for (i, a) in values.enumerated() {
    for (j, b) in values.enumerated() {
      let largest = a.isNaN || b.isNaN ? nan : values[max(i, j)]
      let least = a.isNaN || b.isNaN ? nan : values[min(i, j)]
      #expect(same(grad_max_f64(a, b), largest) && same(grad_max_f32(Float(a), Float(b)), Float(largest)))
      #expect(same(grad_min_f64(a, b), least) && same(grad_min_f32(Float(a), Float(b)), Float(least)))
    }
  }
}

@Test func remainderHasTheSignOfTheDivisor() {
  let values: [(Double, Double, Double, Double)] = [
    (7, 3, 1, 2), (-7, 3, 2, -3), (7, -3, -2, -3), (-7, -3, -1, 2), (6, 3, 0, 2), (-6, 3, 0, -2), (6, -3, -0.0, -2), (0, 3, 0, 0),
    (1, infinity, 1, 0), (-1, infinity, infinity, -1), (1, -infinity, -infinity, -1), (1, 0, nan, infinity), (-1, 0, nan, -infinity),
    (infinity, 2, nan, infinity), (nan, 1, nan, nan), (1, nan, nan, nan), (0, 0, nan, nan), (1.5, 0.5, 0, 3), (-0.0, 2, 0, -0.0),
  ]
  for (a, b, rest, quotient) in values {
    #expect(same(grad_remainder_f64(a, b), rest), "remainder_f64(\(a), \(b)) = \(grad_remainder_f64(a, b))")
    #expect(same(grad_remainder_f32(Float(a), Float(b)), Float(rest)), "remainder_f32(\(a), \(b))")
    #expect(same(grad_floor_divide_f64(a, b), quotient), "floor_divide_f64(\(a), \(b)) = \(grad_floor_divide_f64(a, b))")
    #expect(same(grad_floor_divide_f32(Float(a), Float(b)), Float(quotient)), "floor_divide_f32(\(a), \(b))")
  }
  // Where the quotient has more digits than the number type the remainder is still exact.
  for (a, b) in [(1e300, 7.0), (1e300, 1e-300), (0x1p-1064, 0x1.8p-1072), (1e22, 0x3.7p-1030), (0x1p1000, 3.0)] {
    #expect(grad_remainder_f64(a, b) == a.truncatingRemainder(dividingBy: b))
    #expect(grad_remainder_f64(-a, -b) == -a.truncatingRemainder(dividingBy: b))
  }
  #expect(grad_remainder_f32(1e30, 7) == Float(1e30).truncatingRemainder(dividingBy: 7))
}

@Test func annihilatingMultiplyIsZeroWhereTheCotangentIsZero() {
  for d in [infinity, -infinity, nan, 3, -3] {
    #expect(same(grad_annihilating_multiply_f64(d, 0), 0) && same(grad_annihilating_multiply_f64(d, -0.0), 0))
    #expect(same(grad_annihilating_multiply_f32(Float(d), 0), 0) && same(grad_annihilating_multiply_f32(Float(d), -0.0), 0))
  }
  #expect(grad_annihilating_multiply_f64(2, nan).isNaN && grad_annihilating_multiply_f64(nan, 2).isNaN)
  #expect(grad_annihilating_multiply_f64(2, 3) == 6)
}

@Test func everyNameHasAnAddress() {
  var count = Int64(0)
  while let name = grad_runtime_name(count) {
    #expect(grad_runtime_address(name) != nil)
    count += 1
  }
  #expect(count > 100)
  #expect(grad_runtime_address("grad_nothing_f32") == nil && grad_runtime_name(-1) == nil)
}
