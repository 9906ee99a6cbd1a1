import Foundation
import Grad
import Testing

/// The Swift of README.md and docs/tutorial.md, line by line. It names files from the package's folder, where `swift test` runs.
@Suite struct DocumentedUseTests {
  private func outputsOfTheReadme() throws -> [NamedTensor] {
    let model = try Model(source: SourceFile(reading: "examples/neuron_diabetes.gd"))
    var data = ModelData()
    try data.read(npz: "examples/data/neuron_diabetes.npz", for: model)
    let outputs = try model.bind(data).run()  // loss, dloss_dw, dloss_db
    return outputs
  }

  private func paramsOfTheTutorial() throws -> (Model, ModelData) {
    let model = try Model(source: SourceFile(reading: "examples/tutorial/step.gd"))
    var data = ModelData()
    try data.read(npz: "examples/data/mlp_digits.npz", for: model)
    try data.set("rate", text: "0.1")
    let step = try CompiledModel(model)
    for _ in 0..<5 {
      for output in try step.run(model.bind(data)) where output.name != "loss" { data.set(output.name, output.tensor) }
    }
    return (model, data)
  }

  @Test func theReadmesOutputsAreNamed() throws {
    #expect(try outputsOfTheReadme().map(\.name) == ["loss", "dloss_dw", "dloss_db"])
  }

  @Test func theTutorialsStepsLowerTheLoss() throws {
    let (model, data) = try paramsOfTheTutorial()
    let loss = try #require(try model.bind(data).run().first).tensor.double(at: 0)
    #expect(loss < 2.4, "from 2.4996")
  }

  @Test(arguments: ["README.md", "docs/tutorial.md"]) func whatAPageShowsStandsHere(_ page: String) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    func lines(_ text: String) -> [String] {
      text.components(separatedBy: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty && !$0.hasPrefix("import") }
    }
    let own = lines(try String(contentsOf: URL(filePath: #filePath), encoding: .utf8))
    let blocks = try String(contentsOf: root.appending(path: page), encoding: .utf8).components(separatedBy: "```swift\n").dropFirst()
    #expect(!blocks.isEmpty)
    for block in blocks {
      let shown = lines(block.components(separatedBy: "```")[0])
      #expect(own.indices.contains { own[$0...].starts(with: shown) }, "\(page): \(shown.joined(separator: "\n"))")
    }
  }
}
