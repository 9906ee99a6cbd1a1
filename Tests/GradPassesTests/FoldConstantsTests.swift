import GradIR
import GradPasses
import TestSupport
import Testing

@Suite struct FoldConstantsTests {
  static let cases: [RewriteCase] = [
    RewriteCase("f(c) is the interpreter's value", .foldConstants, gives: ["constant", "broadcast", "multiply"]) {
      $0.multiply($1.x, $0.map("sqrt", $0.constant(2, $1.type)))
    },
    RewriteCase("NaN is a value like any other", .foldConstants, gives: ["constant", "broadcast", "multiply"]) {
      $0.multiply($1.x, $0.map("log", $0.constant(-1, $1.type)))
    },
    RewriteCase("integers wrap", .foldConstants, .i64, gives: ["constant", "broadcast", "add"]) {
      let greatest = $0.broadcast(scalar: $0.constant(Constant(integer: .max, .i64)), to: $1.type.shape)
      return $0.add($1.x, $0.add(greatest, greatest))
    },
    RewriteCase("a dim that is known is a number", .foldConstants, .i64, gives: ["constant", "broadcast", "add"]) {
      $0.add($1.x, $0.broadcast(scalar: $0.dimension(5), to: $1.type.shape))
    },
    RewriteCase("a dim that is open stays", .foldConstants, .i64, gives: ["dimension", "broadcast", "add"]) {
      $0.add($1.x, $0.broadcast(scalar: $0.dimension(.symbol("n")), to: $1.type.shape))
    },
    RewriteCase("sums and products of small tensors", .foldConstants, gives: ["constant", "broadcast", "add"]) {
      let matrix = $0.constant(Constant(Tensor([1.0, -0.0, .infinity, 4], shape: [2, 2])))
      let product = $0.contract(matrix, $0.transpose(matrix, [1, 0]), Contraction([0, 2], [2, 1], [0, 1]))
      return $0.add($1.x, $0.broadcast(scalar: $0.sum(product, axes: [0, 1]), to: $1.type.shape))
    },
    RewriteCase("the sum of nothing is 0", .foldConstants, gives: ["constant", "broadcast", "add"]) {
      let nothing = $0.constant(Constant(Tensor([Double](), shape: [0])))
      return $0.add($1.x, $0.broadcast(scalar: $0.sum(nothing, axes: [0]), to: $1.type.shape))
    },
    RewriteCase("tensors beyond the limit stay", .foldConstants, gives: ["constant", "exp", "reshape", "add"]) {
      let large = $0.constant(Constant(Tensor((0..<196).map { Double($0) }, shape: [196])))
      return $0.add($1.x, $0.reshape($0.map("exp", large), to: $1.type.shape))
    },
    RewriteCase("what reads a parameter stays", .foldConstants, gives: ["constant", "broadcast", "add"]) {
      $0.add($1.x, $0.constant(1, $1.type))
    },
  ]
  @Test(arguments: cases) func constantsAreComputed(_ rewrite: RewriteCase) throws { try rewrite.check() }

  @Test func aGatherStaysForItMayFault() throws {
    let builder = GraphBuilder()
    let table = builder.constant(Constant(Tensor([1.0, 2])))
    let index = builder.constant(Constant(integer: 7, .i64))
    builder.output("y", builder.gather(table, index, GatherAxis(axis: 0)))
    let folded = Pass.foldConstants.run(builder.finish())
    #expect(throws: RunFault.self) { try GraphInterpreter.run(folded, inputs: [], dims: [:]) }
  }

  @Test func constantsThatALoopCapturesAreItsOwn() throws {
    let body = GraphBuilder()
    let state = body.parameter(Parameter(name: "s", type: TensorType(.f64)))
    let capture = body.parameter(Parameter(name: "c", type: TensorType(.f64)))
    body.output("s", body.multiply(state, body.map("sqrt", capture)))
    let builder = GraphBuilder()
    let start = builder.parameter(Parameter(name: "start", type: TensorType(.f64), role: .input))
    let loop = Loop(body: body.finish(), count: 3, states: 1, sequences: 0)
    builder.output("end", builder.loop(loop, [start, builder.constant(Constant(4, .f64))])[0])
    let folded = Pass.eliminateDeadNodes.run(Pass.foldConstants.run(builder.finish()))
    try GraphVerifier.verify(folded)
    guard case .loop(let loop)? = folded.nodes.last?.op else {
      Issue.record("the loop is gone")
      return
    }
    #expect(loop.captures == 0 && loop.body.nodes.map(\.op.name) == ["parameter", "constant", "multiply"])
    #expect(try GraphInterpreter.run(folded, inputs: [Tensor([1.0], shape: [])], dims: [:]) == [Tensor([8.0], shape: [])])
  }
}
