import GradIR
import GradPasses
import TestSupport
import Testing

@Suite struct MergeEqualValuesTests {
  static let cases: [RewriteCase] = [
    RewriteCase("x y = y x", .mergeEqualValues, gives: ["multiply", "sin", "add"]) {
      let product = $0.multiply($1.x, $1.y)
      return $0.add($0.map("sin", product), $0.multiply($1.y, $1.x))
    },
    RewriteCase("x − y is not y − x", .mergeEqualValues, gives: ["subtract", "subtract", "multiply"]) {
      $0.multiply($0.subtract($1.x, $1.y), $0.subtract($1.y, $1.x))
    },
    RewriteCase(
      "a zero of the right operand alone annihilates", .mergeEqualValues, gives: ["annihilating_multiply", "annihilating_multiply", "max"]
    ) {
      $0.map("max", $0.annihilatingMultiply($1.x, $1.y), $0.annihilatingMultiply($1.y, $1.x))
    },
    RewriteCase("contractions under other labels and operands", .mergeEqualValues, gives: ["contract", "add"]) {
      $0.add(
        $0.contract($1.x, $1.y, Contraction([0, 2], [2, 1], [0, 1])), $0.contract($1.y, $1.x, Contraction([7, 3], [5, 7], [5, 3])))
    },
    RewriteCase("sums over two axes keep their order", .mergeEqualValues, gives: ["contract", "contract", "add"]) {
      $0.add($0.contract($1.x, $1.y, Contraction([0, 1], [1, 0], [])), $0.contract($1.y, $1.x, Contraction([0, 1], [1, 0], [])))
    },
    RewriteCase("a masked contraction keeps its sides", .mergeEqualValues, gives: ["contract", "contract", "add"]) {
      $0.add(
        $0.contract($1.x, $1.y, Contraction([0, 1], [0, 1], [0], annihilating: true)),
        $0.contract($1.y, $1.x, Contraction([0, 1], [0, 1], [0], annihilating: true)))
    },
  ]
  @Test(arguments: cases) func valuesEqualByAFormulaAreOne(_ rewrite: RewriteCase) throws { try rewrite.check() }

  @Test func whatALoopIsGivenTwiceIsGivenOnce() throws {
    let body = GraphBuilder()
    let parameters = ["s", "x", "z", "c", "d"].map { body.parameter(Parameter(name: $0, type: TensorType(.f64))) }
    let terms = body.multiply(body.add(parameters[1], parameters[3]), body.add(parameters[2], parameters[4]))
    body.output("s", body.add(parameters[0], terms))
    let builder = GraphBuilder()
    let start = builder.parameter(Parameter(name: "start", type: TensorType(.f64), role: .input))
    let xs = builder.parameter(Parameter(name: "xs", type: TensorType(.f64, [3]), role: .input))
    builder.output(
      "end", builder.loop(Loop(body: body.finish(), count: 3, states: 1, sequences: 2), [start, xs, xs, start, start])[0])
    let before = builder.finish()
    let after = Pass.eliminateDeadNodes.run(Pass.mergeEqualValues.run(before))
    try GraphVerifier.verify(after)
    guard case .loop(let loop)? = after.nodes.last?.op else {
      Issue.record("the loop is gone")
      return
    }
    #expect(loop.sequences == 1 && loop.captures == 1 && loop.body.nodes.count { $0.op == .map(ScalarFunction.known("add")) } == 2)
    let inputs = [Tensor([0.5], shape: []), Tensor([1.0, 2, 3])]
    #expect(try GraphInterpreter.run(after, inputs: inputs, dims: [:]) == GraphInterpreter.run(before, inputs: inputs, dims: [:]))
  }
}
