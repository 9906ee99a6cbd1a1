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
    #if JIT
      let tiered = try CompiledModel(bound.model, tier: .tiered) { Issue.record("\($0)") }
      try compare(tiered)
      let isFast = tiered.settle()
      #expect(isFast)
      try compare(tiered)
    #endif
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
