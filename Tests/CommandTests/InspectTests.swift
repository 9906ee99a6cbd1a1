import Foundation
import Testing

private let neuron = """
  dim n
  input x: [n, 3]
  param w: [3] ~ ones
  loss = mean(tanh(x @ w)^2)
  output loss, grad(loss, w)

  """

@Suite struct InspectTests {
  private static let stages = ["syntax", "graph", "jacobians", "derivative", "optimized", "kernels", "loops", "c"]
  private static let marks = [
    "syntax": "grad", "graph": "gradient", "jacobians": "diag", "derivative": "tanh", "optimized": "tanh", "kernels": "kernel",
    "loops": "for",
    "c": "neuron_call",
  ]

  @Test(arguments: stages) func everyStageIsPrinted(_ stage: String) throws {
    let folder = try folder(["neuron.gd": neuron])
    let outcome = try folder.gradc("inspect", "neuron.gd", "--stage", stage)
    #expect(outcome.status == 0 && outcome.errors == "", "\(outcome)")
    #expect(outcome.output.contains(try #require(Self.marks[stage])), "\(outcome)")
    if ["derivative", "optimized"].contains(stage) { #expect(!outcome.output.contains("gradient")) }
  }

  @Test func allStagesAreThePrintedOnes() throws {
    let folder = try folder(["neuron.gd": neuron])
    let all = try folder.gradc("inspect", "neuron.gd", "--stage", "all").output
    for stage in Self.stages {
      let one = try folder.gradc("inspect", "neuron.gd", "--stage", stage).output
      #expect(all.contains("== \(stage) ==\n" + one), "\(stage)")
    }
  }

  @Test func timingsAreAddedForEachPass() throws {
    let folder = try folder(["neuron.gd": neuron])
    let plain = try folder.gradc("inspect", "neuron.gd", "--stage", "optimized").output
    let timed = try folder.gradc("inspect", "neuron.gd", "--stage", "optimized", "--timings").output
    #expect(timed.hasPrefix(plain))
    for name in ["elaborate", "differentiate", "simplify", "order-contractions", "generate C"] {
      #expect(timed.contains("\(name): "), "\(timed)")
    }
    #expect(timed.contains(" ms"))
  }

  @Test func theGraphAfterAPassIsPrintedOrSaidToBeUnchanged() throws {
    let folder = try folder(["m.gd": "input x: f64\noutput y = x * 1 - 0\n", "sine.gd": "input x: f64\noutput y = sin(x)\n"])
    let simplified = try folder.gradc("inspect", "m.gd", "--print-after", "simplify").output
    #expect(simplified.contains("return y: x") && !simplified.contains("=="))
    #expect(try folder.gradc("inspect", "m.gd", "--print-after", "all").output.contains("== after simplify ==\n" + simplified))
    #expect(try folder.gradc("inspect", "sine.gd", "--print-after", "simplify").output == "unchanged\n")
    #expect(try folder.gradc("inspect", "sine.gd", "--print-after", "all").output.contains("== after simplify ==\nunchanged\n"))
    let wrong = try folder.gradc("inspect", "m.gd", "--print-after", "simplfy")
    #expect(wrong.status == 64 && wrong.errors.contains("simplify"))
  }

  @Test func theCOfABackendIsItsOwn() throws {
    let folder = try folder(["neuron.gd": neuron])
    let embedded = try folder.gradc("inspect", "neuron.gd", "--stage", "c", "--backend", "cc").output
    #expect(embedded.contains("#include \"neuron.h\"") && !embedded.contains("neuron_call"))
    #expect(!(try folder.gradc("inspect", "neuron.gd", "--stage", "c", "--backend", "tcc").output.contains("#include")))
  }

  @Test func theSyntaxOfAModelThatDoesNotTypeIsPrinted() throws {
    let folder = try folder(["m.gd": "output y = missing + 1\n"])
    #expect(try folder.gradc("inspect", "m.gd", "--stage", "syntax").status == 0)
    #expect(try folder.gradc("inspect", "m.gd", "--stage", "graph").status == 1)
  }
}
