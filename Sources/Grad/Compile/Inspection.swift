import GradAD
import GradCodegen
import GradIR
import GradLanguage
import GradPasses

/// The stages on the way from text to C, as `inspect` names them.
public enum Stage: String, Sendable, CaseIterable {
  case syntax, graph, jacobians, derivative, optimized, kernels, loops, c
}

/// A model's stages as text.
public struct Inspection: Sendable {
  private let source: SourceFile
  private let options: ModelOptions
  private let forEmbedding: Bool

  /// - Parameter forEmbedding: C as it is written for other compilers, not as libtcc is given it.
  public init(source: SourceFile, options: ModelOptions = ModelOptions(), forEmbedding: Bool = false) {
    self.source = source
    self.options = options
    self.forEmbedding = forEmbedding
  }

  /// What is declared in the model and never read; nothing where the model has mistakes.
  public var warnings: [Diagnostic] {
    elaborate(source, options: ElaborationOptions(precision: options.precision, bindings: options.dims)).0?.warnings ?? []
  }

  /// - Throws: `ModelError` with the mistakes of the model; of the syntax stage only those of syntax.
  public func text(of stage: Stage) throws -> String {
    if stage == .syntax {
      let (tree, diagnostics) = Parser.parse(source)
      if !diagnostics.isEmpty { throw ModelError(diagnostics, in: source) }
      return SyntaxPrinter.print(tree)
    }
    let model = try Model(source: source, options: options)
    switch stage {
    case .syntax, .graph: return GraphPrinter.print(model.graph)
    case .jacobians: return describeJacobians(of: model.graph)
    case .derivative: return GraphPrinter.print(model.derivative)
    case .optimized: return GraphPrinter.print(model.optimized)
    case .kernels: return generated(model).kernels
    case .loops: return generated(model).loops
    case .c: return generated(model).source
    }
  }

  /// The words of `text(after:)`: the passes in their order.
  public static var passes: [String] { Pass.all.map(\.name) }

  /// The graph after a pass, or after each under its heading for `all`; "unchanged" where the pass changed nothing.
  public func text(after pass: String) throws -> String {
    let model = try Model(source: source, options: options)
    var clock = StageClock()
    var texts: [(name: String, text: String)] = []
    _ = try Pipeline().run(model.derivative, &clock) { name, graph in
      if pass == "all" || pass == name { texts.append((name, graph.map { GraphPrinter.print($0) } ?? "unchanged")) }
    }
    return texts.map { pass == "all" ? "== after \($0.name) ==\n\($0.text)" : $0.text }.joined(separator: "\n\n")
  }

  private func generated(_ model: Model) -> GeneratedC {
    model.generatedC(for: forEmbedding ? .embedded : .jit, isDescribed: true)
  }

  /// What each stage and pass took.
  public func timings() throws -> [StageTiming] {
    let model = try Model(source: source, options: options)
    var clock = StageClock()
    _ = clock.measure("generate C") { generated(model) }
    return model.timings + clock.timings
  }
}
