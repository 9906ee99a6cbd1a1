import GradAD
import GradIR
import Testing

private func areFinite(_ tensor: Tensor) -> Bool { numbers(tensor).allSatisfy { $0.isFinite } }

@Suite struct MaskedTests {
  /// where(x > 0, √x · ln x, 0) of a vector.
  private func guarded(_ builder: GraphBuilder, _ x: ValueID) -> ValueID {
    let zeros = builder.zeros(builder.type(of: x))
    let inside = builder.multiply(builder.map("sqrt", x), builder.map("log", x))
    return builder.select(builder.map("greater", x, zeros), inside, zeros)
  }

  @Test func noNaNOfTheOtherSideAtAnyOrder() throws {
    let model = Model()
    let builder = model.builder
    let x = model.parameter("x", floats(.f64, [4]))
    let u = model.parameter("u", floats(.f64, [4]))
    let y = guarded(builder, x)
    let f = builder.sum(y, axes: [0])
    let gradient = model.gradient(f, x)
    let hessian = model.jacobian(gradient, x)
    let third = model.jacobian(hessian, x)
    let pulled = model.vjp(y, x, u)
    let pulledTwice = model.vjp(pulled, x, u)
    let mixed = model.jacobian(model.vjp(pulled, x, u), u)
    let pushed = model.jvp(y, x, u)
    let pushedTwice = model.jvp(pushed, x, u)
    let pushedOverPulled = model.jvp(pulled, x, u)
    let results = try model.run(
      [gradient, hessian, third, pulled, pulledTwice, mixed, pushed, pushedTwice, pushedOverPulled],
      [Tensor([-1.0, 0, 1, 4]), Tensor([1.0, 0, 0, 2])])
    for (index, result) in results.enumerated() {
      #expect(areFinite(result), "result \(index) is \(numbers(result))")
    }
    let ln4 = 1.3862943611198906
    // f′ = (ln x + 2)/(2√x), f″ = −ln x/(4 x√x).
    #expect(zip(numbers(results[0]), [0, 0, 1, (ln4 + 2) / 4]).allSatisfy { abs($0 - $1) < 1e-14 })
    #expect(abs(results[1].double(at: 15) + ln4 / 32) < 1e-14)
    #expect(results[1].double(at: 0) == 0 && results[1].double(at: 5) == 0)
    // A zero in the seed does not hide the derivative by the seed: ∂/∂u of u f″ u at u = 0 is 0, of the pulled f′ itself f″ v.
    #expect(abs(results[8].double(at: 3) - 4 * (-ln4 / 32)) < 1e-13)
  }

  @Test func theDerivativeByAZeroSeedIsKept() throws {
    let model = Model()
    let x = model.parameter("x", floats(.f64, [2]))
    let u = model.parameter("u", floats(.f64, [2]))
    let ones = model.builder.ones(floats(.f64, [2]))
    let pulled = model.vjp(guarded(model.builder, x), x, u)
    let second = model.vjp(pulled, x, ones)
    // ∂/∂u of uᵀ f″ at u = 0.
    let results = try model.run([model.jacobian(pulled, u), model.jacobian(second, u)], [Tensor([4.0, 0]), Tensor([0.0, 0])])
    let ln4 = 1.3862943611198906
    #expect(abs(results[0].double(at: 0) - (ln4 + 2) / 4) < 1e-14)
    #expect(abs(results[1].double(at: 0) + ln4 / 32) < 1e-14)
    #expect(results.allSatisfy { areFinite($0) })
  }

  @Test func whereOverAGradientOverAWhere() throws {
    let model = Model()
    let builder = model.builder
    let x = model.parameter("x", floats(.f64, [3]))
    let zeros = builder.zeros(floats(.f64, [3]))
    let root = builder.map("sqrt", builder.map("sqrt", x))
    let inner = builder.select(builder.map("greater", x, builder.constant(-1, floats(.f64, [3]))), root, zeros)
    let slope = model.gradient(builder.sum(inner, axes: [0]), x)
    let outer = builder.select(builder.map("greater", x, zeros), slope, zeros)
    let f = builder.sum(outer, axes: [0])
    let results = try model.run([model.gradient(f, x), model.jacobian(model.gradient(f, x), x)], [Tensor([-2.0, 0, 1])])
    #expect(numbers(results[0]) == [0, 0, -3.0 / 16])
    #expect(numbers(results[1]).enumerated().allSatisfy { $1 == ($0 == 8 ? 21.0 / 64 : 0) })
  }

  @Test func rowsNotChosenDoNotReachTheWeights() throws {
    let model = Model()
    let builder = model.builder
    let x = model.parameter("x", floats(.f64, [3, 2]))
    let w = model.parameter("w", floats(.f64, [2, 2]))
    let mask = builder.parameter(Parameter(name: "mask", type: TensorType(.bool, [3]), role: .input))
    let product = builder.contract(x, w, Contraction([0, 1], [1, 2], [0, 2]))
    let squares = builder.multiply(product, product)
    let masked = builder.select(
      builder.broadcast(mask, to: [3, 2], axes: [0]), squares, builder.zeros(builder.type(of: squares)))
    let f = builder.sum(masked, axes: [0, 1])
    let gradient = model.gradient(f, w)
    let inputs = [
      Tensor([1.0, 2, .nan, .infinity, 3, 4], shape: [3, 2]), Tensor([1.0, -1, 0.5, 2], shape: [2, 2]), Tensor([true, false, true]),
    ]
    let results = try model.run(
      [gradient, model.jacobian(gradient, w), model.jvp(masked, w, w), model.jvp(gradient, w, w)], inputs)
    #expect(results.allSatisfy { areFinite($0) })
    // 2 xᵀ (x w) over rows 0 and 2: x w = [2, 3], [5, 5].
    #expect(numbers(results[0]) == [34, 36, 48, 52])
    #expect(numbers(results[3]) == [34, 36, 48, 52])
  }

  @Test func elsewhereZeroTimesInfinityIsNaN() throws {
    let model = Model()
    let x = model.parameter("x", floats(.f64, [2]))
    let u = model.parameter("u", floats(.f64, [2]))
    let y = model.builder.map("sqrt", x)
    let results = try model.run([model.vjp(y, x, u), model.jvp(y, x, u)], [Tensor([0.0, 1]), Tensor([0.0, 1])])
    #expect(results.allSatisfy { $0.double(at: 0).isNaN && $0.double(at: 1) == 0.5 })
  }

  @Test func aStateBelowAWhereOfALaterStep() throws {
    let model = Model()
    let builder = model.builder
    let x = model.parameter("x", TensorType(.f64))
    let steps = builder.constant(Constant(Tensor([true, false])))
    let body = GraphBuilder()
    let state = body.parameter(Parameter(name: "s", type: TensorType(.f64)))
    let keep = body.parameter(Parameter(name: "keep", type: TensorType(.bool)))
    let root = body.map("sqrt", state)
    body.output("s", body.select(keep, root, body.constant(1, TensorType(.f64))))
    let loop = Loop(body: body.finish(), count: 2, states: 1, sequences: 1)
    // s₁ = √x, then where(false, √s₁, 1): nothing comes back, even from x = 0.
    let y = builder.loop(loop, [x, steps])[0]
    let gradient = model.gradient(y, x)
    let results = try model.run(
      [gradient, model.jvp(y, x, builder.ones(TensorType(.f64))), model.gradient(gradient, x)], [Tensor([0.0], shape: [])])
    #expect(results.map { $0.double(at: 0) } == [0, 0, 0])
  }
}
