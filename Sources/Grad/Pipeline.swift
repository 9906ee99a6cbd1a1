import GradIR
import GradPasses

/// The passes from the differentiated to the optimized graph, each verified after it has run.
public struct Pipeline: Sendable {
  /// In the order in which they run.
  public var passes: [Pass]
  /// By default all passes.
  public init(passes: [Pass] = Pass.all) { self.passes = passes }

  /// - Parameter observe: Called with the name of each pass and the graph that it gives, nil where it changed nothing.
  /// - Throws: `PassError`, a bug of the compiler, that names the pass which broke the graph.
  func run(_ graph: Graph, _ clock: inout StageClock, observe: (String, Graph?) -> Void = { _, _ in }) throws -> Graph {
    var current = graph
    for pass in passes {
      let before = current
      current = clock.measure(pass.name) { pass.run(before) }
      if current == before {
        observe(pass.name, nil)
        continue
      }
      do {
        try clock.measure("verify \(pass.name)") { try GraphVerifier.verify(current, allowsDerivatives: false) }
      } catch {
        throw PassError(pass: pass.name, cause: error)
      }
      observe(pass.name, current)
    }
    return current
  }
}

/// A pass that broke the graph: a bug of the compiler.
public struct PassError: Error, CustomStringConvertible {
  /// The pass's name.
  public let pass: String
  /// What the verifier says of the graph that it made.
  public let cause: any Error
  /// Says which pass, and how.
  public var description: String { "pass \(pass) broke the graph: \(cause)" }
}

/// What one stage took.
public struct StageTiming: Hashable, Sendable, CustomStringConvertible {
  /// The stage or the pass: `parse`, `verify simplify`.
  public let name: String
  /// The time that it took.
  public let milliseconds: Double
  /// As `--timings` prints it.
  public var description: String { "\(name): \(milliseconds.rounded(to: 3)) ms" }
}

/// Measures stages.
struct StageClock {
  private(set) var timings: [StageTiming] = []
  private let clock = ContinuousClock()

  mutating func measure<Result>(_ name: String, _ work: () throws -> Result) rethrows -> Result {
    let start = clock.now
    let result = try work()
    let elapsed = (clock.now - start).components
    timings.append(
      StageTiming(name: name, milliseconds: Double(elapsed.seconds) * 1e3 + Double(elapsed.attoseconds) * 1e-15))
    return result
  }
}
