import GradAD
import GradIR
import GradPasses
import Synchronization

/// What follows from a model's graph: made once, at the latest when it is first asked for.
final class ModelStages: Sendable {
  /// What is run and printed, and what each stage and pass took.
  final class Result: Sendable {
    let optimized: Graph
    let timings: [StageTiming]

    init(_ graph: Graph, of source: SourceFile) throws {
      var clock = StageClock()
      try ModelStages.verify(graph, of: source, allowsDerivatives: true)
      let derivative = try clock.measure("differentiate") { try ModelStages.derivative(of: graph, source) }
      try ModelStages.verify(derivative, of: source, allowsDerivatives: false)
      optimized = try Pipeline().run(derivative, &clock)
      timings = clock.timings
    }
  }

  private let graph: Graph
  private let source: SourceFile
  private let made = AtomicLazyReference<Result>()

  init(_ graph: Graph, of source: SourceFile) {
    self.graph = graph
    self.source = source
  }

  /// - Throws: `ModelError` for a model that is too large; `VerifierError` or `PassError`, bugs of the compiler.
  @discardableResult
  func make() throws -> Result { try made.load() ?? made.storeIfNil(Result(graph, of: source)) }

  // What succeeded before: when the model was made, or when this build of gradc made the code that is kept for it.
  var result: Result { known(make) }
  /// Made anew each time: it is as large as the others, and seldom looked at.
  var derivative: Graph { known { try ModelStages.derivative(of: graph, source) } }

  private func known<Value>(_ stage: () throws -> Value) -> Value {
    do {
      return try stage()
    } catch {
      preconditionFailure("a stage that succeeded before fails: \(error)")
    }
  }

  private static func derivative(of graph: Graph, _ source: SourceFile) throws -> Graph {
    do {
      return try differentiate(graph, limit: GraphTooLarge.defaultLimit)
    } catch {
      throw ModelError([error.diagnostic], in: source)
    }
  }

  private static func verify(_ graph: Graph, of source: SourceFile, allowsDerivatives: Bool) throws {
    do {
      try GraphVerifier.verify(graph, allowsDerivatives: allowsDerivatives)
    } catch {
      throw error.diagnostic.map { ModelError([$0], in: source) } ?? error as any Error
    }
  }
}
