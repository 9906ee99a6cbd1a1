import GradIR
import TestSupport
import Testing

@testable import GradCodegen

/// The printed C against the interpreter, bit for bit, by every compiler here.
@Suite struct AgreementTests {
  private static let source = SourceFile(name: "model.gd", text: "y = x + 1 /* odd? ??/ */ \\\n# µ\n\n\n\n\n\n\n")

  @Test(arguments: UInt64(0)..<60)
  func randomGraphsGiveTheInterpretersBits(seed: UInt64) throws {
    guard let compiler = CCompiler.all.isEmpty ? nil : CCompiler.all[Int(seed) % CCompiler.all.count] else { return }
    var options = RandomGraph.Options()
    options.allowsFaults = seed % 5 == 0
    let sample = RandomGraph.make(seed: seed &+ 1000, size: 30, options: options)
    let c = generateC(sample.graph, options: COptions(name: "sample", sourceFile: AgreementTests.source))
    let expected = Result { try GraphInterpreter.run(sample.graph, inputs: sample.inputs, dims: sample.dims) }
    switch (compiler.run(c, sample.inputs, sample.dims), expected) {
    case (.problem(let words), _): Issue.record("\(compiler): \(words)")
    case (.status(let status), .success): Issue.record("\(compiler): status \(status)")
    case (.outputs(let outputs), .success(let results)):
      for (output, result) in zip(outputs, results) { #expect(output.difference(from: result) == nil) }
    // A fault in what no result needs is the interpreter's alone.
    case (_, .failure): break
    }
  }

  private func graph(_ text: String) throws -> Graph { try GraphParser.parse(text) }

  @Test func anIndexOutOfRangeIsAStatusThatNamesTheTensor() throws {
    let graph = try graph(
      """
      graph {
        input table: f32[n, 3]
        input ids: i32[2]
        table = parameter 0 : f32[n, 3]
        ids = parameter 1 : i32[2]
        rows = gather[axis 0, wraps](table, ids) : f32[2, 3]
        return rows: rows
      }
      """)
    let c = generateC(graph, options: COptions(name: "lookup"))
    let table = Tensor((0..<6).map { Float($0) }, shape: [2, 3])
    for compiler in CCompiler.all {
      guard case .outputs(let rows) = compiler.run(c, [table, Tensor([Int32(-1), 0])], ["n": 2]) else {
        Issue.record("\(compiler) gave no rows")
        continue
      }
      #expect(rows == [Tensor([3, 4, 5, 0, 1, 2] as [Float], shape: [2, 3])])
      guard case .status(let status) = compiler.run(c, [table, Tensor([Int32(0), 2])], ["n": 2]) else {
        Issue.record("\(compiler) saw no fault")
        continue
      }
      let fault = try #require(c.fault(status))
      #expect(status > 0 && fault.tensor == "ids" && fault.message.contains("`ids`"))
    }
  }

  /// Products that vanish leave −0 in their lanes, and lanes without an element are +0.
  @Test(arguments: [3, 16]) func sumsOfVanishingProductsHaveTheSignOfTheirLanes(_ count: Int) throws {
    let graph = try graph(
      """
      graph {
        input x: f32[n, \(count)]
        input w: f32[\(count)]
        x = parameter 0 : f32[n, \(count)]
        w = parameter 1 : f32[\(count)]
        direct = contract[ab,b->a](x, w) : f32[n]
        opposite = negate(x) : f32[n, \(count)]
        fused = contract[ab,b->a](opposite, w) : f32[n]
        total = reduce_max[axes 0](fused) : f32
        return direct: direct
        return fused: fused
        return total: total
      }
      """)
    let c = generateC(graph, options: COptions(name: "vanishing"))
    let inputs = [
      Tensor((0..<2 * count).map { $0 < count ? 0x1p-100 : -0x1p-100 } as [Float], shape: [2, count]),
      Tensor([Float](repeating: -0x1p-100, count: count)),
    ]
    let expected = try GraphInterpreter.run(graph, inputs: inputs, dims: ["n": 2])
    for compiler in CCompiler.all {
      guard case .outputs(let outputs) = compiler.run(c, inputs, ["n": 2]) else {
        Issue.record("\(compiler) gave nothing")
        continue
      }
      for (output, result) in zip(outputs, expected) { #expect(output.difference(from: result) == nil, "\(compiler)") }
    }
  }

  @Test func requirementsAndDimsAreCheckedAtEntry() throws {
    let graph = try graph(
      """
      graph {
        input x: f32[n]
        require n >= 2 "two elements (`n`)"
        x = parameter 0 : f32[n]
        y = negate(x) : f32[n]
        return y: y
      }
      """)
    let c = generateC(graph, options: COptions(name: "two"))
    #expect(c.fault(-2)?.message == "two elements (`n`)")
    for compiler in CCompiler.all {
      guard case .status(-2) = compiler.run(c, [Tensor([1] as [Float])], ["n": 1]) else {
        Issue.record("\(compiler): the requirement was not checked")
        continue
      }
    }
  }

  @Test func namesThatCCannotBearAreChanged() throws {
    let builder = GraphBuilder()
    let names = ["double", "workspace", "int64_t", "restrict", "offset", "i", "at", "v1", "grad_exp_f32", "_X", "sum", "é"]
    var total = builder.parameter(Parameter(name: "status", type: TensorType(.f32, [.symbol("end")]), role: .input))
    for name in names {
      let value = builder.parameter(Parameter(name: name, type: TensorType(.f32, [.symbol("end")]), role: .input))
      total = builder.add(total, builder.map("exp", value))
      builder.name(total, name)
    }
    builder.output("return", builder.sum(total, axes: [0]))
    builder.output("end", total)
    let graph = builder.finish()
    let c = generateC(graph, options: COptions(name: "while", sourceFile: AgreementTests.source))
    let inputs = (0...names.count).map { Tensor([Float($0), 0.5, -1]) }
    let results = try GraphInterpreter.run(graph, inputs: inputs, dims: ["end": 3])
    for compiler in CCompiler.all {
      guard case .outputs(let outputs) = compiler.run(c, inputs, ["end": 3]) else {
        Issue.record("\(compiler): \(compiler.run(c, inputs, ["end": 3]))")
        continue
      }
      #expect(outputs == results)
    }
  }

  @Test(arguments: ["[n]", ""])
  func tenThousandOpsCompile(shape: String) throws {
    let builder = GraphBuilder()
    let type = shape.isEmpty ? TensorType(.f32) : TensorType(.f32, [.symbol("n")])
    let x = builder.parameter(Parameter(name: "x", type: type, role: .input))
    var (value, older) = (x, x)
    for step in 0..<10_000 {
      let next = step % 3 == 0 ? builder.map("sin", value) : step % 3 == 1 ? builder.add(value, older) : builder.multiply(value, x)
      (value, older) = (next, value)
    }
    builder.output("y", value)
    let graph = builder.finish()
    let c = generateC(graph, options: COptions(name: "chain"))
    let x3 = shape.isEmpty ? Tensor([0.5] as [Float], shape: []) : Tensor([0.5, -1, 0] as [Float])
    let results = try GraphInterpreter.run(graph, inputs: [x3], dims: ["n": 3])
    guard let compiler = CCompiler.all.first else { return }
    guard case .outputs(let outputs) = compiler.run(c, [x3], ["n": 3]) else {
      Issue.record("no outputs")
      return
    }
    #expect(outputs[0].difference(from: results[0]) == nil)
  }

  @Test func hundredsOfArgumentsAreHandedOverInArrays() throws {
    let builder = GraphBuilder()
    let body = GraphBuilder()
    let type = TensorType(.f32, [2])
    var state = body.parameter(Parameter(name: "state", type: type, role: .input))
    var captures: [ValueID] = []
    for number in 0..<200 {
      let outer = TensorType(.f32, number % 3 == 0 ? [] : [2])
      captures.append(builder.parameter(Parameter(name: "x\(number)", type: outer, role: .input)))
      let inner = body.parameter(Parameter(name: "x\(number)", type: outer, role: .input))
      state = body.add(state, number % 3 == 0 ? body.broadcast(inner, to: [2], axes: []) : body.map("sin", inner))
    }
    body.output("state", state)
    let loop = Op.loop(Loop(body: body.finish(), count: 3, states: 1, sequences: 0))
    builder.output("y", builder.add(loop, [captures[1]] + captures))
    let graph = builder.finish()
    let c = generateC(graph, options: COptions(name: "many"))
    for function in c.functions.dropLast() { #expect(function.parameters.count <= 64) }
    let inputs = (0..<200).map { $0 % 3 == 0 ? Tensor([Float($0)], shape: []) : Tensor([Float($0), 0.5]) }
    let results = try GraphInterpreter.run(graph, inputs: inputs, dims: [:])
    for compiler in CCompiler.all {
      guard case .outputs(let outputs) = compiler.run(c, inputs, [:]) else {
        Issue.record("\(compiler): no outputs")
        continue
      }
      #expect(outputs == results)
    }
  }

  @Test(arguments: UInt64(0)..<400)
  func noExpressionIsDeeperThanLibtccTakes(seed: UInt64) {
    func check(_ statements: [Stmt]) {
      for statement in statements {
        for expression in statement.expressions { #expect(expression.depth <= 12, "\(expression)") }
        statement.lists.forEach(check)
      }
    }
    let sample = RandomGraph.make(seed: seed, size: 60, options: RandomGraph.Options())
    for function in generateC(sample.graph, options: COptions(name: "sample")).functions { check(function.body) }
  }

  /// Long enough to be split, with values that many parts read, in the entry and in a loop.
  @Test(arguments: [false, true])
  func partsOfLongListsGiveTheInterpretersBits(inLoop: Bool) throws {
    let builder = GraphBuilder()
    let inner = inLoop ? GraphBuilder() : builder
    let x = inner.parameter(Parameter(name: "x", type: TensorType(.f32), role: .input))
    let row = inner.parameter(Parameter(name: "row", type: TensorType(.f32, [3]), role: .input))
    var values = [x]
    for step in 0..<1500 {
      let (a, b) = (values[step], values[step * 7 / 11])
      values.append(
        step % 100 == 99
          ? inner.sum(inner.multiply(row, inner.broadcast(a, to: [3], axes: [])), axes: [0])
          : step % 3 == 0 ? inner.map("sin", a) : step % 3 == 1 ? inner.add(a, b) : inner.multiply(a, b))
    }
    inner.output("y", values[1500])
    if inLoop {
      let start = builder.parameter(Parameter(name: "x", type: TensorType(.f32), role: .input))
      let row = builder.parameter(Parameter(name: "row", type: TensorType(.f32, [3]), role: .input))
      builder.output("y", builder.add(.loop(Loop(body: inner.finish(), count: 5, states: 1, sequences: 0)), [start, row]))
    }
    let graph = builder.finish()
    let c = generateC(graph, options: COptions(name: "long"))
    #expect(c.functions.count { $0.name.contains("_part") } >= 5)
    let inputs = [Tensor([Float(0.7)], shape: []), Tensor([0.25, 0.5, 0.125] as [Float])]
    let results = try GraphInterpreter.run(graph, inputs: inputs, dims: [:])
    for compiler in CCompiler.all {
      guard case .outputs(let outputs) = compiler.run(c, inputs, [:]) else {
        Issue.record("\(compiler): no outputs")
        continue
      }
      #expect(outputs[0].difference(from: results[0]) == nil)
    }
  }

  @Test func aDeepChainOfRearrangementsCompiles() {
    let builder = GraphBuilder()
    let n = Dim.symbol("n")
    var value = builder.parameter(Parameter(name: "x", type: TensorType(.f32, [n, n]), role: .input))
    for _ in 0..<5_000 { value = builder.add(.transpose([1, 0]), [value]) }
    builder.output("y", builder.map("exp", value))
    #expect(generateC(builder.finish(), options: COptions(name: "turns")).source.contains("turns"))
  }
}
