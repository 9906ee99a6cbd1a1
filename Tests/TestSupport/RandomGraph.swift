import GradIR

/// Random valid graphs over every op, with data: the same for a seed on every machine.
///
///     let sample = RandomGraph.make(seed: 7)
///     let results = try GraphInterpreter.run(sample.graph, inputs: sample.inputs, dims: sample.dims)
public enum RandomGraph {
  public struct Options: Sendable {
    /// The share of zeros of both signs, infinities, NaN and extremes in those tensors that have any.
    public var specialShare = 0.15
    /// Whether an index may lie out of range now and then.
    public var allowsFaults = false
    /// Whether dims beyond the blocks of sums may occur.
    public var allowsLargeDims = true
    /// Whether values are stacked along new axes.
    public var stacksValues = true
    /// How deep loops may stand in loops.
    public var loopDepth = 2
    /// Words (`Op.name`, for maps the function's) that must not occur.
    public var without: Set<String> = []
    public init() {}
  }

  public static func make(
    seed: UInt64, size: Int = 30, options: Options = Options()
  ) -> (graph: Graph, inputs: [Tensor], dims: [String: Int]) {
    let random = RandomSource(seed: seed)
    var dims = ["n": random.integer(1...5), "m": random.integer(0...7), "k": random.integer(1...4)]
    if random.chance(0.9) { dims["m"] = max(1, dims["m"] ?? 1) }
    if options.allowsLargeDims { dims["big"] = random.integer(200...1300) }
    let author = GraphAuthor(random: random, dims: dims, options: options, depth: 0)
    for _ in 0..<3 { author.addParameter() }
    var attempts = 0
    while author.builder.graph.nodes.count < size && attempts < size * 40 {
      attempts += 1
      author.addRandomNode()
    }
    author.finish()
    return (author.builder.finish(), author.inputs, dims)
  }
}

/// A seeded sequence of numbers (SplitMix64).
public final class RandomSource: RandomNumberGenerator {
  private var state: UInt64
  public init(seed: UInt64) {
    // Started at an output, not at the seed: seeds that differ by the sequence's own step would give one sequence shifted.
    state = seed &+ 1
    state = next() ^ (seed << 32)
  }
  public func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  public func integer(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.upperBound - range.lowerBound + 1))
  }
  /// In 0 ..< 1.
  public func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
  public func chance(_ probability: Double) -> Bool { unit() < probability }
  public func pick<C: RandomAccessCollection>(_ choices: C) -> C.Element {
    choices[choices.index(choices.startIndex, offsetBy: integer(0...choices.count - 1))]
  }
  public func shuffled<T>(_ values: [T]) -> [T] {
    var values = values
    for index in values.indices.reversed() where index > 0 { values.swapAt(index, integer(0...index)) }
    return values
  }

  /// A tensor of random elements; some tensors have special values among theirs.
  public func tensor(_ dtype: DType, shape: [Int], specialShare: Double) -> Tensor {
    let count = shape.reduce(1, *)
    let share = chance(0.3) ? specialShare : 0
    func float() -> Double {
      if chance(share) { return pick([0, -0.0, 1, .infinity, -.infinity, .nan, 1e30, -1e30, 1e-40, 0x1p-1060]) }
      switch integer(0...5) {
      case 0: return Double(integer(-3...3))
      case 1: return unit() * 20 - 10
      default: return unit() * 4 - 2
      }
    }
    func integerElement() -> Int64 {
      if chance(share * 0.5) { return pick([.min, .max, -1, 0, Int64(Int32.max), Int64(Int32.min)]) }
      return Int64(integer(-5...9))
    }
    switch dtype {
    case .f32: return Tensor((0..<count).map { _ in Float(float()) }, shape: shape)
    case .f64: return Tensor((0..<count).map { _ in float() }, shape: shape)
    case .i32: return Tensor((0..<count).map { _ in Int32(truncatingIfNeeded: integerElement()) }, shape: shape)
    case .i64: return Tensor((0..<count).map { _ in integerElement() }, shape: shape)
    case .bool: return Tensor((0..<count).map { _ in chance(0.5) }, shape: shape)
    }
  }
}

extension Tensor {
  /// The first place where the tensors differ, in words; nil where they agree bit for bit. Any two NaN agree.
  public func difference(from other: Tensor) -> String? {
    if dtype != other.dtype || shape != other.shape { return "\(dtype)\(shape) against \(other.dtype)\(other.shape)" }
    let (a, b) = (Constant(self).bits, Constant(other).bits)
    for index in a.indices where a[index] != b[index] {
      if dtype.isFloat && double(at: index).isNaN && other.double(at: index).isNaN { continue }
      let values =
        dtype.isFloat
        ? "\(double(at: index)) against \(other.double(at: index))" : "\(integer(at: index)) against \(other.integer(at: index))"
      return "element \(index) of \(dtype)\(shape): \(values)"
    }
    return nil
  }
}
