import GradAD
import GradIR
import GradPasses
import Testing

@Suite(.serialized) struct SpeedTests {
  /// y_k = sin(y_{k−1}) · a_k with its gradient.
  private func chain(_ count: Int) -> Graph {
    let builder = GraphBuilder()
    let x = builder.parameter(Parameter(name: "x", type: TensorType(.f64), role: .input))
    let y = (0..<count).reduce(x) { builder.multiply(builder.map("sin", $0), builder.constant(1 + Double($1) / 7, TensorType(.f64))) }
    builder.output("y", y)
    builder.output("gradient", builder.add(.derivative(.gradient), [y, x]))
    return differentiate(builder.finish())
  }
  /// Contractions one after another, each transposed, with a loss and its gradient.
  private func products(_ count: Int) -> Graph {
    let builder = GraphBuilder()
    let type = TensorType(.f64, [.symbol("n"), .symbol("n")])
    let x = builder.parameter(Parameter(name: "x", type: type, role: .input))
    let w = builder.parameter(Parameter(name: "w", type: type, role: .input))
    let y = (0..<count).reduce(x) { y, _ in
      builder.map("tanh", builder.contract(builder.transpose(y, [1, 0]), w, Contraction([0, 1], [1, 2], [0, 2])))
    }
    let loss = builder.sum(builder.contract(y, w, Contraction([0, 1], [1, 2], [0, 2])), axes: [0, 1])
    builder.output("loss", loss)
    builder.output("gradient", builder.add(.derivative(.gradient), [loss, w]))
    return differentiate(builder.finish())
  }

  /// Seconds a node of all passes: the least of some runs.
  private func secondsPerNode(_ graph: Graph) -> Double {
    let clock = ContinuousClock()
    let least = (0..<4).map { _ in
      clock.measure { _ = Pass.all.reduce(graph) { $1.run($0) } }
    }.min()
    return (least.map { Double($0.components.attoseconds) * 1e-18 + Double($0.components.seconds) } ?? 0) / Double(graph.nodes.count)
  }

  /// A pass that looks at all nodes for each would take ten times as long a node in the larger graph.
  @Test func timeANodeDoesNotGrowWithTheGraph() {
    for (name, make, sizes) in [("chain", chain, [1000, 10_000]), ("products", products, [200, 2000])] {
      let seconds = sizes.map { secondsPerNode(make($0)) }
      #expect(seconds[1] < 3 * seconds[0], "\(name): \(seconds) seconds a node")
    }
  }
}
