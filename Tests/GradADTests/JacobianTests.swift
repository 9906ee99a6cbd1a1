import GradAD
import GradIR
import Testing

/// The words of a graph's nodes after differentiation.
private func words(_ model: Model, _ outputs: [ValueID]) -> [String] {
  for (index, output) in outputs.enumerated() { model.builder.output("out\(index)", output) }
  return differentiate(model.builder.finish()).nodes.map(\.op.name)
}

@Suite struct JacobianTests {
  @Test func elementwiseJacobianIsOneEmbedding() {
    for name in ["divide", "multiply", "add", "max"] as [StaticString] {
      let model = Model()
      let (w, x) = (model.parameter("w", TensorType(.f64, [.symbol("n")])), model.parameter("x", TensorType(.f64, [.symbol("n")])))
      let found = words(model, [model.jacobian(model.builder.map(name, w, x), x)])
      #expect(found.filter { $0 == "diagonal" }.count == 1)
      #expect(!found.contains("contract") && !found.contains("loop"))
    }
  }

  @Test func chainOfDiagonalsStaysDiagonal() throws {
    let model = Model()
    let builder = model.builder
    let x = model.parameter("x", floats(.f64, [2, 2]))
    let y = builder.add(builder.map("exp", builder.negate(builder.multiply(x, x))), x)
    let results = try model.run([model.jacobian(y, x)], [Tensor([0.0, 1, -1, 0.5], shape: [2, 2])])
    let values = [0.0, 1, -1, 0.5]
    for i in 0..<4 {
      for j in 0..<4 {
        let exponential = ScalarFunction(named: "exp")?.record.evaluate.f64?(-values[i] * values[i], 0) ?? 0
        let expected = i == j ? 1 - 2 * values[i] * exponential : 0
        #expect(abs(results[0].double(at: 4 * i + j) - expected) < 1e-15)
      }
    }
  }

  @Test func matrixTimesDiagonalNeedsNoBasis() throws {
    let model = Model()
    let builder = model.builder
    let (w, x) = (model.parameter("w", floats(.f64, [2, 3])), model.parameter("x", floats(.f64, [3])))
    let y = builder.negate(builder.contract(w, builder.multiply(x, x), Contraction([0, 1], [1], [0])))
    let inputs = [Tensor([1.0, 2, 3, 4, 5, 6], shape: [2, 3]), Tensor([1.0, 2, 3])]
    let jacobian = model.jacobian(y, x)
    #expect(!words(model, [jacobian]).contains("contract"))
    let entries = try model.run([jacobian], inputs)[0]
    #expect(numbers(entries) == [-2, -8, -18, -8, -20, -36])
  }

  @Test func scalarsNeedNoBasis() {
    let model = Model()
    let builder = model.builder
    let (x, z) = (model.parameter("x", TensorType(.f64, [.symbol("n")])), model.parameter("z", TensorType(.f64)))
    let product = builder.multiply(x, builder.broadcast(z, to: [.symbol("n")], axes: []))
    let found = words(model, [model.jacobian(product, z), model.jacobian(builder.sum(product, axes: [0]), x)])
    #expect(!found.contains("diagonal") && !found.contains("loop"))
  }

  @Test func jacobianOfAnyShapes() throws {
    // y = x w by w and by x: ∂y[i,j]/∂w[k,l] = x[i,k] δ(j,l), ∂y[i,j]/∂x[k,l] = w[l,j] δ(i,k).
    let model = Model()
    let builder = model.builder
    let (x, w) = (
      model.parameter("x", TensorType(.f64, [.symbol("n"), 2])), model.parameter("w", floats(.f64, [2, 3]))
    )
    let y = builder.contract(x, w, Contraction([0, 1], [1, 2], [0, 2]))
    let (a, b) = ([1.0, 2, 3, 4, 5, 6, 7, 8], [1.0, -1, 2, -2, 3, -3])
    let results = try model.run(
      [model.jacobian(y, w), model.jacobian(y, x)], [Tensor(a, shape: [4, 2]), Tensor(b, shape: [2, 3])], dims: ["n": 4])
    #expect(results[0].shape == [4, 3, 2, 3] && results[1].shape == [4, 3, 4, 2])
    for i in 0..<4 {
      for j in 0..<3 {
        for k in 0..<2 {
          for l in 0..<3 { #expect(results[0].double(at: ((i * 3 + j) * 2 + k) * 3 + l) == (j == l ? a[i * 2 + k] : 0)) }
        }
        for k in 0..<4 {
          for l in 0..<2 { #expect(results[1].double(at: ((i * 3 + j) * 4 + k) * 2 + l) == (i == k ? b[l * 3 + j] : 0)) }
        }
      }
    }
  }

  @Test func aLaterResultOfALoopCounts() throws {
    // y = a x with a = x from the second state of a loop: 2x on the diagonal, not x.
    let model = Model()
    let builder = model.builder
    let x = model.parameter("x", floats(.f64, [2]))
    let body = GraphBuilder()
    let states = ["a", "b"].map { body.parameter(Parameter(name: $0, type: floats(.f64, [2]))) }
    let capture = body.parameter(Parameter(name: "x", type: floats(.f64, [2])))
    body.output("a", body.map("sin", states[0]))
    body.output("b", capture)
    let results = builder.loop(Loop(body: body.finish(), count: 2, states: 2, sequences: 0), [x, x, x])
    let jacobian = try model.run([model.jacobian(builder.multiply(results[1], x), x)], [Tensor([3.0, 4])])
    #expect(numbers(jacobian[0]) == [6, 0, 0, 8])
  }
}
