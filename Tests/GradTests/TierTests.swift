import Grad
import Synchronization
import Testing

/// The tiers of machine code give one set of bits.
@Suite struct TierTests {
  private static let text = """
    dim n
    input x: [n]
    param w: [n]
    loss = sum(tanh(w * x)^2) + max(exp(-x))
    output loss, grad(loss, w)
    """
  private static func bound() throws -> BoundModel {
    let model = try Model(source: SourceFile(name: "tiers.gd", text: text))
    var data = ModelData()
    try data.set("x", text: "[\((0..<1000).map { "\(Double($0 % 37) / 19)" }.joined(separator: ","))]")
    try data.set("w", text: "[\((0..<1000).map { "\(Double($0 % 23) / 7 - 1)" }.joined(separator: ","))]")
    return try model.bind(data)
  }

  @Test func allTiersGiveTheSameBits() throws {
    let bound = try Self.bound()
    let expected = try bound.run(on: .interpreter)
    func compare(_ compiled: borrowing CompiledModel) throws {
      for (result, reference) in zip(try compiled.run(bound), expected) {
        #expect(result.tensor.hasSameBits(as: reference.tensor), "\(result.name)")
      }
    }
    let system = try CompiledModel(bound.model, tier: .cc)
    try compare(system)
    try compare(CompiledModel(bound.model, tier: .cc, threads: 3))
    #if JIT
      let tiered = try CompiledModel(bound.model, tier: .tiered) { Issue.record("\($0)") }
      try compare(tiered)
      let isFast = tiered.settle()
      #expect(isFast)
      try compare(tiered)
    #endif
  }

  /// Where the code is kept, a model is no more than its graph until more is asked for.
  @Test func aModelWhoseCodeIsKeptRunsAndFaultsAsBefore() throws {
    let text = Self.text + "\ninput place: i32\noutput picked = w[place]\n"
    func model() throws -> Model { try Model(source: SourceFile(name: "kept.gd", text: text), for: .cc) }
    func bound(_ model: Model, place: Int) throws -> BoundModel {
      var data = ModelData()
      try data.set("x", text: "[0.5, -1.5, 2]")
      try data.set("w", text: "[1, 2, 3]")
      try data.set("place", text: "\(place)")
      return try model.bind(data)
    }
    let first = try model()
    let expected = try bound(first, place: 1).run(on: .cc)
    let second = try model()
    let data = try bound(second, place: 1)
    for (result, reference) in zip(try data.run(on: .cc), expected) { #expect(result.tensor.hasSameBits(as: reference.tensor)) }
    var faults: [String] = []
    for model in [try Model(source: first.source), second] {
      do {
        _ = try bound(model, place: 7).run(on: .cc)
      } catch let error as ModelError { faults.append(error.description) }
    }
    #expect(faults.count == 2 && faults[0] == faults[1] && faults[0].contains("7"), "\(faults)")
    // All that follows the graph is there when it is asked for.
    #expect(second.optimized == first.optimized && second.dims == first.dims)
  }

  #if JIT
    /// Calls go on in memory that was laid out before the swap.
    @Test func callsGoOnWhileTheCodeIsSwapped() throws {
      let bound = try Self.bound()
      let expected = try bound.run(on: .interpreter)[0].tensor
      let compiled = try CompiledModel(bound.model, tier: .tiered) { Issue.record("\($0)") }
      var memory = try CallMemory(for: compiled, bound)
      func loss() throws -> Tensor {
        try compiled.call(&memory)
        return memory.withOutput("loss", as: Float.self) { Tensor(Array($0), shape: []) }
      }
      for _ in 0..<100 { #expect(try loss().hasSameBits(as: expected)) }
      let isFast = compiled.settle()
      #expect(isFast)
      for _ in 0..<100 { #expect(try loss().hasSameBits(as: expected)) }
    }
  #endif
}
