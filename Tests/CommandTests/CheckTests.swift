import Foundation
import Testing

@Suite struct CheckTests {
  private static let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "examples").path

  @Test(arguments: [
    ["neuron_diabetes.gd", "--inputs", "data/neuron_diabetes.npz"], ["rosenbrock.gd"], ["total_derivative.gd"], ["masked.gd"],
    ["elementwise_jacobian.gd"],
  ])
  func derivativesOfExamplesAreRight(_ arguments: [String]) throws {
    let words = arguments.map { $0.hasSuffix(".gd") || $0.hasSuffix(".npz") ? Self.examples + "/" + $0 : $0 }
    let outcome = try Program.run(Command.gradc, ["check"] + words, in: folder())
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("ok  ") && !outcome.output.contains("FAIL"), "\(outcome)")
  }

  @Test func everyKindOfDerivativeIsChecked() throws {
    let text = """
      input x: [3]
      input v: [3]
      y = sin(x) * x[0]
      f = sum(y^3)
      output grad(f, x), J = jacobian(y, x), H = hessian(f, x), t = jvp(y, x, v), u = vjp(y, x, v)

      """
    let outcome = try folder(["m.gd": text]).gradc("check", "m.gd", "--set", "x=[0.5,1,-2]")
    #expect(outcome.status == 0, "\(outcome)")
    for word in ["grad(f, x)", "jacobian(y, x)", "jvp(y, x)", "vjp(y, x)"] { #expect(outcome.output.contains(word), "\(word): \(outcome)") }
    #expect(outcome.output.contains("forward and reverse agree"))
  }

  @Test func kinksAreSkippedAndCounted() throws {
    let outcome = try folder(["m.gd": "input x: [3]\nf = sum(abs(x))\noutput grad(f, x)\n"]).gradc("check", "m.gd", "--set", "x=[1,0,-2]")
    #expect(outcome.status == 0 && outcome.output.contains("1 skipped"), "\(outcome)")
  }

  @Test func whatTurnsWithinAStepIsSkipped() throws {
    let outcome = try folder(["m.gd": "input x: [8]\ny = sum(sin(1e6 * x))\noutput grad(y, x)\n"]).gradc("check", "m.gd")
    #expect(outcome.status == 0 && outcome.output.contains("8 elements skipped"), "\(outcome)")
  }

  /// All is f64, types that say f32 too.
  @Test func typesThatNameF32AreCheckedInF64() throws {
    let text = "input x: f32[3]\nparam w: []\ny = sum(x * w) + sum(f32(x > 0) * x * w)\noutput grad(y, w)\n"
    let outcome = try folder(["m.gd": text]).gradc("check", "m.gd", "--set", "x=[0.1,-2,3]", "--set", "w=1")
    #expect(outcome.status == 0 && outcome.output.contains("ok   grad(y, w)"), "\(outcome)")
  }

  /// Differences hold still what `stop_gradient` does: the derivative of x · stop(x²) is x², not 3x².
  @Test func whatStopGradientHoldsStillIsNoDifference() throws {
    let text = """
      input x: [3]
      f = sum(x * stop_gradient(x^2))
      fn step(s, v) = s * stop_gradient(s) + v
      g = fold(step, 1, x)
      output grad(f, x), grad(g, x), H = hessian(f, x)

      """
    let outcome = try folder(["m.gd": text]).gradc("check", "m.gd", "--set", "x=[0.5,1,-2]")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("ok   grad(f, x) at m.gd:5: 3 elements against differences"), "\(outcome)")
    #expect(outcome.output.contains("not compared with differences, for a `stop_gradient` within a loop"), "\(outcome)")
  }

  /// The modes differ by the rounding of terms that cancel, which is no fault: the length's second derivative along itself is zero.
  @Test func derivativesThatCancelToZeroPass() throws {
    let text = """
      input x: [3]
      output H = hessian(norm(max(x, 0)), x)

      """
    let outcome = try folder(["m.gd": text]).gradc("check", "m.gd", "--set", "x=[-0.4,1.7,-2]")
    #expect(outcome.status == 0, "\(outcome)")
  }

  @Test func aModelWithoutDerivativesSaysSo() throws {
    let outcome = try folder(["m.gd": "input x: [3]\noutput y = x\n"]).gradc("check", "m.gd")
    #expect(outcome.status == 0 && outcome.output.contains("no derivative"), "\(outcome)")
  }

  @Test func dimsAndPrecisionAreTaken() throws {
    let folder = try folder(["m.gd": "dim n\ninput x: f32[n]\nf = sum(x^2)\noutput grad(f, x)\n"])
    let outcome = try folder.gradc("check", "m.gd", "-D", "n=5", "--precision", "f32")
    #expect(outcome.status == 0 && outcome.output.contains("5 elements"), "\(outcome)")
  }

  @Test func faultsOfDataAreExitOne() throws {
    let folder = try folder(["m.gd": "input x: [3]\nf = sum(x^2)\noutput grad(f, x)\n"])
    #expect(try folder.gradc("check", "m.gd", "--set", "x=[1,2]").status == 1)
    #expect(try folder.gradc("check", "m.gd", "--inputs", "missing.npz").status == 1)
  }
}
