import GradAD
import GradIR
import Testing

private func loop(
  _ body: GraphBuilder, _ count: Int, states: Int, sequences: Int, reverse: Bool = false
) -> Loop { Loop(body: body.finish(), count: Dim(count), states: states, sequences: sequences, reverse: reverse) }

/// A body with parameters of these types and the results that a closure makes of them.
private func body(_ types: [TensorType], _ make: (GraphBuilder, [ValueID]) -> [ValueID]) -> GraphBuilder {
  let builder = GraphBuilder()
  let parameters = types.enumerated().map { builder.parameter(Parameter(name: "p\($0)", type: $1)) }
  for (index, result) in make(builder, parameters).enumerated() { builder.output("r\(index)", result) }
  return builder
}

private func indices(_ builder: GraphBuilder, _ values: [Int64], _ shape: [Int]) -> ValueID {
  builder.constant(Constant(Tensor(values, shape: shape)))
}

private let reductionCases: [DerivativeCase] = [Reduction.sum, .prod, .max, .min].flatMap { reduction in
  [[0], [1], [0, 2], [0, 1, 2], []].map { axes in
    DerivativeCase("\(reduction) over \(axes)", op: "reduce_\(reduction)", [.init([2, 3, 2])]) { builder, x in
      builder.add(.reduce(reduction, axes: axes), x)
    }
  }
}

private let cumulativeCases: [DerivativeCase] = Cumulation.Kind.allCases.flatMap { kind in
  [(0, false, false), (1, true, false), (1, false, true), (0, true, true)].map { axis, exclusive, reverse in
    let cumulation = Cumulation(kind, axis: axis, exclusive: exclusive, reverse: reverse)
    return DerivativeCase(
      "cumulative \(kind) on \(axis)\(exclusive ? ", exclusive" : "")\(reverse ? ", reverse" : "")", op: "cumulative_\(kind)",
      [.init([4, 3])]
    ) { builder, x in
      let y = builder.cumulative(cumulation, x[0])
      // The exclusive maximum starts at −∞: it is bounded from below to be a number.
      return exclusive && kind == .max ? builder.map("max", y, builder.constant(-9, builder.type(of: y))) : y
    }
  }
}

private let productCases: [DerivativeCase] = [
  ("matrix product", [2, 3], [3, 4], [0, 1], [1, 2], [0, 2]), ("matrix product, transposed", [3, 2], [4, 3], [1, 0], [2, 1], [2, 0]),
  ("dot", [4], [4], [0], [0], []), ("outer", [2], [3], [0], [1], [1, 0]), ("matrix by vector", [2, 3], [3], [0, 1], [1], [0]),
  ("batched", [2, 3, 2], [2, 2, 3], [0, 1, 2], [0, 2, 3], [0, 1, 3]), ("element by element", [3], [3], [0], [0], [0]),
  ("over two axes", [2, 3], [2, 3, 2], [0, 1], [0, 1, 2], [2]),
].map { name, left, right, l, r, result in
  DerivativeCase(name, op: "contract", [.init(left), .init(right)]) { builder, x in
    builder.contract(x[0], x[1], Contraction(l, r, result))
  }
}

