import GradIR
import GradPasses
import TestSupport
import Testing

@Suite struct TurnPiecesTests {
  static let cases: [RewriteCase] = [
    RewriteCase("concatenate(x, y)ᵖ = concatenate(xᵖ, yᵖ)", .turnPieces, gives: ["transpose", "transpose", "concatenate"]) {
      $0.transpose($0.concatenate([$1.x, $1.y], axis: 0), [1, 0])
    },
    RewriteCase("an axis of one element moves by a reshape", .turnPieces, gives: ["reshape", "reshape", "concatenate"]) {
      let pieces = [$0.reshape($1.x, to: [14, 14, 1]), $0.reshape($1.y, to: [14, 14, 1])]
      return $0.transpose($0.concatenate(pieces, axis: 2), [0, 2, 1])
    },
    RewriteCase("three axes in turn", .turnPieces, .f32, gives: ["reshape", "sin", "reshape", "transpose", "transpose", "concatenate"]) {
      let pieces = [$0.reshape($1.x, to: [7, 2, 14]), $0.reshape($0.map("sin", $1.y), to: [7, 2, 14])]
      return $0.transpose($0.concatenate(pieces, axis: 1), [2, 0, 1])
    },
    RewriteCase("what is no result stays", .turnPieces, gives: ["concatenate", "transpose", "exp"]) {
      $0.map("exp", $0.transpose($0.concatenate([$1.x, $1.y], axis: 0), [1, 0]))
    },
  ]
  @Test(arguments: cases) func piecesAreTurnedBeforeTheyAreJoined(_ rewrite: RewriteCase) throws { try rewrite.check() }

  @Test func whatIsReadElsewhereIsComputedOnce() {
    let builder = GraphBuilder()
    let x = builder.parameter(Parameter(name: "x", type: TensorType(.f64, [3, 2]), role: .input))
    let joined = builder.concatenate([x, builder.map("exp", x)], axis: 0)
    builder.output("turned", builder.transpose(joined, [1, 0]))
    builder.output("sum", builder.sum(joined, axes: [0]))
    let graph = builder.finish()
    #expect(Pass.turnPieces.run(graph) == graph)
  }
}
