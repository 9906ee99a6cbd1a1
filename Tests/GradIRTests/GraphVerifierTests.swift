import GradIR
import Testing

@Suite struct GraphVerifierTests {
  private func sample() -> Graph {
    let builder = GraphBuilder()
    let x = builder.parameter(Parameter(name: "x", type: TensorType(.f32, [3]), role: .input))
    builder.output("y", builder.sum(builder.multiply(x, builder.variable(x)), axes: [0]))
    return builder.finish()
  }
  private func message(_ graph: Graph, allowsDerivatives: Bool = true) -> String? {
    do {
      try GraphVerifier.verify(graph, allowsDerivatives: allowsDerivatives)
      return nil
    } catch {
      return error.message
    }
  }

  @Test func aBuiltGraphIsRight() { #expect(message(sample()) == nil) }

  @Test func aWrongTypeIsFound() {
    var graph = sample()
    graph.nodes[2].types = [TensorType(.f32, [4])]
    #expect(message(graph)?.contains("its rule gives") == true)
  }

  @Test func anOperandThatComesLaterIsFound() {
    var graph = sample()
    graph.nodes[1].operands = [ValueID(2)]
    #expect(message(graph)?.contains("comes later") == true)
  }

  @Test func aResultThatDoesNotExistIsFound() {
    var graph = sample()
    graph.results[0].value = ValueID(9)
    #expect(message(graph)?.contains("does not exist") == true)
  }

  @Test func aParameterOfAnotherTypeIsFound() {
    var graph = sample()
    graph.parameters[0].type = TensorType(.f64, [3])
    #expect(message(graph)?.contains("the parameter is") == true)
  }

  @Test func valuesEnteredUnderAnotherNodeAreFound() {
    var graph = sample()
    graph.nodeOfValue[1] = 0
    #expect(message(graph)?.contains("not entered") == true)
  }

  @Test func variablesAreRefusedAfterDifferentiation() {
    #expect(message(sample(), allowsDerivatives: false)?.contains("is not removed") == true)
  }

  @Test func faultsInBodiesAreFound() {
    var body = sample()
    body.nodes[2].types = [TensorType(.f32, [4])]
    let builder = GraphBuilder()
    let x = builder.parameter(Parameter(name: "x", type: TensorType(.f32, [3]), role: .input))
    builder.output("y", builder.loop(Loop(body: body, count: 2, states: 0, sequences: 0), [x])[0])
    #expect(message(builder.finish())?.contains("in the body") == true)
  }
}
