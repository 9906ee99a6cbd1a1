import GradIR
import Testing

@testable import Grad

/// `--check-finite`: the first operation that makes a NaN or an infinity, at its place, whoever computes.
@Suite struct FiniteCheckTests {
  private func fault(_ text: String, _ settings: [String: String], on backend: Backend = .tcc) throws -> Diagnostic? {
    let model = try Model(source: SourceFile(name: "m.gd", text: text))
    var data = ModelData()
    for (name, value) in settings { try data.set(name, text: value) }
    do {
      _ = try model.bind(data).run(on: backend, checkingFinite: true)
      return nil
    } catch let error as ModelError {
      return error.diagnostics.first
    }
  }
  private func words(_ text: String, _ settings: [String: String]) throws -> String? {
    let source = SourceFile(name: "m.gd", text: text)
    return try fault(text, settings).map { "\($0.id) \($0.range.map { source.line(of: $0.lower) } ?? 0): \($0.message)" }
  }

  @Test(arguments: Backend.allCases) func theFirstOperationIsNamedWithItsPlace(_ backend: Backend) throws {
    let text = "input x: [2, 2]\nu = exp(x)\ny = log(x)\nz = sqrt(y)\noutput t = sum(u), s = sum(z)"
    let found = try #require(try fault(text, ["x": "[[1, 2], [3, 0]]"], on: backend))
    #expect(found.id == "run.finite" && found.message == "`log` makes -inf at [1, 1] of `y`", "\(found)")
  }

  @Test func finiteRunsPass() throws {
    #expect(try fault("input x: [2]\noutput y = log(x), g = grad(sum(log(x)), x)", ["x": "[1, 2]"]) == nil)
  }

  @Test func theOperationOfADerivativeIsNamedAtTheLineThatItComesFrom() throws {
    let found = try words("input x: []\ny = sqrt(x)\noutput y, g = grad(y, x)", ["x": "0"])
    #expect(found?.hasPrefix("run.finite 2: ") == true && found?.contains("inf") == true, "\(found ?? "")")
  }

  @Test func stepsOfLoopsAreNamed() throws {
    let text = "dim n\ninput x: [n]\nfn f(s, e) {\n  r = 1 / e\n  return s + r\n}\noutput y = fold(f, 0.0, x)"
    #expect(try words(text, ["x": "[1, 2, 0]"]) == "run.finite 4: `divide` makes inf, in step 2")
  }

  @Test func whatIsFoldedWhileCompilingIsFoundToo() throws {
    #expect(
      try words("input x: []\nu = log(zeros([2]))\noutput y = x + u", ["x": "1"]) == "run.finite 2: `log` makes -inf at [0] of `u`")
    #expect(try words("input x: []\nu = 1.0 / 0.0\noutput y = x + u", ["x": "1"]) == "run.finite 3: the output `y` holds inf")
  }

  @Test func anInfinityThatIsGivenIsNoFaultUntilAnOutputHoldsIt() throws {
    let masked = "input s: [3]\noutput y = softmax(s), z = softmax(where([true, false, true], [1.0, 2.0, 3.0], -inf))"
    #expect(try fault(masked, ["s": "[1, 2, -inf]"]) == nil)
    let found = try #require(try fault("input x: [2]\noutput y = 2 * x", ["x": "[1, nan]"]))
    #expect(found.message == "the output `y` holds nan at [1]" && found.notes.map(\.message) == ["`x` is given nan at [1]"], "\(found)")
  }

  @Test func aNaNOfInfinitiesIsMade() throws {
    #expect(try words("input x: []\noutput y = x - x", ["x": "inf"])?.hasPrefix("run.finite 2: `subtract` makes nan") == true)
  }
}
