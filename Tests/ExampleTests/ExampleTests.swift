import Foundation
import Grad
import GradIR
import TestSupport
import Testing

@Suite struct ExampleTests {
  @Test func thereAreExamples() {
    #expect(Example.all.filter(\.isMatrixCalculus).count >= 25)
    #expect(Example.all.filter { !$0.isMatrixCalculus }.count >= 20)
  }

  @Test(arguments: Example.all)
  func interpreterAndCompiledCodeAgreeBitForBit(_ example: Example) throws {
    let reference = try example.outputs(on: .interpreter)
    let compiled = try example.outputs(on: .tcc)
    #expect(reference.keys.sorted() == compiled.keys.sorted())
    for (name, tensor) in reference {
      let difference = compiled[name]?.difference(from: tensor)
      #expect(difference == nil, "\(name): \(difference ?? "")")
    }
  }

  /// The files that `compile` writes, through the system's compiler with -O3: the same bits. Some examples, for each takes it a second.
  @Test(arguments: Example.all.filter { ["neuron_diabetes", "black_scholes", "lstm", "transformer_block"].contains($0.name) })
  func optimizedCodeAgreesBitForBit(_ example: Example) throws {
    guard Program.path(of: "cc") != nil else { return }
    let reference = try example.outputs(on: .interpreter)
    for (name, tensor) in try example.outputs(on: .cc) {
      let difference = try tensor.difference(from: #require(reference[name]))
      #expect(difference == nil, "\(name): \(difference ?? "")")
    }
  }

  /// An output `closed_N` is the closed form of the output `N`.
  ///
  /// Both sides are computed in f64 by different formulas of some tens of roundings, over sums of at most some hundreds of terms: by
  /// the first-order bound they differ by less than some thousand units of 2⁻⁵³ of the greatest term, 10⁻¹² of the scale.
  @Test(arguments: Example.all)
  func derivativesEqualTheirClosedForms(_ example: Example) throws {
    for backend in [Backend.tcc, .interpreter] {
      let outputs = try example.outputs(precision: .f64, on: backend)
      for (name, closed) in outputs where name.hasPrefix("closed_") {
        let derivative = try #require(outputs[String(name.dropFirst(7))], "\(name) has no partner")
        let error = derivative.error(against: closed, floor: 1)
        #expect(error < 1e-12, "\(backend): \(name.dropFirst(7)) = \(derivative.valueText()), closed form \(closed.valueText())")
      }
    }
  }

  /// What binds data, and what calls need to know, is said by the graph before any stage.
  @Test(arguments: Example.all)
  func laterStagesKeepWhatCallsNeed(_ example: Example) throws {
    let model = try example.model()
    let (graph, optimized) = (model.graph, model.optimized)
    #expect(graph.parameters == optimized.parameters && graph.requirements == optimized.requirements)
    #expect(graph.results.map(\.name) == optimized.results.map(\.name))
    #expect(graph.results.map { graph.type(of: $0.value) } == optimized.results.map { optimized.type(of: $0.value) })
  }

  @Test(arguments: Example.all.filter(\.isMatrixCalculus))
  func matrixCalculusShowsClosedFormsOrTrains(_ example: Example) throws {
    let names = try example.model().outputs.map(\.name)
    #expect(names.contains { $0.hasPrefix("closed_") } || names.contains("cost_after"))
  }

  /// Expected values computed elsewhere, in f64: the cases' rule, 10⁻⁹ of an array's scale.
  @Test(arguments: Example.all)
  func outputsEqualTheValuesOnRecord(_ example: Example) throws {
    let path = Example.root.appending(path: "Tests/ExampleTests/Expected/\(example.name).npz").path
    guard FileManager.default.fileExists(atPath: path) else { return }
    let outputs = try example.outputs(precision: .f64, on: .tcc)
    for expected in try Npz.read(path: path).arrays {
      let output = try #require(outputs[expected.name], "\(expected.name) is missing")
      let error = output.error(against: expected.tensor, floor: 1e-30)
      #expect(error < 1e-9, "\(expected.name): error \(error) of the scale")
    }
  }

  @Test(arguments: Example.all)
  func trainingLowersItsCost(_ example: Example) throws {
    guard try example.model().outputs.contains(where: { $0.name == "cost_after" }) else { return }
    let outputs = try example.outputs(on: .tcc)
    let before = try #require(outputs["cost_before"]).double(at: 0)
    let after = try #require(outputs["cost_after"]).double(at: 0)
    #expect(after < 0.6 * before, "from \(before) to \(after)")
  }

  /// Johnson's point: at N = 64, D = M = 4096 the Jacobian has 7 · 10¹⁰ elements; nothing in the graph is greater than w.
  @Test func linearLayerNeverHoldsItsJacobian() throws {
    let example = try #require(Example.all.first { $0.name == "matrix-calculus/j-2-memory" })
    let model = try Model(source: example.source)
    let dims = ["N": 64, "D": 4096, "M": 4096]
    for graph in [model.derivative, model.optimized] {
      for node in graph.nodes {
        for type in node.types {
          #expect(type.rank <= 2)
          let count = try #require(type.shape.count.value(dims))
          #expect(count <= 4096 * 4096)
        }
      }
    }
  }

  /// Forward mode, reverse mode and differences agree on what each example asks for.
  @Test(arguments: Example.all.filter { !DerivativeChecks.tooLong.contains($0.name) })
  func derivativesPassTheCheck(_ example: Example) throws {
    let report = try DerivativeCheck.run(source: example.source, options: ModelOptions(dims: example.dims)) {
      try example.data(for: $0)
    }
    #expect(report.passed, "\(report.lines.filter { $0.hasPrefix("FAIL") }.joined(separator: "\n"))")
  }
}

enum DerivativeChecks {
  /// Models whose derivatives have thousands of elements through a thousand images: differences would take minutes.
  static let tooLong: Set<String> = [
    "mlp_digits", "digits_training", "logistic_regression", "tutorial/mlp", "tutorial/step", "tutorial/descent",
    "matrix-calculus/p-6-training-sgd", "matrix-calculus/p-6-training-momentum", "matrix-calculus/p-6-training-adam",
  ]
}
