import CountedMemory
import Testing

@testable import Grad

/// A call of a compiled model on memory that stays asks for no memory: every request of the thread is counted.
@Suite(.enabled(if: counts_allocations() == 1)) struct AllocationTests {
  private func allocations(_ body: () throws -> Void) rethrows -> UInt64 {
    let before = counted_allocations()
    try body()
    return counted_allocations() - before
  }

  @Test(arguments: [
    "input x: f64\ny = sin(x) * x\noutput y, grad(y, x)",
    "input x: f64\nu = where(x > 0, sqrt(x), exp(x))\noutput y = u / (1 + u^2)",
    "input x: f64[100]\ny = sum(cumsum(x)^2)\noutput y, grad(y, x)",
  ])
  func aCallOnMemoryThatStaysAllocatesNothing(_ text: String) throws {
    let compiled = try CompiledModel(Model(source: SourceFile(name: "model.gd", text: text)))
    var data = ModelData()
    try data.set("x", text: text.contains("[100]") ? "[" + Array(repeating: "0.5", count: 100).joined(separator: ",") + "]" : "0.5")
    var memory = try CallMemory(for: compiled, compiled.model.bind(data))
    var total = 0.0
    let count = try allocations {
      for step in 0..<1000 {
        memory.withInput("x", as: Double.self) { $0[0] = Double(step) }
        try compiled.call(&memory)
        memory.withOutput("y", as: Double.self) { total += $0[0] }
      }
    }
    #expect(count == 0 && total != 0)
  }

  /// One allocation among a thousand calls is seen.
  @Test func aSingleAllocationIsCounted() throws {
    let compiled = try CompiledModel(Model(source: SourceFile(name: "model.gd", text: "input x: f64\noutput y = x")))
    var data = ModelData()
    try data.set("x", text: "0.5")
    var memory = try CallMemory(for: compiled, compiled.model.bind(data))
    var kept: [UnsafeMutableRawPointer] = []
    kept.reserveCapacity(1)
    let count = try allocations {
      for step in 0..<1000 {
        try compiled.call(&memory)
        if step == 500 { kept.append(.allocate(byteCount: 8, alignment: 8)) }
      }
    }
    kept.forEach { $0.deallocate() }
    #expect(count == 1)
  }

  /// What a call of the convenient kind asks for is seen too: the count is no matter of the place where it is taken.
  @Test func aRunThatGivesTensorsAllocates() throws {
    let compiled = try CompiledModel(Model(source: SourceFile(name: "model.gd", text: "input x: f64\noutput y = x")))
    var data = ModelData()
    try data.set("x", text: "0.5")
    let bound = try compiled.model.bind(data)
    #expect(try allocations { _ = try compiled.run(bound) } > 0)
  }
}
