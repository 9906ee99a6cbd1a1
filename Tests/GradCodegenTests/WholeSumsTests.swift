import GradIR
import Testing

@testable import GradCodegen

@Suite struct WholeSumsTests {
  private let begin: [Stmt] = [
    .declare(.accumulator("grad_sum_f32"), "sum", nil, const: false), .call("grad_sum_begin_f32", [.address("sum")]),
  ]
  private func add(_ count: Expr, _ array: Name) -> Stmt { .call("grad_sum_add_block_f32", [.address("sum"), count, .variable(array)]) }
  private let end = Stmt.store("y", .zero, .call("grad_sum_end_f32", [.address("sum")]))
  private func taken(_ body: [Stmt]) -> String {
    let names = ["v1", "v2"].map { Name($0) }
    var given = 0
    let loops = BlockLoops(types: [:]) { _ in
      given += 1
      return names[given - 1]
    }
    return CPrinter.text(loops.takingWholeSums(body))
  }

  @Test func aSumOfOneBlockIsTheBlocks() {
    let change = Stmt.store("x", .zero, .literal(.f32, 0))
    let text = taken(begin + [add(.integer(16), "x"), change, end])
    #expect(text == "  const float v1 = grad_sum_strided_f32(16, x, 1);\n  *x = 0.0f;\n  *y = v1;\n")
    let named = Stmt.declare(.element(.f32), "row", .call("grad_sum_end_f32", [.address("sum")]), const: true)
    #expect(taken(begin + [add(.integer(16), "x"), named]).hasSuffix("  const float row = v1;\n"))
  }

  @Test func othersStaySums() {
    let single = Stmt.call("grad_sum_add_f32", [.address("sum"), .load("x", .zero)])
    let loop = Stmt.loop(
      variable: "i", from: .zero, to: .variable("n"), step: .integer(1), descends: false, body: [add(.integer(16), "x")])
    let apart: [[Stmt]] = [
      [add(.integer(16), "x"), add(.integer(16), "z"), end], [add(.variable("n"), "x"), end], [add(.integer(16), "x"), single, end],
      [single, add(.integer(16), "x"), end], [loop, end], [end],
      [end, add(.integer(16), "x")], [add(.integer(16), "x"), .branch(.variable("b"), then: [single], else: []), end],
    ]
    for body in apart { #expect(!taken(begin + body).contains("strided")) }
  }
}
