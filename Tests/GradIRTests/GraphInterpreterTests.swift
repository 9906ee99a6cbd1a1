import GradIR
import GradRuntime
import TestSupport
import Testing

@Suite struct GraphInterpreterTests {
  /// Runs one graph over given tensors.
  private func run(_ tensors: [Tensor], dims: [String: Int] = [:], _ build: (GraphBuilder, [ValueID]) -> ValueID) throws -> Tensor {
    let builder = GraphBuilder()
    let values = tensors.enumerated().map { index, tensor in
      builder.parameter(Parameter(name: "x\(index)", type: TensorType(tensor.dtype, Shape(tensor.shape.map { Dim($0) })), role: .input))
    }
    builder.output("y", build(builder, values))
    let graph = builder.finish()
    try GraphVerifier.verify(graph)
    return try GraphInterpreter.run(graph, inputs: tensors, dims: dims)[0]
  }
  private func floats(_ count: Int, seed: UInt64) -> [Float] {
    let random = RandomSource(seed: seed)
    return (0..<count).map { _ in Float(random.unit() * 2 - 1) }
  }

  @Test func nothingIsDoneForTheLongAxesOfAnEmptyTensor() throws {
    let empty = Tensor([Float](), shape: [0, 1 << 50])
    #expect(try run([empty]) { $0.sum($1[0], axes: [1]) }.shape == [0])
    #expect(try run([empty]) { $0.transpose($1[0], [1, 0]) }.shape == [1 << 50, 0])
    #expect(try run([empty]) { $0.sum($1[0], axes: [0, 1]) }.hasSameBits(as: Tensor([Float(0)], shape: [])))
    // There is no place for an update.
    #expect(throws: RunFault.self) {
      try run([Tensor([Float(1)], shape: [1]), Tensor([Int64(0)], shape: [1])]) {
        $0.scatterAdd($1[0], $1[1], GatherAxis(axis: 0), extent: 0)
      }
    }
  }

  // MARK: The orders of sums, against the runtime's code

  @Test(arguments: [0, 1, 7, 16, 17, 511, 512, 513, 1024, 1025, 1536, 3000, 5000, 100_000])
  func sumsHaveTheRuntimesBits(count: Int) throws {
    let x = floats(count, seed: 1)
    let y = floats(count, seed: 2)
    let sum = try run([Tensor(x)]) { $0.sum($1[0], axes: [0]) }
    #expect(sum.difference(from: Tensor([grad_sum_strided_f32(Int64(count), x, 1)], shape: [])) == nil)
    let dot = try run([Tensor(x), Tensor(y)]) { $0.contract($1[0], $1[1], Contraction([0], [0], [])) }
    #expect(dot.difference(from: Tensor([grad_dot_strided_f32(Int64(count), x, 1, y, 1)], shape: [])) == nil)
    let (wideX, wideY) = (x.map { Double($0) }, y.map { Double($0) })
    let wideSum = try run([Tensor(wideX)]) { $0.sum($1[0], axes: [0]) }
    #expect(wideSum.difference(from: Tensor([grad_sum_strided_f64(Int64(count), wideX, 1)], shape: [])) == nil)
    let product = try run([Tensor(x, shape: [1, count]), Tensor(y, shape: [count, 1])]) {
      $0.contract($1[0], $1[1], Contraction([0, 1], [1, 2], [0, 2]))
    }
    #expect(product.difference(from: Tensor([grad_product_strided_f32(Int64(count), x, 1, y, 1)], shape: [1, 1])) == nil)
    let wideProduct = try run([Tensor(wideX, shape: [1, count]), Tensor(wideY, shape: [count, 1])]) {
      $0.contract($1[0], $1[1], Contraction([0, 1], [1, 2], [0, 2]))
    }
    #expect(wideProduct.difference(from: Tensor([grad_product_strided_f64(Int64(count), wideX, 1, wideY, 1)], shape: [1, 1])) == nil)
  }

  @Test func annihilatingProductsLeaveOutTermsWhoseRightSideIsZero() throws {
    let left = Tensor([Float.nan, 2, .infinity, 3])
    let right = Tensor([Float(0), 5, -0.0, 1])
    let dot = try run([left, right]) { $0.contract($1[0], $1[1], Contraction([0], [0], [], annihilating: true)) }
    #expect(dot.storage == .f32([13]))
    let plain = try run([left, right]) { $0.contract($1[0], $1[1], Contraction([0], [0], [])) }
    #expect(plain.double(at: 0).isNaN)
  }

  @Test func batchedProductsWithPermutedResultsAgreeWithTheDefinition() throws {
    let (b, i, j, k) = (2, 3, 4, 5)
    let x = Tensor((0..<b * i * k).map { Int64($0 % 7) }, shape: [b, i, k])
    let y = Tensor((0..<k * b * j).map { Int64($0 % 5) }, shape: [k, b, j])
    let result = try run([x, y]) { $0.contract($1[0], $1[1], Contraction([0, 1, 2], [2, 0, 3], [3, 0, 1])) }
    var expected: [Int64] = []
    for jj in 0..<j {
      for bb in 0..<b {
        for ii in 0..<i {
          expected.append((0..<k).reduce(0) { $0 + x.integer(at: (bb * i + ii) * k + $1) * y.integer(at: ($1 * b + bb) * j + jj) })
        }
      }
    }
    #expect(result == Tensor(expected, shape: [j, b, i]))
  }

  // MARK: Reductions

  @Test func reductionsOfNothingGiveTheirIdentity() throws {
    let none = Tensor([Float](), shape: [0, 2])
    #expect(try run([none]) { $0.sum($1[0], axes: [0]) }.storage == .f32([0, 0]))
    #expect(try run([none]) { $0.reduce(.prod, $1[0], axes: [0]) }.storage == .f32([1, 1]))
    let noBools = Tensor([Bool](), shape: [0])
    #expect(try run([noBools]) { $0.reduce(.any, $1[0], axes: [0]) }.storage == .bool([false]))
    #expect(try run([noBools]) { $0.reduce(.all, $1[0], axes: [0]) }.storage == .bool([true]))
  }

  @Test func nanPassesThroughMaxAndIsFoundByArgmax() throws {
    let x = Tensor([Float(1), 7, .nan, 9, .nan, 7], shape: [2, 3])
    #expect(try run([x]) { $0.reduce(.max, $1[0], axes: [0, 1]) }.double(at: 0).isNaN)
    #expect(try run([x]) { $0.reduce(.argmax, $1[0], axes: [0, 1]) }.storage == .i64([2]))
    #expect(try run([x]) { $0.reduce(.argmin, $1[0], axes: [1]) }.storage == .i64([2, 1]))
    let ties = Tensor([Int32(3), 8, 8, 1, 1])
    #expect(try run([ties]) { $0.reduce(.argmax, $1[0], axes: [0]) }.storage == .i64([1]))
    #expect(try run([ties]) { $0.reduce(.argmin, $1[0], axes: [0]) }.storage == .i64([3]))
  }

  @Test func runningTotalsGoBothWaysWithAndWithoutTheElement() throws {
    let x = Tensor([Float(1), 2, 3])
    func total(_ kind: Cumulation.Kind, exclusive: Bool = false, reverse: Bool = false) throws -> Tensor.Storage {
      try run([x]) { $0.cumulative(Cumulation(kind, axis: 0, exclusive: exclusive, reverse: reverse), $1[0]) }.storage
    }
    #expect(try total(.sum) == .f32([1, 3, 6]))
    #expect(try total(.sum, exclusive: true) == .f32([0, 1, 3]))
    #expect(try total(.sum, exclusive: true, reverse: true) == .f32([5, 3, 0]))
    #expect(try total(.prod, reverse: true) == .f32([6, 6, 3]))
    #expect(try total(.max, exclusive: true) == .f32([-.infinity, 1, 2]))
  }

  @Test func argsortIsStableWithNaNLast() throws {
    let x = Tensor([Float(2), .nan, 0, -0.0, -1, .nan, 2])
    #expect(try run([x]) { $0.argsort($1[0], axis: 0) }.storage == .i64([4, 2, 3, 0, 6, 1, 5]))
  }

  @Test func castsSaturateAndWrap() throws {
    let x = Tensor([Double.nan, 1e30, -1e30, -2.9, 0.5])
    #expect(try run([x]) { $0.cast($1[0], to: .i32) }.storage == .i32([0, .max, .min, -2, 0]))
    #expect(try run([x]) { $0.cast($1[0], to: .bool) }.storage == .bool([true, true, true, true, true]))
    #expect(try run([Tensor([Int64(5_000_000_000)])]) { $0.cast($1[0], to: .i32) }.storage == .i32([705_032_704]))
  }

  // MARK: Shape

  @Test func windowsAndTheirTransposeCountOverlaps() throws {
    let axes = [WindowAxis(axis: 0, size: 3, stride: 2, dilation: 1)]
    let x = Tensor((0..<7).map { Float($0) })
    #expect(try run([x]) { $0.window($1[0], axes) }.storage == .f32([0, 1, 2, 2, 3, 4, 4, 5, 6]))
    let ones = Tensor([Float](repeating: 1, count: 9), shape: [3, 3])
    #expect(try run([ones]) { $0.windowAdd($1[0], axes, extents: [7]) }.storage == .f32([1, 1, 2, 1, 2, 1, 1]))
  }

  @Test func padsPutValuesBeforeBehindAndBetween() throws {
    let y = try run([Tensor([Float(1), 2]), Tensor([Float(9)], shape: [])]) {
      $0.pad($1[0], $1[1], [PadAxis(low: 1, high: 2, interior: 1)])
    }
    #expect(y.storage == .f32([9, 1, 9, 2, 9, 9]))
  }

  @Test func diagonalsAreTakenAndPut() throws {
    let x = Tensor((0..<8).map { Float($0) }, shape: [2, 2, 2])
    #expect(try run([x]) { $0.diagonal(Diagonal(.extract, first: 0, second: 2), $1[0]) } == Tensor([Float(0), 2, 5, 7], shape: [2, 2]))
    let v = Tensor([Float(3), 4])
    #expect(try run([v]) { $0.diagonal(Diagonal(.embed, first: 0, second: 1), $1[0]) } == Tensor([Float(3), 0, 0, 4], shape: [2, 2]))
  }

  // MARK: Indices

  @Test func gatherCountsNegativeIndicesFromTheEnd() throws {
    let table = Tensor((0..<6).map { Float($0) }, shape: [3, 2])
    let y = try run([table, Tensor([Int32(-1), 0])]) { $0.gather($1[0], $1[1], GatherAxis(axis: 0)) }
    #expect(y == Tensor([Float(4), 5, 0, 1], shape: [2, 2]))
  }

  @Test func anIndexOutOfRangeIsAFaultWithItsPlace() throws {
    let table = Tensor([Float(1), 2, 3])
    let indices = Tensor([Int64(0), -3, 2, 3], shape: [2, 2])
    do {
      _ = try run([table, indices]) { $0.gather($1[0], $1[1], GatherAxis(axis: 0)) }
      Issue.record("no fault")
    } catch RunFault.indexOutOfRange(let fault) {
      #expect(fault.position == [1, 1] && fault.value == 3 && fault.extent == 3)
      #expect(RunFault.indexOutOfRange(fault).diagnostic.message == "the index 3 at [1, 1] lies outside an axis of 3")
    }
    do {
      _ = try run([table, indices]) { $0.gather($1[0], $1[1], GatherAxis(axis: 0, wrapsNegative: false)) }
      Issue.record("no fault")
    } catch RunFault.indexOutOfRange(let fault) {
      #expect(fault.position == [0, 1] && fault.value == -3)
    }
  }

  @Test func scatterAddIsTheTransposeOfGather() throws {
    let updates = Tensor([Float(1), 2, 4], shape: [3])
    let y = try run([updates, Tensor([Int64(1), 0, -2])]) { $0.scatterAdd($1[0], $1[1], GatherAxis(axis: 0), extent: 3) }
    #expect(y.storage == .f32([2, 5, 0]))
  }

  // MARK: Loops and solves

  @Test func loopsPassStatesAndStackOutputs() throws {
    let body = GraphBuilder()
    let state = body.parameter(Parameter(name: "s", type: TensorType(.f32)))
    let slice = body.parameter(Parameter(name: "x", type: TensorType(.f32)))
    body.output("next", body.add(state, slice))
    body.output("before", state)
    for reverse in [false, true] {
      let loop = Loop(body: body.finish(), count: 3, states: 1, sequences: 1, reverse: reverse)
      let builder = GraphBuilder()
      let x = builder.parameter(Parameter(name: "x", type: TensorType(.f32, [3]), role: .input))
      for result in builder.loop(loop, [builder.constant(10, TensorType(.f32)), x]) { builder.output("y", result) }
      let results = try GraphInterpreter.run(builder.finish(), inputs: [Tensor([Float(1), 2, 3])], dims: [:])
      #expect(results[0].storage == .f32([16]))
      #expect(results[1].storage == .f32(reverse ? [15, 13, 10] : [10, 11, 13]))
    }
  }

  @Test(arguments: [(false, false), (false, true), (true, false), (true, true)])
  func triangularSolvesReadOneTriangle(lower: Bool, transposed: Bool) throws {
    // The other triangle is NaN: it must not be read.
    let nan = Double.nan
    let a = Tensor(lower ? [2.0, nan, nan, 1, 4, nan, 3, 5, 8] : [2.0, 1, 3, nan, 4, 5, nan, nan, 8], shape: [3, 3])
    let x = [1.0, -2, 0.5]
    func t(_ i: Int, _ j: Int) -> Double {
      let (row, column) = transposed ? (j, i) : (i, j)
      return (lower ? row >= column : row <= column) ? a.double(at: row * 3 + column) : 0
    }
    let b = (0..<3).map { i in (0..<3).reduce(0.0) { $0 + t(i, $1) * x[$1] } }
    let solved = try run([a, Tensor(b, shape: [3, 1])]) { $0.add(.triangularSolve(lower: lower, transposed: transposed), $1) }
    #expect(solved == Tensor(x, shape: [3, 1]))
  }

  @Test func choleskyFactorsAndGivesNaNWhereItCannot() throws {
    let a = Tensor([4.0, 99, 2, 5], shape: [2, 2])
    #expect(try run([a]) { $0.add(.cholesky, $1) } == Tensor([2.0, 0, 1, 2], shape: [2, 2]))
    let indefinite = try run([Tensor([4.0, 0, 2, 1], shape: [2, 2])]) { $0.add(.cholesky, $1) }
    #expect(indefinite.double(at: 0) == 2 && indefinite.double(at: 3).isNaN)
  }

  @Test func aRequirementThatIsNotMetIsAFault() {
    let builder = GraphBuilder()
    builder.output("y", builder.dimension(.symbol("n")))
    builder.require(Requirement(.symbol("n"), .atLeast, 2, message: "too few"))
    #expect(throws: RunFault.self) { try GraphInterpreter.run(builder.finish(), inputs: [], dims: ["n": 1]) }
    #expect(throws: Never.self) { try GraphInterpreter.run(builder.finish(), inputs: [], dims: ["n": 2]) }
  }

  @Test func allValuesAreGivenOnDemand() throws {
    let builder = GraphBuilder()
    let n = builder.iota(3)
    builder.output("y", builder.multiply(n, n))
    let values = try GraphInterpreter.runAll(builder.finish(), inputs: [], dims: [:])
    #expect(values.map(\.storage) == [.i64([0, 1, 2]), .i64([0, 1, 4])])
  }
}
