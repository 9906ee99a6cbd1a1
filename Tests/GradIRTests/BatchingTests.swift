import GradIR
import TestSupport
import Testing

@Suite struct BatchingTests {
  /// Every loop without states in random graphs gives the same bits vectorized, but where a matrix-vector product became a matrix product.
  @Test func vectorizedLoopsAgreeWithLoops() throws {
    var vectorized = 0
    for seed in 0..<200 {
      var (graph, inputs, dims) = RandomGraph.make(seed: UInt64(5000 + seed))
      graph.results = (0..<graph.valueCount).map { Output(name: "v\($0)", value: ValueID($0)) }
      let (other, loops) = vectorizingLoops(graph)
      // One side of a matrix-vector product batched alone makes a matrix product, whose sums have another order.
      if loops == 0 || matrixProducts(graph) != matrixProducts(other) { continue }
      vectorized += loops
      try GraphVerifier.verify(other)
      let a = try GraphInterpreter.run(graph, inputs: inputs, dims: dims)
      let b = try GraphInterpreter.run(other, inputs: inputs, dims: dims)
      for (index, (a, b)) in zip(a, b).enumerated() {
        let difference = a.difference(from: b)
        #expect(difference == nil, "seed \(5000 + seed), result \(index): \(difference ?? "")")
      }
    }
    #expect(vectorized > 50)
  }

  private func matrixProducts(_ graph: Graph) -> Int {
    graph.nodes.reduce(0) { count, node in
      switch node.op {
      case .contract(let contraction): count + (contraction.isMatrixProduct ? 1 : 0)
      case .loop(let loop): count + matrixProducts(loop.body)
      default: count
      }
    }
  }

  /// The graph with its outermost loops without states vectorized.
  private func vectorizingLoops(_ graph: Graph) -> (Graph, Int) {
    let builder = GraphBuilder()
    var values: [ValueID] = []
    var count = 0
    for parameter in graph.parameters { _ = builder.parameter(parameter) }
    for node in graph.nodes {
      let operands = node.operands.map { values[Int($0.index)] }
      switch node.op {
      case .loop(let loop) where loop.states == 0:
        count += 1
        values += vectorize(loop, operands: operands, into: builder)
      case .variable: values.append(builder.variable(operands[0]))
      default: values += builder.addAll(node.op, operands)
      }
    }
    for result in graph.results { builder.output(result.name, values[Int(result.value.index)]) }
    return (builder.finish(), count)
  }
}
