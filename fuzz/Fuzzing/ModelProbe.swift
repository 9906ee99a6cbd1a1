import GradAD
import GradCodegen
import GradIR
import GradPasses

@testable import Grad
@testable import GradLanguage

/// A model's text on the whole way: syntax, graph, derivative, passes, C, and both graphs run on small shapes.
///
/// What must hold: a text is refused with diagnostics that have a place in it and words, or its graph verifies at every stage, reads back
/// from its text, and exact passes leave the bits of its results.
public struct ModelProbe {
  public enum Outcome: Sendable { case refused, tooLarge, taken }
  public private(set) var outcome = Outcome.refused
  public private(set) var faults: [String] = []

  /// Operations of a derivative: a hundredth of what models may have, so that an input takes milliseconds.
  private static let sizeLimit = 2500
  /// Diagnostics of one text that are rendered: most texts are refused, for many reasons, and rendering them all took most of the time.
  private static let renderedLimit = 8
  /// Element operations of a run by the interpreter.
  private static let costLimit = 20_000

  public static func probe(_ bytes: [UInt8]) -> ModelProbe {
    var probe = ModelProbe()
    probe.run(SourceFile(name: "m.gd", utf8: bytes))
    return probe
  }

  private mutating func run(_ source: SourceFile) {
    let (tree, syntaxErrors) = Parser.parse(source)
    let printed = SyntaxPrinter.print(tree)
    if syntaxErrors.isEmpty {
      let (again, errors) = Parser.parse(SourceFile(name: "m.gd", text: printed))
      if !errors.isEmpty || SyntaxPrinter.print(again) != printed { faults.append("the printed syntax reads otherwise: \(printed)") }
    }
    let (elaborated, diagnostics) = elaborate(tree, syntaxErrors: syntaxErrors, options: ElaborationOptions())
    for (number, diagnostic) in (diagnostics + (elaborated?.warnings ?? [])).enumerated() {
      faults += diagnosticFaults(diagnostic, in: source, isRendered: number < Self.renderedLimit)
      if ErrorPage.page(diagnostic.id) == nil { faults.append("there is no page for \(diagnostic.id)") }
    }
    if (elaborated == nil) != diagnostics.contains(where: { $0.severity == .error }) {
      faults.append("a model and errors, or neither: \(diagnostics.map(\.id))")
    }
    guard let graph = elaborated?.graph else { return }
    do {
      try verify(graph, "elaborated", allowsDerivatives: true)
      guard graph.totalNodeCount <= Self.sizeLimit else {
        outcome = .tooLarge
        return
      }
      let derivative = try differentiate(graph, limit: Self.sizeLimit)
      try verify(derivative, "differentiated")
      outcome = .taken
      var (exact, optimized) = (derivative, derivative)
      for pass in Pass.all {
        optimized = pass.run(optimized)
        try verify(optimized, pass.name)
        if pass.isExact { exact = pass.run(exact) }
      }
      faults += [graph, derivative, optimized].compactMap(roundTripFault)
      if generateC(optimized, options: COptions(name: "m", target: .jit, sourceFile: source)).source.isEmpty { faults.append("no C") }
      compare(derivative, exact)
    } catch let fault as GraphTooLarge {
      outcome = .tooLarge
      faults += diagnosticFaults(fault.diagnostic, in: source)
    } catch let fault as Diagnostic {
      outcome = .tooLarge
      faults += diagnosticFaults(fault, in: source)
    } catch {
      faults.append("\(error)")
    }
  }

  private func verify(_ graph: Graph, _ stage: String, allowsDerivatives: Bool = false) throws {
    do {
      try GraphVerifier.verify(graph, allowsDerivatives: allowsDerivatives)
    } catch {
      // A pass has no part in how large tensors are.
      if let diagnostic = error.diagnostic, ["elaborated", "differentiated"].contains(stage) { throw diagnostic }
      throw PassError(pass: stage, cause: error)
    }
  }

  /// Runs both on small shapes where that is quick.
  private mutating func compare(_ reference: Graph, _ exact: Graph) {
    guard let dims = Verification.smallDims(reference), let cost = reference.cost(dims), cost <= Self.costLimit,
      let other = exact.cost(dims), other <= Self.costLimit
    else { return }
    let inputs = reference.sampleInputs(dims)
    let expected = Result { try GraphInterpreter.run(reference, inputs: inputs, dims: dims) }
    let found = Result { try GraphInterpreter.run(exact, inputs: inputs, dims: dims) }
    switch (expected, found) {
    case (.success(let expected), .success(let found)):
      for (output, (a, b)) in zip(reference.results, zip(expected, found)) where !a.hasSameBits(as: b) {
        faults.append("exact passes change \(output.name): \(a) is \(b)")
      }
    // What is not needed may fault before it is removed.
    case (.failure, _): break
    case (.success, .failure(let fault)): faults.append("exact passes add a fault: \(fault)")
    }
  }
}