private let shapeCases: [DerivativeCase] = [
  DerivativeCase("broadcast", [.init([2, 3])]) { $0.broadcast($1[0], to: [4, 2, 5, 3], axes: [1, 3]) },
  DerivativeCase("broadcast of a scalar", op: "broadcast", [.init([])]) { $0.broadcast(scalar: $1[0], to: [2, 3]) },
  DerivativeCase("reshape", [.init([2, 6])]) { $0.reshape($1[0], to: [3, 4]) },
  DerivativeCase("transpose", [.init([2, 3, 4])]) { $0.transpose($1[0], [2, 0, 1]) },
  DerivativeCase("slice", [.init([5, 6])]) {
    $0.slice($1[0], [SliceAxis(start: 1, count: 3), SliceAxis(start: 0, count: 3, step: 2)])
  },
  DerivativeCase("slice backwards", op: "slice", [.init([5, 6])]) {
    $0.slice($1[0], [SliceAxis(start: 4, count: 5, step: -1), SliceAxis(start: 4, count: 2, step: -3)])
  },
  DerivativeCase("slice to nothing and one", op: "slice", [.init([5, 2])]) {
    let nothing = $0.slice($1[0], [SliceAxis(start: 1, count: 0), SliceAxis(count: 2)])
    return $0.concatenate([nothing, $0.slice($1[0], [SliceAxis(start: 3, count: 1, step: 2), SliceAxis(count: 2)])], axis: 0)
  },
  DerivativeCase("pad", [.init([2, 3]), .init([])]) {
    $0.pad($1[0], $1[1], [PadAxis(low: 1, high: 2), PadAxis(low: 0, high: 1, interior: 2)])
  },
  DerivativeCase("concatenate", [.init([2, 3]), .init([1, 3]), .init([2, 3])]) { $0.concatenate($1, axis: 0) },
  DerivativeCase("diagonal, extracted", op: "diagonal", [.init([3, 2, 3])]) { $0.diagonal(Diagonal(.extract, first: 0, second: 2), $1[0]) },
  DerivativeCase("diagonal, embedded", op: "diagonal", [.init([2, 3])]) { $0.diagonal(Diagonal(.embed, first: 0, second: 1), $1[0]) },
  DerivativeCase("window", [.init([6, 5])]) {
    $0.window($1[0], [WindowAxis(axis: 0, size: 3, stride: 2), WindowAxis(axis: 1, size: 2, dilation: 2)])
  },
  DerivativeCase("windows side by side", op: "window", [.init([7, 2, 5])]) {
    $0.window($1[0], [WindowAxis(axis: 2, size: 2, stride: 2), WindowAxis(axis: 0, size: 3, stride: 3)])
  },
  DerivativeCase("convolution", op: "window", [.init([2, 6, 5]), .init([3, 2, 2, 3])]) {
    let windows = $0.window($1[0], [WindowAxis(axis: 1, size: 2, dilation: 2), WindowAxis(axis: 2, size: 3)])
    return $0.contract(windows, $1[1], Contraction([0, 1, 2, 3, 4], [5, 0, 3, 4], [5, 1, 2]))
  },
  DerivativeCase("window_add", [.init([2, 3, 3, 2])]) {
    $0.windowAdd($1[0], [WindowAxis(axis: 0, size: 3, stride: 2), WindowAxis(axis: 1, size: 2, dilation: 2)], extents: [6, 5])
  },
]

private let indexCases: [DerivativeCase] = [
  DerivativeCase("gather", [.init([4, 3])]) { $0.gather($1[0], indices($0, [3, 0, 3, -1], [2, 2]), GatherAxis(axis: 0)) },
  DerivativeCase("gather with batch axes", op: "gather", [.init([2, 3, 4])]) {
    $0.gather($1[0], indices($0, [3, 0, 1, 1, 2, 2], [2, 3]), GatherAxis(axis: 2, batch: 1))
  },
  DerivativeCase("scatter_add", [.init([4, 3])]) {
    $0.scatterAdd($1[0], indices($0, [1, 0, 1, -1], [4]), GatherAxis(axis: 0), extent: 5)
  },
]

private let algebraCases: [DerivativeCase] =
  [(true, false), (true, true), (false, false), (false, true)].map { lower, transposed in
    DerivativeCase(
      "triangular_solve \(lower ? "lower" : "upper")\(transposed ? " transposed" : "")", op: "triangular_solve",
      [.init([2, 3, 3], 1...2), .init([2, 3, 2])]
    ) { builder, x in builder.add(.triangularSolve(lower: lower, transposed: transposed), x) }
  } + [
    DerivativeCase("cholesky", [.init([2, 3, 3])]) { builder, x in
      let square = builder.contract(x[0], x[0], Contraction([0, 1, 2], [0, 3, 2], [0, 1, 3]))
      let eye = builder.diagonal(Diagonal(.embed, first: 1, second: 2), builder.constant(2, builder.type(of: x[0]).with([2, 3])))
      return builder.add(.cholesky, [builder.add(square, eye)])
    }
  ]

