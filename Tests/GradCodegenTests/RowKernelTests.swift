import GradIR
import TestSupport
import Testing

@testable import GradCodegen

/// Kernels over rows against the interpreter, bit for bit.
@Suite struct RowKernelTests {
  @Test(arguments: UInt64(0)..<200)
  func rowsColumnsAndTotalsGiveTheInterpretersBits(seed: UInt64) throws {
    let sample = RowGraph.make(seed: seed)
    guard !sample.graph.results.isEmpty else { return }
    try compare(sample, seed: seed)
  }

  @Test(arguments: UInt64(0)..<60)
  func productsByBlocksGiveTheInterpretersBits(seed: UInt64) throws { try compare(ProductGraph.make(seed: seed), seed: seed) }

  private func compare(_ sample: (graph: Graph, inputs: [Tensor], dims: [String: Int]), seed: UInt64) throws {
    let (made, inputs, dims) = sample
    if CCompiler.all.isEmpty { return }
    // Every other graph writes outputs over inputs.
    let (graph, pairs) = seed / 2 % 2 == 0 ? (made, []) : RandomGraph.updates(of: made, seed: seed)
    let updates = pairs.map { InPlaceUpdate(input: $0.input, output: $0.output) }
    let compiler = CCompiler.all[seed % 5 == 1 ? CCompiler.all.count - 1 : 0]
    let c = generateC(graph, options: COptions(name: "rows", target: .embedded, updates: updates))
    let results = try GraphInterpreter.run(graph, inputs: inputs, dims: dims)
    guard case .outputs(let outputs) = compiler.run(c, inputs, dims) else {
      Issue.record("\(compiler): \(compiler.run(c, inputs, dims))")
      return
    }
    for (output, result) in zip(outputs, results) { #expect(output.difference(from: result) == nil) }
  }
}
