import GradRuntime
import Testing

@Test func integersWrap() {
  #expect(grad_abs_i32(.min) == .min && grad_abs_i64(.min) == .min && grad_abs_i32(-5) == 5)
  #expect(grad_floor_divide_i32(.min, -1) == .min && grad_floor_divide_i64(.min, -1) == .min)
  #expect(grad_remainder_i32(.min, -1) == 0 && grad_remainder_i64(.min, -1) == 0)
  #expect(grad_pow_i32(3, 40) == Int32(truncatingIfNeeded: UInt64(12_157_665_459_056_928_801)))
  #expect(grad_pow_i64(-3, 39) == -4_052_555_153_018_976_267)
  #expect(grad_pow_i32(0, 0) == 1 && grad_pow_i32(7, 1) == 7 && grad_pow_i64(2, 64) == 0)
}

@Test func integerDivisionByZeroIsZero() {
  for x in [Int32.min, -1, 0, 1, .max] {
    #expect(grad_floor_divide_i32(x, 0) == 0 && grad_remainder_i32(x, 0) == 0)
    #expect(grad_floor_divide_i64(Int64(x), 0) == 0 && grad_remainder_i64(Int64(x), 0) == 0)
  }
}

@Test func integerQuotientsAreRoundedDown() {
  for a in Int32(-20)...20 {
    for b in Int32(-6)...6 where b != 0 {
      let floor = Int32((Double(a) / Double(b)).rounded(.down))
      #expect(grad_floor_divide_i32(a, b) == floor && grad_remainder_i32(a, b) == a - b * floor)
      #expect(grad_floor_divide_i64(Int64(a), Int64(b)) == Int64(floor) && grad_remainder_i64(Int64(a), Int64(b)) == Int64(a - b * floor))
      #expect(grad_max_i32(a, b) == max(a, b) && grad_min_i64(Int64(a), Int64(b)) == Int64(min(a, b)))
      #expect(grad_sign_i32(a) == a.signum() && grad_sign_i64(Int64(a)) == Int64(a.signum()))
    }
  }
}

@Test func conversionsToIntegersSaturate() {
  #expect(grad_f32_to_i32(.nan) == 0 && grad_f32_to_i64(.nan) == 0 && grad_f64_to_i32(.nan) == 0 && grad_f64_to_i64(.nan) == 0)
  #expect(grad_f32_to_i32(.infinity) == .max && grad_f32_to_i64(1e30) == .max && grad_f64_to_i32(2147483648) == .max)
  #expect(grad_f64_to_i64(0x1p63) == .max && grad_f64_to_i64(-0x1p63) == .min && grad_f64_to_i64(-.infinity) == .min)
  #expect(grad_f32_to_i32(-3e9) == .min && grad_f32_to_i64(-.infinity) == .min && grad_f64_to_i32(-2147483649) == .min)
  #expect(grad_f64_to_i32(2147483647.9) == .max && grad_f64_to_i32(-2147483648.5) == .min && grad_f64_to_i32(-2147483647.5) == -2147483647)
  #expect(grad_f32_to_i32(-1.9) == -1 && grad_f32_to_i64(1.9) == 1 && grad_f64_to_i64(0x1.fffffffffffffp62) == 0x7FFF_FFFF_FFFF_FC00)
}
