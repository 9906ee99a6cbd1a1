import GradIR
import GradRuntime

extension Initializer {
  /// The starting value of a param, the same on every machine: SplitMix64 seeded by the param's name, functions of the runtime.
  ///
  /// glorot is uniform in ±√(6/(in + out)), he normal with √(2/in). For a matrix [in, out] those are its extents, for a kernel
  /// [out, in, height, width] out and in times the kernel's area, for a vector both are its extent.
  public func tensor(name: String, dtype: DType, extents: [Int]) -> Tensor {
    var generator = SplitMix64(seed: name)
    let count = extents.reduce(1, *)
    let values: [Double]
    switch self {
    case .zeros: values = [Double](repeating: 0, count: count)
    case .ones: values = [Double](repeating: 1, count: count)
    case .constant(let c): values = [Double](repeating: c, count: count)
    case .constantInteger(let c):
      return Tensor([Int64](repeating: c, count: count), shape: extents).converted(to: dtype)
    case .normal(let deviation): values = (0..<count).map { _ in deviation * generator.normal() }
    case .uniform(let low, let high): values = (0..<count).map { _ in low + (high - low) * generator.unit() }
    case .glorot:
      let (fanIn, fanOut) = Initializer.fans(extents)
      let limit = (6 / Double(max(1, fanIn + fanOut))).squareRoot()
      values = (0..<count).map { _ in -limit + 2 * limit * generator.unit() }
    case .he:
      let deviation = (2 / Double(max(1, Initializer.fans(extents).in))).squareRoot()
      values = (0..<count).map { _ in deviation * generator.normal() }
    }
    return Tensor(values, shape: extents).converted(to: dtype)
  }

  private static func fans(_ extents: [Int]) -> (in: Int, out: Int) {
    switch extents.count {
    case 0: return (1, 1)
    case 1: return (extents[0], extents[0])
    case 2: return (extents[0], extents[1])
    default:
      let area = extents.dropFirst(2).reduce(1, *)
      return (extents[1] * area, extents[0] * area)
    }
  }
}

/// Steele, Lea and Flood's SplitMix64 ("Fast splittable pseudorandom number generators", 2014).
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Seeded by a number: its state.
  public init(seed: UInt64) { state = seed }
  /// Seeded by a name: FNV-1a over its UTF-8.
  public init(seed name: String) {
    state = name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
  /// Uniform in [0, 1), 53 bits.
  public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
  /// Standard normal, by Box and Muller.
  public mutating func normal() -> Double {
    let radius = (-2 * grad_log_f64(1 - unit())).squareRoot()
    return radius * grad_cos_f64(2 * Double.pi * unit())
  }
}
