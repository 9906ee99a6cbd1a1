import GradRuntime
import Testing

/// sin and cos by one call: the bits of each, whatever way the argument's size takes.
@Suite struct SincosTests {
  private static let arguments: [Double] = {
    var state: UInt64 = 7
    let random = (0..<4000).map { i -> Double in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (Double(state >> 11) * 0x1p-52 - 1) * [1e-9, 0.8, 4, 1e3, 1e6, 3e6, 1e12, 1e300][i % 8]
    }
    let edges = [0x1.9p-1, 0x1.921fb54442d18p-1, 0x1p-27, 0x1p-13, 0x1p20, 0x1p28, 0.0, .leastNonzeroMagnitude, .infinity]
    return random + edges.flatMap { [$0, -$0, $0.nextUp, $0.nextDown] } + [.nan]
  }()

  @Test func ofF64HasTheBitsOfEachAlone() {
    for x in SincosTests.arguments {
      var (sine, cosine) = (0.0, 0.0)
      grad_sincos_f64(x, &sine, &cosine)
      #expect(sine.bitPattern == grad_sin_f64(x).bitPattern && cosine.bitPattern == grad_cos_f64(x).bitPattern, "\(x)")
    }
  }

  @Test func ofF32HasTheBitsOfEachAlone() {
    for x in SincosTests.arguments.map({ Float($0) }) {
      var (sine, cosine): (Float, Float) = (0, 0)
      grad_sincos_f32(x, &sine, &cosine)
      #expect(sine.bitPattern == grad_sin_f32(x).bitPattern && cosine.bitPattern == grad_cos_f32(x).bitPattern, "\(x)")
    }
  }
}
