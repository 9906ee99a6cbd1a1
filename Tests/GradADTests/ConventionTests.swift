import GradAD
import GradIR
import Testing

/// f′ and f″ of an element-wise function of one f64 number.
private func slopes(at point: Double, _ f: (GraphBuilder, ValueID) -> ValueID) throws -> [Double] {
  let model = Model()
  let x = model.parameter("x", TensorType(.f64))
  let first = model.gradient(f(model.builder, x), x)
  let results = try model.run([first, model.gradient(first, x)], [Tensor([point], shape: [])])
  return results.map { $0.double(at: 0) }
}

/// ∂f/∂a and ∂f/∂b of a function of two numbers.
private func partials(_ name: String, _ a: Double, _ b: Double) throws -> [Double] {
  let model = Model()
  let (x, y) = (model.parameter("x", TensorType(.f64)), model.parameter("y", TensorType(.f64)))
  let function = try #require(ScalarFunction(named: name))
  let f = model.builder.map(function, x, y)
  return try model.run([model.gradient(f, x), model.gradient(f, y)], [Tensor([a], shape: []), Tensor([b], shape: [])])
    .map { $0.double(at: 0) }
}

/// Gradient and Hessian of a reduction of a vector.
private func reduction(_ kind: Reduction, _ values: [Double]) throws -> (gradient: [Double], hessian: [Double]) {
  let model = Model()
  let x = model.parameter("x", floats(.f64, [values.count]))
  let gradient = model.gradient(model.builder.reduce(kind, x, axes: [0]), x)
  let results = try model.run([gradient, model.jacobian(gradient, x)], [Tensor(values)])
  return (numbers(results[0]), numbers(results[1]))
}

@Suite struct ConventionTests {
  @Test func aTieOfTwoGoesToTheFirst() throws {
    #expect(try partials("max", 2, 2) == [1, 0])
    #expect(try partials("min", 2, 2) == [1, 0])
    #expect(try partials("hypot", 0, 0) == [0, 0])
  }

  @Test func kinksHaveTheirDerivative() throws {
    #expect(try slopes(at: 0) { $0.map("relu", $1) } == [0, 0])
    #expect(try slopes(at: 0) { $0.map("abs", $1) } == [0, 0])
    #expect(try slopes(at: 2) { $0.map("round", $1) } == [0, 0])
    #expect(try slopes(at: 0) { $0.map("max", $0.constant(0, TensorType(.f64)), $1) } == [0, 0])
  }

  @Test func powersHoldAtZero() throws {
    func power(_ n: Double) throws -> [Double] {
      try slopes(at: 0) { $0.map("power", $1, $0.constant(n, TensorType(.f64))) }
    }
    #expect(try power(0) == [0, 0])
    #expect(try power(1) == [1, 0])
    #expect(try power(2) == [0, 2])
    #expect(try power(3) == [0, 0])
    #expect(try partials("power", 0, 2) == [0, 0])
    #expect(try partials("power", 0, 1) == [1, 0])
    #expect(try partials("power", 0, 0)[0] == 0)
  }

  @Test func reductionsShareAmongTies() throws {
    #expect(try reduction(.max, [1, 3, 3, 2]).gradient == [0, 0.5, 0.5, 0])
    #expect(try reduction(.min, [1, 3, 1, 1]).gradient.map { $0 * 3 } == [1, 0, 1, 1])
    #expect(try reduction(.max, [1, 3, 3, 2]).hessian == [Double](repeating: 0, count: 16))
    #expect(try reduction(.max, [1, .nan, 3]).gradient.allSatisfy { $0.isNaN })
  }

  @Test func productIsRightWithZeros() throws {
    #expect(try reduction(.prod, [2, 0, 5]).gradient == [0, 10, 0])
    #expect(try reduction(.prod, [2, 0, 0, 5]).gradient == [0, 0, 0, 0])
    // ∂²/∂x₁∂x₂ with x₁ = x₂ = 0 is the product of the other two.
    #expect(try reduction(.prod, [2, 0, 0, 5]).hessian == [0, 0, 0, 0, 0, 0, 10, 0, 0, 10, 0, 0, 0, 0, 0, 0])
    let third = Model()
    let x = third.parameter("x", floats(.f64, [3]))
    let f = third.builder.reduce(.prod, x, axes: [0])
    let hessian = third.jacobian(third.gradient(f, x), x)
    let results = try third.run([third.jacobian(hessian, x)], [Tensor([0.0, 0, 0])])
    let expected = (0..<27).map { i in Set([i / 9, i / 3 % 3, i % 3]).count == 3 ? 1.0 : 0 }
    #expect(numbers(results[0]) == expected)
  }

