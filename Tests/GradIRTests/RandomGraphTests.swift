import GradIR
import TestSupport
import Testing

@Suite struct RandomGraphTests {
  @Test func randomGraphsAreValidAndRun() throws {
    var seen: [String: Int] = [:]
    for seed in 0..<300 {
      let (graph, inputs, dims) = RandomGraph.make(seed: UInt64(seed))
      try GraphVerifier.verify(graph)
      count(graph, &seen)
      let results = try GraphInterpreter.run(graph, inputs: inputs, dims: dims)
      for (result, tensor) in zip(graph.results, results) {
        let type = graph.type(of: result.value)
        #expect(tensor.dtype == type.dtype && tensor.shape == type.shape.extents(dims), "seed \(seed), \(result.name)")
      }
    }
    let words = Set(seen.keys)
    for function in ScalarFunction.all { #expect(words.contains(function.name), "no random graph has \(function)") }
    for word in [
      "parameter", "constant", "dimension", "iota", "variable", "stop_gradient", "contract", "broadcast", "reshape", "transpose",
      "slice", "pad", "concatenate", "diagonal", "window", "window_add", "gather", "scatter_add", "argsort", "loop", "triangular_solve",
      "cholesky",
    ] + Reduction.allCases.map({ "reduce_\($0.rawValue)" }) + Cumulation.Kind.allCases.map({ "cumulative_\($0.rawValue)" })
      + DType.allCases.map({ "cast_\($0)" })
    {
      #expect(words.contains(word), "no random graph has \(word)")
    }
  }

  @Test func aSeedGivesTheSameGraphAgain() {
    for seed in [1, 2, 3] as [UInt64] {
      let (a, b) = (RandomGraph.make(seed: seed), RandomGraph.make(seed: seed))
      #expect(a.graph == b.graph && a.dims == b.dims)
      #expect(zip(a.inputs, b.inputs).allSatisfy { $0.difference(from: $1) == nil })
    }
  }

  @Test func faultsAreReportedWhereTheyAreAllowed() throws {
    var options = RandomGraph.Options()
    options.allowsFaults = true
    var faults = 0
    for seed in 1000..<1300 {
      let (graph, inputs, dims) = RandomGraph.make(seed: UInt64(seed), options: options)
      do {
        _ = try GraphInterpreter.run(graph, inputs: inputs, dims: dims)
      } catch .indexOutOfRange(let fault) {
        faults += 1
        #expect(fault.value >= Int64(fault.extent) || fault.value < 0)
      }
    }
    #expect(faults > 0)
  }

  private func count(_ graph: Graph, _ seen: inout [String: Int]) {
    for node in graph.nodes {
      seen[node.op.name, default: 0] += 1
      if case .loop(let loop) = node.op { count(loop.body, &seen) }
    }
  }
}
