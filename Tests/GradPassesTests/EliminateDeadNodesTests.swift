import GradIR
import GradPasses
import Testing

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
