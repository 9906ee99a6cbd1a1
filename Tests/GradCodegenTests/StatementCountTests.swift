import GradIR
import Testing

@testable import GradCodegen

/// What the flags of the system's compiler are chosen by.
@Suite struct StatementCountTests {
  private func loop(to end: Expr, step: Int = 1, _ body: [Stmt]) -> Stmt {
    .loop(variable: "i", from: .zero, to: end, step: .integer(step), descends: false, body: body)
  }

  @Test func theLongestRunIsThatOfAnyList() {
    let statement = Stmt.discard("x")
    #expect([statement, statement].longestRun == 2)
    #expect([statement, loop(to: .integer(4), [statement, statement, statement]), statement, statement].longestRun == 3)
  }

  @Test func stepsAreThoseOfTheInnermostLoops() {
    let inner = loop(to: .integer(12), step: 5, [.discard("x")])
    var steps: [Int] = []
    #expect([loop(to: .variable("n"), [inner, inner]), loop(to: .integer(144), [])].collectInnerSteps(into: &steps))
    #expect(steps == [3, 3, 144])
    #expect(![loop(to: .variable("n"), [.discard("x")])].collectInnerSteps(into: &steps))
  }
}
