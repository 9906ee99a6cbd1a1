import GradIR
import Testing

@testable import GradCodegen

@Suite struct PairSinesAndCosinesTests {
  private func call(_ name: Name, _ function: String, of argument: Name, _ dtype: DType = .f64) -> Stmt {
    .declare(.element(dtype), name, .call("grad_\(function)_\(dtype)", [.variable(argument)]), const: true)
  }
  private func paired(_ body: [Stmt]) -> String {
    let function = Function(name: "f", parameters: [], body: body, comment: [], returnsStatus: false)
    return CPrinter.text(function.pairingSinesAndCosines().body)
  }

  @Test func bothOfOneArgumentAreOneCallWhereTheFirstStood() {
    let text = paired([call("c", "cos", of: "x"), call("e", "exp", of: "c"), call("s", "sin", of: "x")])
    #expect(text == "  double s;\n  double c;\n  grad_sincos_f64(x, &s, &c);\n  const double e = grad_exp_f64(c);\n")
  }

  @Test func eachListPairsItsOwn() {
    let body = [call("s", "sin", of: "x", .f32), call("c", "cos", of: "x", .f32)]
    let loop = Stmt.loop(variable: "i", from: .zero, to: .integer(3), step: .integer(1), descends: false, body: body)
    #expect(paired([loop]).contains("grad_sincos_f32(x, &s, &c);"))
    #expect(!paired([call("c", "cos", of: "x"), .branch(.variable("b"), then: [call("s", "sin", of: "x")], else: [])]).contains("sincos"))
  }

  @Test func othersStayApart() {
    let apart: [[Stmt]] = [
      [call("s", "sin", of: "x"), call("c", "cos", of: "y")],
      [call("s", "sin", of: "x"), call("c", "cos", of: "x", .f32)],
      [call("s", "sin", of: "x"), .assign("x", .variable("y")), call("c", "cos", of: "x")],
      [call("s", "sin", of: "x"), .call("g", [.address("x")]), call("c", "cos", of: "x")],
      [call("s", "sin", of: "x"), .whileLoop(.variable("b"), [.assign("x", .variable("y"))]), call("c", "cos", of: "x")],
    ]
    for body in apart { #expect(!paired(body).contains("sincos")) }
  }
}