  @Test func runningProductIsRightWithZeros() throws {
    let model = Model()
    let x = model.parameter("x", floats(.f64, [4]))
    let y = model.builder.cumulative(Cumulation(.prod, axis: 0), x)
    let u = model.builder.constant(Constant(Tensor([1.0, 10, 100, 1000])))
    let gradient = model.vjp(y, x, u)
    let results = try model.run([gradient, model.jacobian(gradient, x)], [Tensor([2.0, 0, 0, 5])])
    #expect(numbers(results[0]) == [1, 20, 0, 0])
    // Of 10ab + 100abc + 1000abcd at (2, 0, 0, 5): ab 10, bc 100a + 1000ad = 10200, the rest zero.
    #expect(numbers(results[1]) == [0, 10, 0, 0, 10, 0, 10200, 0, 0, 10200, 0, 0, 0, 0, 0, 0])
  }

  @Test func runningMaximumPassesToTheFirst() throws {
    let model = Model()
    let x = model.parameter("x", floats(.f64, [5]))
    let y = model.builder.cumulative(Cumulation(.max, axis: 0), x)
    let results = try model.run([model.vjp(y, x, model.builder.ones(floats(.f64, [5])))], [Tensor([1.0, 3, 3, 2, 4])])
    #expect(numbers(results[0]) == [1, 3, 0, 0, 1])
  }

  @Test func stoppedGradientsAreZeroInBothModes() throws {
    let model = Model()
    let builder = model.builder
    let x = model.parameter("x", TensorType(.f64))
    let y = builder.multiply(builder.stopGradient(x), x)
    let results = try model.run([model.gradient(y, x), model.jvp(y, x, builder.ones(TensorType(.f64)))], [Tensor([3.0], shape: [])])
    #expect(results.map { $0.double(at: 0) } == [3, 3])
  }

  @Test func castsPassDerivativesBetweenFloats() throws {
    let model = Model()
    let builder = model.builder
    let x = model.parameter("x", floats(.f32, [2]))
    let y = builder.cast(x, to: .f64)
    let f = builder.sum(builder.multiply(y, y), axes: [0])
    let gradient = model.gradient(f, x)
    let jacobian = model.jacobian(builder.multiply(y, y), x)
    #expect(builder.type(of: gradient).dtype == .f32)
    #expect(builder.type(of: jacobian).dtype == .f64)
    let rounded = builder.cast(builder.cast(x, to: .i64), to: .f32)
    let none = model.gradient(builder.sum(rounded, axes: [0]), x)
    let results = try model.run([gradient, jacobian, none], [Tensor([Float(1), 3])])
    #expect(results[0] == Tensor([Float(2), 6]))
    #expect(results[1] == Tensor([2.0, 0, 0, 6], shape: [2, 2]))
    #expect(results[2] == Tensor([Float(0), 0]))
  }

  @Test func nothingOnTheWayGivesZeros() throws {
    let model = Model()
    let (x, z) = (model.parameter("x", floats(.f64, [2])), model.parameter("z", floats(.f64, [3])))
    let y = model.builder.map("sin", x)
    let results = try model.run(
      [model.vjp(y, z, x), model.jvp(y, z, z), model.jacobian(y, z)], [Tensor([1.0, 2]), Tensor([1.0, 2, 3])])
    #expect(results == [Tensor([0.0, 0, 0]), Tensor([0.0, 0]), Tensor([Double](repeating: 0, count: 6), shape: [2, 3])])
  }
}

@Suite struct VariableTests {
  @Test func equalDefinitionsAreDifferentVariables() throws {
    let model = Model()
    let builder = model.builder
    let x = model.parameter("x", TensorType(.f64))
    let u = builder.variable(builder.map("sin", x))
    let v = builder.variable(builder.map("sin", x))
    let f = builder.multiply(u, v)
    let results = try model.run(
      [model.gradient(v, u), model.gradient(f, u), model.gradient(f, x)], [Tensor([0.5], shape: [])]
    ).map { $0.double(at: 0) }
    #expect(results[0] == 0)
    #expect(results[1] == GraphTests.sine(0.5))
    #expect(abs(results[2] - GraphTests.sine(1.0)) < 1e-15)
  }

  @Test func aliasIsAValueOfItsOwn() throws {
    let model = Model()
    let builder = model.builder
    let x = model.parameter("x", TensorType(.f64))
    let a = builder.variable(x)
    let (ofX, ofA) = (builder.multiply(x, x), builder.multiply(a, a))
    let results = try model.run(
      [model.gradient(ofX, a), model.gradient(ofA, x), model.gradient(ofA, a)], [Tensor([3.0], shape: [])])
    #expect(results.map { $0.double(at: 0) } == [0, 6, 6])
  }

  @Test func gradientByAValueAndByWhatItIsMadeOf() throws {
    let model = Model()
    let builder = model.builder
    let x = model.parameter("x", TensorType(.f64))
    let u = builder.variable(builder.multiply(x, x))
    let f = builder.add(builder.multiply(u, x), u)
    let both = builder.addAll(.derivative(.gradient), [f, u, x])
    // f = u x + u: by u x + 1, by x in all 3x² + 2x.
    #expect(try model.run(both, [Tensor([2.0], shape: [])]).map { $0.double(at: 0) } == [3, 16])
  }
}

enum GraphTests {
  static func sine(_ x: Double) -> Double { ScalarFunction(named: "sin")?.record.evaluate.f64?(x, 0) ?? .nan }
}