private let loopCases: [DerivativeCase] = [
  DerivativeCase("fold", op: "loop", [.init([2]), .init([4, 2]), .init([2, 2])]) { builder, x in
    let type = builder.type(of: x[0])
    let step = body([type, type, builder.type(of: x[2])]) { b, p in
      let product = b.contract(p[2], p[0], Contraction([0, 1], [1], [0]))
      return [b.map("tanh", b.add(product, b.multiply(p[1], p[0])))]
    }
    return builder.loop(loop(step, 4, states: 1, sequences: 1), x)[0]
  },
  DerivativeCase("scan of two states, backwards", op: "loop", [.init([2]), .init([3, 2]), .init([])]) { builder, x in
    let type = builder.type(of: x[0])
    let step = body([type, type, type, type.with([])]) { b, p in
      let a = b.add(b.multiply(p[0], p[2]), p[1])
      let c = b.map("sin", b.multiply(p[1], b.broadcast(scalar: p[3], to: type.shape)))
      return [a, c, b.multiply(a, c), p[1]]
    }
    let all = builder.loop(loop(step, 3, states: 2, sequences: 1, reverse: true), [x[0], x[0], x[1], x[2]])
    return builder.concatenate([all[2], all[3], builder.reshape(all[0], to: [1, 2])], axis: 0)
  },
  DerivativeCase("loop within a loop", op: "loop", [.init([2]), .init([3, 2]), .init([2])]) { builder, x in
    let type = builder.type(of: x[0])
    let inner = body([type, type, type]) { b, p in [b.map("sin", b.add(b.multiply(p[0], p[1]), p[2]))] }
    let outer = body([type, type, builder.type(of: x[1]), type]) { b, p in
      let inside = b.loop(loop(inner, 3, states: 1, sequences: 1), [p[0], p[2], p[1]])[0]
      return [inside, b.multiply(inside, p[3])]
    }
    let all = builder.loop(loop(outer, 3, states: 1, sequences: 1), [x[0], x[1], x[1], x[2]])
    return builder.concatenate([all[1], builder.reshape(all[0], to: [1, 2])], axis: 0)
  },
  DerivativeCase("a state that is not float", op: "loop", [.init([3]), .init([])]) { builder, x in
    let scalar = builder.type(of: x[1])
    let step = body([scalar, scalar.with(.i64), builder.type(of: x[0])]) { b, p in
      let element = b.gather(p[2], p[1], GatherAxis(axis: 0))
      let count = b.cast(p[1], to: scalar.dtype)
      return [b.multiply(b.add(p[0], element), b.map("exp", b.multiply(count, element))), b.add(p[1], b.constant(Constant(1, .i64)))]
    }
    return builder.loop(loop(step, 3, states: 2, sequences: 0), [x[1], builder.constant(Constant(0, .i64)), x[0]])[0]
  },
]

let structuralCases = reductionCases + cumulativeCases + productCases + shapeCases + indexCases + algebraCases + loopCases

@Suite struct StructuralTests {
  @Test(arguments: structuralCases) func derivativesAgree(of structural: DerivativeCase) throws {
    #expect(try structural.disagreements() == [])
  }

  @Test(arguments: structuralCases) func numberTypesAgree(on structural: DerivativeCase) throws {
    #expect(try structural.disagreementsOfNumberTypes() == [])
  }

  @Test(arguments: structuralCases) func aWrongRuleIsNoticed(of structural: DerivativeCase) throws {
    #expect(try structural.disagreementsWithPlantedBug() != [])
  }

  @Test func cotangentOfAConvolutionIsAConvolution() {
    let model = Model()
    let builder = model.builder
    let n = Dim.symbol("n")
    let image = model.parameter("image", TensorType(.f32, [n, n]))
    let kernel = model.parameter("kernel", floats(.f32, [3, 3]))
    let windows = builder.window(image, [WindowAxis(axis: 0, size: 3), WindowAxis(axis: 1, size: 3)])
    let y = builder.contract(windows, kernel, Contraction([0, 1, 2, 3], [2, 3], [0, 1]))
    let pooled = builder.reduce(.max, builder.window(y, [WindowAxis(axis: 0, size: 2, stride: 2)]), axes: [2])
    builder.output("g", model.gradient(builder.sum(pooled, axes: [0, 1]), image))
    let names = differentiate(builder.finish()).nodes.map(\.op.name)
    #expect(!names.contains("window_add"))
    #expect(names.contains("contract") && names.filter { $0 == "window" }.count == 3)
  }
}
