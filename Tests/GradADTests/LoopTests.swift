import GradAD
import GradIR
import Testing

/// x ← x · a, `n` times, with the state before each step as an output.
private func powers(_ model: Model, _ x: ValueID, _ a: ValueID, _ count: Dim) -> [ValueID] {
  let body = GraphBuilder()
  let state = body.parameter(Parameter(name: "s", type: TensorType(.f64)))
  let factor = body.parameter(Parameter(name: "a", type: TensorType(.f64)))
  body.output("s", body.multiply(state, factor))
  body.output("before", state)
  return model.builder.loop(Loop(body: body.finish(), count: count, states: 1, sequences: 0), [x, a])
}

private func loops(_ graph: Graph) -> [Loop] {
  graph.nodes.compactMap { node in
    if case .loop(let loop) = node.op { return loop }
    return nil
  }
}

@Suite struct LoopTests {
  private let inputs = [Tensor([2.0], shape: []), Tensor([3.0], shape: [])]

  @Test func derivativesOfAPower() throws {
    let model = Model()
    let (x, a) = (model.parameter("x", TensorType(.f64)), model.parameter("a", TensorType(.f64)))
    let y = powers(model, x, a, .symbol("n"))[0]
    let (byX, byA) = (model.gradient(y, x), model.gradient(y, a))
    let second = model.gradient(byA, a)
    let third = model.gradient(second, a)
    let forward = model.jvp(model.jvp(y, a, model.builder.ones(TensorType(.f64))), a, model.builder.ones(TensorType(.f64)))
    let results = try model.run([y, byX, byA, second, third, forward, model.gradient(byX, a)], inputs, dims: ["n": 5])
    #expect(results.map { $0.double(at: 0) } == [486, 243, 810, 1080, 1080, 1080, 405])
  }

  @Test func noStepsGiveTheInitialStateItsCotangent() throws {
    let model = Model()
    let (x, a) = (model.parameter("x", TensorType(.f64)), model.parameter("a", TensorType(.f64)))
    let y = powers(model, x, a, .symbol("n"))[0]
    let results = try model.run([y, model.gradient(y, x), model.gradient(y, a)], inputs, dims: ["n": 0])
    #expect(results.map { $0.double(at: 0) } == [2, 1, 0])
  }

  @Test func savingLoopIsTheModelsOwnLoop() {
    let model = Model()
    let (x, a) = (model.parameter("x", TensorType(.f64)), model.parameter("a", TensorType(.f64)))
    let y = powers(model, x, a, 7)[0]
    model.builder.output("y", y)
    model.builder.output("g", model.gradient(y, a))
    model.builder.output("h", model.gradient(y, x))
    let graph = differentiate(model.builder.finish())
    let forward = loops(graph).filter { !$0.reverse }
    #expect(forward.count == 1)
    #expect(forward.first?.outputs == 1)
    #expect(loops(graph).filter(\.reverse).count == 1)
  }

  @Test func codeDoesNotGrowWithSteps() {
    func size(_ count: Dim) -> Int {
      let model = Model()
      let (x, a) = (model.parameter("x", TensorType(.f64)), model.parameter("a", TensorType(.f64)))
      model.builder.output("g", model.gradient(model.gradient(powers(model, x, a, count)[0], a), a))
      let graph = differentiate(model.builder.finish())
      return graph.nodes.count + loops(graph).reduce(0) { $0 + $1.body.nodes.count }
    }
    #expect(size(3) == size(1000))
  }

  @Test func derivativesInsideABody() throws {
    // s ← s + d/ds s³, from s₀: each step s + 3s²; the outer derivative multiplies 1 + 6s.
    let model = Model()
    let x = model.parameter("x", TensorType(.f64))
    let body = GraphBuilder()
    let state = body.variable(body.parameter(Parameter(name: "s", type: TensorType(.f64))))
    let cube = body.multiply(state, body.multiply(state, state))
    body.output("s", body.add(state, body.add(.derivative(.gradient), [cube, state])))
    let y = model.builder.loop(Loop(body: body.finish(), count: 2, states: 1, sequences: 0), [x])[0]
    let results = try model.run([y, model.gradient(y, x)], [Tensor([1.0], shape: [])])
    #expect(results.map { $0.double(at: 0) } == [52, 175])
  }

  @Test func gradientOfEachSliceOfAMap() throws {
    // map(x -> grad(sum((w x)²), x), rows) by w as well.
    let model = Model()
    let builder = model.builder
    let rows = model.parameter("rows", TensorType(.f64, [.symbol("n"), 2]))
    let w = model.parameter("w", floats(.f64, [2]))
    let body = GraphBuilder()
    let row = body.parameter(Parameter(name: "row", type: floats(.f64, [2])))
    let weight = body.parameter(Parameter(name: "w", type: floats(.f64, [2])))
    let product = body.multiply(row, weight)
    body.output("g", body.add(.derivative(.gradient), [body.sum(body.multiply(product, product), axes: [0]), row]))
    let mapped = builder.loop(Loop(body: body.finish(), count: .symbol("n"), states: 0, sequences: 1), [rows, w])[0]
    let f = builder.sum(mapped, axes: [0, 1])
    for (index, value) in [mapped, model.gradient(f, w)].enumerated() { builder.output("r\(index)", value) }
    let graph = differentiate(builder.finish())
    #expect(loops(graph).isEmpty)
    let results = try GraphInterpreter.run(
      graph, inputs: [Tensor([1.0, 2, 3, 4], shape: [2, 2]), Tensor([2.0, 3])], dims: ["n": 2])
    #expect(numbers(results[0]) == [8, 36, 24, 72])
    #expect(numbers(results[1]) == [32, 72])
  }
}

