import Testing

@testable import Grad

/// Where numbers of the user's decide how much memory there must be, too much of it is a diagnostic at its place.
@Suite struct LimitTests {
  private func model(_ text: String) throws -> Model { try Model(source: SourceFile(name: "m.gd", text: text)) }
  private func fault(_ body: () throws -> Void) -> Diagnostic? {
    do { try body() } catch let error as ModelError { return error.diagnostics.first } catch { return nil }
    return nil
  }

  @Test func towersOfDerivativesEndInADiagnostic() throws {
    let text = "input x: []\ng0 = sin(x) * exp(x)\n" + (1...40).map { "g\($0) = grad(g\($0 - 1), x)\n" }.joined() + "output g40"
    let found = try #require(fault { _ = try model(text) })
    #expect(found.id == "model.size" && found.range != nil)
  }

  /// The models have no tensor beyond all bounds; their derivatives would.
  @Test(arguments: [
    "input x: [2000000000]\ninput e: [3]\nu = sin(x)\nfn f(s, t) = s + sum(grad(sum(u^2 * t), x))\ny = fold(f, 0.0, e)\noutput y, grad(y, u)",
    "input x: [1000000000000000]\ninput a: [3000]\nfn f(s, t) = s * t\nl = sum(fold(f, a, x))\noutput l, grad(l, a), grad(l, x)",
  ]) func aDerivativeBeyondAllBoundsIsReported(_ text: String) throws {
    let found = try #require(fault { _ = try model(text) })
    #expect(found.id == "dim.size" && found.range != nil && found.message.hasPrefix("a derivative needs what is too large"), "\(found)")
  }

  @Test(arguments: Backend.allCases) func anOutputBeyondTheMemoryIsReportedAtItsPlace(_ backend: Backend) throws {
    let bound = try model("output small = 1, y = eye(100000)").bind(ModelData())
    let found = try #require(Memory.planted.withValue(1 << 30) { fault { _ = try bound.run(on: backend) } })
    #expect(found.id == "run.memory" && found.range?.lower == 18, "\(found)")
    #expect(found.message.contains("`y`") && found.message.contains("80.0 GB"), "\(found)")
  }

  /// Loops would run over the axes beside the empty one.
  @Test(arguments: Backend.allCases) func anEmptyArrayWithAGiantAxisIsRefused(_ backend: Backend) throws {
    let model = try model("dim n, m\ninput x: [n, m]\noutput y = cumsum(x, axis=0)")
    var data = ModelData()
    data.set("x", Tensor([Float](), shape: [0, 1 << 40]))
    let bound = try model.bind(data)
    let found = try #require(fault { _ = try bound.run(on: backend) })
    #expect(found.id == "run.memory" && found.message.contains("`x`") && found.message.contains("8.7 TB"), "\(found)")
  }

  @Test func whatTheInterpreterHoldsIsBounded() throws {
    let bound = try model("output y = sum(eye(10000))").bind(ModelData())
    let found = try #require(Memory.planted.withValue(1 << 20) { fault { _ = try bound.run(on: .interpreter) } })
    #expect(found.id == "run.memory" && found.range != nil)
  }

  @Test func aParamIsNotDrawnBeyondTheMemory() throws {
    let huge = try model("param w: [20000000000] ~ glorot\noutput y = sum(w)")
    let found = try #require(Memory.planted.withValue(1 << 30) { fault { _ = try huge.bind(ModelData()) } })
    #expect(found.id == "run.memory" && found.range?.lower == 0)
    #expect(
      Memory.planted.withValue(1 << 30) {
        fault { _ = try DerivativeCheck.run(source: huge.source, options: ModelOptions()) { _ in ModelData() } }
      }?.id == "run.memory")
  }

  /// All orders of a product's factors are compared: there are few of them, however many operands it has.
  @Test(arguments: [
    "output y = einsum(\"\(repeated("ij", 100, ","))->ij\", \(repeated("x", 100, ", ")))",
    "output y = sum(x * (\(repeated("s", 3000, " * "))))", "output y = \(repeated("x", 40, " @ "))",
    "output y = sum(\(repeated("s * (", 150, ""))x\(String(repeating: ")", count: 150)))",
  ]) func longProductsAreOrderedInParts(_ text: String) throws {
    #expect(try model("input x: [2, 2]\ninput s: []\n\(text)").optimized.nodes.count < 10_000)
  }
  private static func repeated(_ word: String, _ count: Int, _ separator: String) -> String {
    Array(repeating: word, count: count).joined(separator: separator)
  }

  @Test func ofAFunctionThatTakesLongFewElementsAreChecked() {
    #expect([0, 1000, 8_000_000, 20_000_000, 1 << 40, .max].map(DifferenceComparison.mostElements) == [48, 48, 35, 14, 4, 4])
  }

  @Test func bytesAreShownInUnitsOfThousands() {
    #expect(
      [0, 999, 1000, 1_550_000, 80_000_000_000, .max].map(Memory.text) == [
        "0 bytes", "999 bytes", "1.0 kB", "1.5 MB", "80.0 GB", "9223.3 PB",
      ])
  }
}
