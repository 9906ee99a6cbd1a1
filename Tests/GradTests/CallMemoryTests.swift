import Grad
import Testing

/// Calls that follow one another on the same memory.
@Suite struct CallMemoryTests {
  private func compiled(_ text: String) throws -> CompiledModel {
    try CompiledModel(Model(source: SourceFile(name: "model.gd", text: text)))
  }

  @Test func inputsAreChangedAndOutputsReadInPlace() throws {
    let compiled = try compiled("dim n\ninput x: f64[n]\nloss = sum(x^2)\noutput loss, grad(loss, x)")
    var data = ModelData()
    try data.set("x", text: "[1, 2, 3]")
    var memory = try CallMemory(for: compiled, compiled.model.bind(data))
    try compiled.call(&memory)
    #expect(memory.withOutput("loss", as: Double.self) { Array($0) } == [14])
    memory.withInput("x", as: Double.self) { $0[0] = -4 }
    try compiled.call(&memory)
    #expect(memory.withOutput("loss", as: Double.self) { Array($0) } == [29])
    #expect(memory.withOutput("dloss_dx", as: Double.self) { Array($0) } == [-8, 4, 6])
  }

  @Test func aFaultOfTheValuesIsThrownAndTheNextCallIsRight() throws {
    let compiled = try compiled("input i: i32[2]\ninput x: f32[3]\noutput y = x[i]")
    var data = ModelData()
    try data.set("i", text: "[0, 7]")
    try data.set("x", text: "[1, 2, 3]")
    var memory = try CallMemory(for: compiled, compiled.model.bind(data))
    do throws(Diagnostic) {
      try compiled.call(&memory)
      Issue.record("an index of 7 is taken")
    } catch {
      #expect(error.id == "run.fault" && error.range != nil && error.message.contains("outside"))
    }
    memory.withInput("i", as: Int32.self) { $0[1] = -1 }
    try compiled.call(&memory)
    #expect(memory.withOutput("y", as: Float.self) { Array($0) } == [1, 3])
  }

  @Test(arguments: [Subnormals.kept, .flushed]) func subnormalsAreAsTheCallerWants(subnormals: Subnormals) throws {
    let source = SourceFile(name: "model.gd", text: "input x: f32[3]\noutput y = x * 0.5")
    let compiled = try CompiledModel(Model(source: source), subnormals: subnormals)
    var data = ModelData()
    try data.set("x", text: "[1.17549435e-38, -1.17549435e-38, 3]")
    let half = Float.leastNormalMagnitude / 2
    let expected: [Float] = subnormals == .kept ? [half, -half, 1.5] : [0, -0.0, 1.5]
    var memory = try CallMemory(for: compiled, compiled.model.bind(data))
    try compiled.call(&memory)
    let y = memory.withOutput("y", as: Float.self) { Array($0) }
    #expect(y.map(\.bitPattern) == expected.map(\.bitPattern))
    let result = try compiled.run(compiled.model.bind(data))[0].tensor
    #expect(result.valueText() == Tensor(expected).valueText())
    // The caller's own arithmetic is what it was.
    #expect(try #require(Float("1.17549435e-38")) * 0.5 == half)
  }
}
