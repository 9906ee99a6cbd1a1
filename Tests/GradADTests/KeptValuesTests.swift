import GradAD
import GradIR
import Testing

/// What a loop gives its reverse beside its states.
@Suite struct KeptValuesTests {
  private func saved(_ type: TensorType, _ step: (GraphBuilder, ValueID) -> ValueID) -> [TensorType] {
    let model = Model()
    let x = model.parameter("x", type)
    let body = GraphBuilder()
    body.output("s", step(body, body.parameter(Parameter(name: "s", type: type))))
    let end = model.builder.loop(Loop(body: body.finish(), count: 7, states: 1, sequences: 0), [x])[0]
    let loss = model.builder.sum(end, axes: Array(type.shape.dims.indices))
    model.builder.output("g", model.gradient(loss, x))
    let graph = differentiate(model.builder.finish())
    for case .loop(let loop) in graph.nodes.map(\.op) where !loop.reverse {
      return loop.body.results.dropFirst(loop.states).filter { $0.name == "saved" }.map { loop.body.type(of: $0.value) }
    }
    return []
  }

  @Test func sumsAndProductsAreComputedAgain() {
    #expect(saved(TensorType(.f32, [50])) { body, s in body.multiply(body.add(s, s), s) } == [])
  }

  @Test func transcendentalResultsAreKept() {
    let type = TensorType(.f32, [50])
    #expect(saved(type) { body, s in body.multiply(body.map("exp", s), s) } == [type])
  }

  /// cos is no value of the step: it is the derivative of one, and kept all the same.
  @Test func coefficientsAreKept() {
    let type = TensorType(.f64, [50])
    #expect(saved(type) { body, s in body.map("sin", body.map("sin", s)) } == [type, type])
  }

  @Test func longChainsAreKeptAndShortOnesAreNot() {
    let type = TensorType(.f32, [50])
    func chain(_ length: Int) -> [TensorType] {
      saved(type) { body, s in body.multiply((0..<length).reduce(s) { x, _ in body.add(x, s) }, s) }
    }
    #expect(chain(2) == [])
    #expect(chain(40) == [type])
  }

  @Test func numbersAreKeptSideBySide() {
    let step = { (body: GraphBuilder, s: ValueID) in body.add(body.map("sin", body.map("exp", s)), body.map("tanh", s)) }
    #expect(saved(TensorType(.f64), step) == [TensorType(.f64, [3])])
  }

  @Test func conditionsAreKeptAsSuch() {
    let type = TensorType(.f32, [50])
    let found = saved(type) { body, s in
      let product = body.multiply(body.map("exp", s), body.constant(2, type))
      return body.select(body.map("greater", product, body.ones(type)), s, body.negate(s))
    }
    #expect(found == [TensorType(.bool, [50])])
  }
}
