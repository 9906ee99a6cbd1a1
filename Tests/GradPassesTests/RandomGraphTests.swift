import GradAD
import GradIR
import GradPasses
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// Passes on random graphs over every op: valid graphs, and the same values.
@Suite struct RandomGraphTests {
  /// How many: 300, or what GRADC_RANDOM_GRAPHS says.
  static let count = getenv("GRADC_RANDOM_GRAPHS").flatMap { Int(String(cString: $0)) } ?? 300

  @Test(arguments: 0..<6) func exactPassesKeepEveryBit(part: Int) throws {
    var options = RandomGraph.Options()
    for seed in stride(from: part, to: Self.count, by: 6) {
      options.allowsFaults = seed % 3 == 0
      let sample = RandomGraph.make(seed: UInt64(70_000 + seed), options: options)
      var graph = differentiate(sample.graph)
      let expected = Result { () throws(RunFault) in try GraphInterpreter.run(graph, inputs: sample.inputs, dims: sample.dims) }
      for pass in Pass.all where pass.isExact {
        graph = pass.run(graph)
        try GraphVerifier.verify(graph, allowsDerivatives: false)
        let found = Result { () throws(RunFault) in try GraphInterpreter.run(graph, inputs: sample.inputs, dims: sample.dims) }
        switch (expected, found) {
        case (.success(let a), .success(let b)):
          for (output, (a, b)) in zip(graph.results, zip(a, b)) {
            if let difference = a.difference(from: b) { Issue.record("seed \(seed), \(pass.name), \(output.name): \(difference)") }
          }
        case (.failure, .failure): break
        default: Issue.record("seed \(seed), \(pass.name): \(expected) became \(found)")
        }
      }
    }
  }

  /// All passes against none, each element within the running error bounds; most bounds are numbers, or the test would show nothing.
  @Test(arguments: 0..<6) func allPassesStayWithinTheErrorBounds(part: Int) throws {
    var options = RandomGraph.Options()
    options.specialShare = 0
    var comparison = BoundComparison()
    for seed in stride(from: part, to: Self.count, by: 6) {
      let sample = RandomGraph.make(seed: UInt64(90_000 + seed), options: options)
      let graph = differentiate(sample.graph)
      let optimized = Pass.all.reduce(graph) { $1.run($0) }
      try GraphVerifier.verify(optimized, allowsDerivatives: false)
      try comparison.compare(graph, optimized, inputs: sample.inputs, dims: sample.dims, "seed \(seed)")
    }
    #expect(comparison.compared * 2 > comparison.all, "\(comparison)")
  }

  @Test(arguments: 0..<6) func orderedProductsStayWithinTheErrorBounds(part: Int) throws {
    var comparison = BoundComparison()
    var changed = 0
    for seed in stride(from: part, to: Self.count, by: 6) {
      let sample = RandomProducts(seed: UInt64(seed))
      let graph = [Pass.simplify, .mergeEqualValues].reduce(differentiate(sample.graph)) { $1.run($0) }
      let ordered = [Pass.orderContractions, .dropUnitAxes].reduce(graph) { $1.run($0) }
      if ordered != graph { changed += 1 }
      try GraphVerifier.verify(ordered, allowsDerivatives: false)
      try comparison.compare(graph, ordered, inputs: sample.inputs, dims: sample.dims, "seed \(seed)")
    }
    #expect(changed * 10 > Self.count / 6 && comparison.compared * 10 > comparison.all * 9, "\(changed) changed, \(comparison)")
    // Bounds that nothing comes near would hide what is wrong.
    #expect(comparison.greatestShare > 0.01, "\(comparison)")
  }
}
