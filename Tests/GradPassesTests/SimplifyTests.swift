import GradIR
import GradPasses
import Testing

@Suite struct SimplifyTests {
  /// The words of the live ops of y = body(x), x: f64[3], after a pass.
  private func words(_ pass: Pass, _ body: (GraphBuilder, ValueID) -> ValueID) -> [String] {
    let builder = GraphBuilder()
    let x = builder.parameter(Parameter(name: "x", type: TensorType(.f64, [3]), role: .input))
    builder.output("y", body(builder, x))
    let graph = pass.run(builder.finish())
    let live = graph.liveNodes
    return graph.nodes.indices.filter { live[$0] }.map { graph.nodes[$0].op.name }
  }
  private let vector = TensorType(.f64, [3])

  @Test func productWithOneIsTheOtherFactor() {
    #expect(words(.simplify) { $0.multiply($1, $0.ones(vector)) } == ["parameter"])
    #expect(words(.simplify) { $0.multiply($0.ones(vector), $1) } == ["parameter"])
    #expect(words(.simplify) { $0.divide($1, $0.ones(vector)) } == ["parameter"])
  }

  @Test func productWithZeroStaysForItMayBeNaN() {
    #expect(words(.simplify) { $0.multiply($1, $0.zeros(vector)) }.contains("multiply"))
  }

  @Test func differenceToZeroFoldsAndSumWithZeroDoesNot() {
    #expect(words(.simplify) { $0.subtract($1, $0.zeros(vector)) } == ["parameter"])
    // −0 + 0 is +0, and −0 − (−0) is +0.
    #expect(words(.simplify) { $0.add($1, $0.zeros(vector)) }.contains("add"))
    #expect(words(.simplify) { $0.subtract($1, $0.constant(-0.0, vector)) }.contains("subtract"))
  }

  @Test func twoNegationsCancel() {
    #expect(words(.simplify) { $0.negate($0.negate($1)) } == ["parameter"])
    #expect(words(.simplify) { $0.negate($1) } == ["parameter", "negate"])
  }

  @Test func functionOfConstantsIsTheReferencesValue() {
    let folded = words(.simplify) { $0.multiply($1, $0.map("sqrt", $0.constant(2, vector))) }
    #expect(folded == ["parameter", "constant", "broadcast", "multiply"])
  }

  @Test func choiceByAConstantIsItsSide() {
    let mask = TensorType(.bool, [3])
    #expect(words(.simplify) { $0.select($0.constant(1, mask), $1, $0.negate($1)) } == ["parameter"])
    #expect(words(.simplify) { $0.select($0.constant(0, mask), $1, $0.negate($1)) } == ["parameter", "negate"])
  }

  @Test func ordersOfAxesCompose() {
    let names = words(.simplify) { builder, x in
      let matrix = builder.broadcast(x, to: [2, 3], axes: [1])
      return builder.transpose(builder.transpose(matrix, [1, 0]), [1, 0])
    }
    #expect(names == ["parameter", "broadcast"])
  }
}

@Suite struct EliminateDeadNodesTests {
  @Test func whatNoOutputNeedsGoesAway() {
    let builder = GraphBuilder()
    let x = builder.parameter(Parameter(name: "x", type: TensorType(.f64), role: .input))
    _ = builder.map("exp", x)
    builder.output("y", builder.negate(x))
    let graph = Pass.eliminateDeadNodes.run(builder.finish())
    #expect(graph.nodes.map(\.op.name) == ["parameter", "negate"])
  }

  @Test func loopsLoseOutputsAndCapturesThatNothingReads() throws {
    let body = GraphBuilder()
    let state = body.parameter(Parameter(name: "s", type: TensorType(.f64)))
    let slice = body.parameter(Parameter(name: "x", type: TensorType(.f64)))
    let capture = body.parameter(Parameter(name: "c", type: TensorType(.f64)))
    body.output("s", body.add(state, slice))
    body.output("unread", body.multiply(state, capture))

    let builder = GraphBuilder()
    let start = builder.parameter(Parameter(name: "start", type: TensorType(.f64), role: .input))
    let xs = builder.parameter(Parameter(name: "xs", type: TensorType(.f64, [4]), role: .input))
    let c = builder.parameter(Parameter(name: "c", type: TensorType(.f64), role: .input))
    let results = builder.loop(Loop(body: body.finish(), count: 4, states: 1, sequences: 1), [start, xs, c])
    builder.output("end", results[0])

    let before = builder.finish()
    let after = Pass.eliminateDeadNodes.run(before)
    try GraphVerifier.verify(after)
    guard case .loop(let loop)? = after.nodes.last?.op else {
      Issue.record("the loop is gone")
      return
    }
    #expect(loop.outputs == 0 && loop.captures == 0 && loop.sequences == 1)
    let inputs = [Tensor([1.0], shape: []), Tensor([1.0, 2, 3, 4]), Tensor([5.0], shape: [])]
    #expect(try GraphInterpreter.run(after, inputs: inputs, dims: [:]) == GraphInterpreter.run(before, inputs: inputs, dims: [:]))
  }
}
