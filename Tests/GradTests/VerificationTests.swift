import GradCodegen
import GradIR
import GradJIT
import TestSupport
import Testing

@testable import Grad

/// Code is compared with the interpreter before its first use: a miscompilation planted between the C and libtcc is caught.
@Suite struct VerificationTests {
  private static let neuron = """
    dim n
    input x: [n, 3]
    param w: [3] ~ ones
    loss = mean(tanh(x @ w)^2)
    output loss, grad(loss, w)
    """
  private static let large = """
    dim n
    input x: [n, 784]
    param W: [784, 300] ~ glorot
    param b: [300] ~ zeros
    h = relu(x @ W + b)
    loss = mean(sum(h * h, axis=1))
    output loss, grad(loss, W, b)
    """

  private func model(_ text: String) throws -> Model { try Model(source: SourceFile(name: "model.gd", text: text)) }

  /// The C with the first place of a text changed: what a wrong compiler makes of it.
  private func planting<Result>(_ text: String, as other: String, _ body: () throws -> Result) rethrows -> Result {
    try JITSource.alteration.withValue({ $0.replacingFirst(text, with: other) }, body)
  }

  @Test(arguments: [neuron, large]) func codeIsComparedBeforeItsFirstUse(_ text: String) throws {
    let compiled = try CompiledModel(model(text))
    #expect(compiled.verification == (text == Self.neuron ? .compared : .comparedTwin))
  }

  /// Its extents, made small one by one, no longer fit each other.
  @Test func aModelWithoutASmallTwinIsNotCompared() throws {
    let heads = """
      dim n
      input x: [n, 64]
      param W: [64, 64] ~ glorot
      q = transpose(reshape(x @ W, [n, 4, 16]), axes=[1, 0, 2])
      loss = sum(attention(q, q, q)^2)
      output loss, grad(loss, W)
      """
    #expect(try CompiledModel(model(heads)).verification == .tooLarge)
  }

  @Test(arguments: [neuron, large]) func aMiscompilationIsCaught(_ text: String) throws {
    let model = try model(text)
    // The last that the entry does before it returns: one more unit in the last place of a result.
    let end = "  return 0;\n}\n\nint model_call"
    try planting(end, as: "  loss[0] = loss[0] * 0x1.000002p+0f;\n" + end) {
      do {
        _ = try CompiledModel(model)
        Issue.record("the bug is not noticed")
      } catch let diagnostic as Diagnostic {
        #expect(diagnostic.id == "jit.miscompiled")
        #expect(diagnostic.message.contains("gives another") && diagnostic.message.contains("than the reference"))
        #expect(diagnostic.hint?.contains("--no-verify") == true && diagnostic.hint?.contains("--backend interpreter") == true)
      }
    }
  }

  @Test func everyStatementThatIsDroppedIsNoticed() throws {
    let model = try model(Self.neuron)
    let source = generateC(model.optimized, options: COptions(name: "model", target: .jit)).source
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    // Stores of elements; without those of the workspace's layout the code would write to wrong places before it gives wrong values.
    let stores = lines.indices.filter { index in
      let line = lines[index].drop { $0 == " " }
      return (line.contains("] = ") || line.hasPrefix("*")) && line.hasSuffix(";") && !line.hasPrefix("const") && !line.hasPrefix("static")
        && !line.hasPrefix("offset[")
    }
    #expect(!stores.isEmpty)
    for store in stores {
      var altered = lines
      altered[store] = ";"
      let text = altered.joined(separator: "\n")
      #expect(throws: Diagnostic.self, "without '\(lines[store])'") {
        try JITSource.alteration.withValue({ _ in text }) { _ = try CompiledModel(model) }
      }
    }
  }

  @Test func withoutTheComparisonTheCodeIsUsed() throws {
    let model = try model("input x: f64\noutput y = x * 3")
    var data = ModelData()
    try data.set("x", text: "2")
    let bound = try model.bind(data)
    try planting("* ", as: "+ ") {
      let outcome = try CompiledModel(model, verifying: false).verification
      #expect(outcome == .notAsked)
      #expect(try bound.run(on: .tcc, verifying: false)[0].tensor.double(at: 0) == 5)
      #expect(throws: Diagnostic.self) { try bound.run(on: .tcc, verifying: true) }
    }
    #expect(try bound.run(on: .tcc)[0].tensor.double(at: 0) == 6)
  }
}

extension String {
  fileprivate func replacingFirst(_ text: String, with other: String) -> String {
    guard let range = firstRange(of: text) else { return self }
    return String(self[..<range.lowerBound]) + other + self[range.upperBound...]
  }
}