@Suite struct SharingTests {
  @Test func weightsOfARecurrentNetworkAreOneProduct() throws {
    let model = Model()
    let builder = model.builder
    let (w, x) = (model.parameter("w", floats(.f64, [3, 3])), model.parameter("x", floats(.f64, [4, 3])))
    let body = GraphBuilder()
    let state = body.parameter(Parameter(name: "h", type: floats(.f64, [3])))
    let slice = body.parameter(Parameter(name: "x", type: floats(.f64, [3])))
    let weight = body.parameter(Parameter(name: "w", type: floats(.f64, [3, 3])))
    body.output("h", body.map("tanh", body.add(body.contract(weight, state, Contraction([0, 1], [1], [0])), slice)))
    let loop = Loop(body: body.finish(), count: 4, states: 1, sequences: 1)
    let last = builder.loop(loop, [builder.zeros(floats(.f64, [3])), x, w])[0]
    builder.output("g", model.gradient(builder.sum(last, axes: [0]), w))
    let graph = differentiate(builder.finish())
    let reverse = try #require(loops(graph).first { $0.reverse })
    #expect(reverse.states == 1)
    #expect(graph.nodes.contains { $0.op.name == "contract" && $0.types[0] == floats(.f64, [3, 3]) })
    // The product of the step is saved, not computed again: one product a step is left, that of the cotangent.
    #expect(reverse.body.nodes.filter { $0.op.name == "contract" }.count == 1)
  }

  @Test func gradientsOfOneValueAreOneLoop() throws {
    let model = Model()
    let (x, a) = (model.parameter("x", TensorType(.f64)), model.parameter("a", TensorType(.f64)))
    let y = powers(model, x, a, 4)[0]
    let late = model.builder.variable(model.builder.multiply(x, a))
    for (index, value) in [model.gradient(y, x), model.gradient(y, a), model.gradient(y, late)].enumerated() {
      model.builder.output("g\(index)", value)
    }
    let graph = differentiate(model.builder.finish())
    #expect(loops(graph).filter(\.reverse).count == 1)
    let inputs = [Tensor([2.0], shape: []), Tensor([3.0], shape: [])]
    let results = try GraphInterpreter.run(graph, inputs: inputs, dims: [:])
    #expect(results.map { $0.double(at: 0) } == [81, 216, 0])
  }

  @Test func lookupsOfAllStepsAreAddedAtOnce() throws {
    // s ← s · table[i] for each index i: the table's cotangent is one scatter behind the loop.
    let model = Model()
    let builder = model.builder
    let table = model.parameter("table", floats(.f64, [4]))
    let body = GraphBuilder()
    let state = body.parameter(Parameter(name: "s", type: TensorType(.f64)))
    let index = body.parameter(Parameter(name: "i", type: TensorType(.i64)))
    let capture = body.parameter(Parameter(name: "table", type: floats(.f64, [4])))
    body.output("s", body.multiply(state, body.gather(capture, index, GatherAxis(axis: 0))))
    let indices = builder.constant(Constant(Tensor([Int64(1), 3, 1])))
    let loop = Loop(body: body.finish(), count: 3, states: 1, sequences: 1)
    let y = builder.loop(loop, [builder.ones(TensorType(.f64)), indices, table])[0]
    builder.output("g", model.gradient(y, table))
    let graph = differentiate(builder.finish())
    #expect(graph.nodes.contains { $0.op.name == "scatter_add" })
    #expect(loops(graph).allSatisfy { $0.states == 1 })
    let result = try GraphInterpreter.run(graph, inputs: [Tensor([2.0, 3, 5, 7])], dims: [:])
    #expect(result == [Tensor([0.0, 42, 0, 9])])
  }

  @Test func cotangentsOfSlicesAreConcatenated() throws {
    let model = Model()
    let builder = model.builder
    let x = model.parameter("x", floats(.f64, [5]))
    func element(_ i: Int) -> ValueID { builder.reshape(builder.slice(x, [SliceAxis(start: Dim(i), count: 1)]), to: []) }
    let f = builder.add(builder.multiply(element(0), element(3)), builder.map("sin", builder.multiply(element(3), element(3))))
    builder.output("g", model.gradient(builder.add(f, element(1)), x))
    let graph = differentiate(builder.finish())
    #expect(!graph.nodes.contains { $0.op.name == "pad" })
    let result = try GraphInterpreter.run(graph, inputs: [Tensor([2.0, 1, 1, 0, 1])], dims: [:])
    #expect(result == [Tensor([0.0, 1, 0, 2, 0])])
  }
}
