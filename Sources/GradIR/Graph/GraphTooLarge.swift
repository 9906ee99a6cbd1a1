/// A model whose operations, once everything is written out, are more than gradc takes: calls are inlined, derivatives expanded.
public struct GraphTooLarge: Error, Hashable, Sendable {
  /// What made it so large.
  public enum Cause: Hashable, Sendable { case calls, operations, derivatives }
  public var cause: Cause
  /// The call, operation or derivative at which the limit was passed.
  public var source: SourceRange?
  public var limit: Int
  public init(_ cause: Cause, at source: SourceRange?, limit: Int) {
    self.cause = cause
    self.source = source
    self.limit = limit
  }

  /// The most operations of a model, those in the bodies of its loops counted. A node takes about half a kilobyte.
  public static let defaultLimit = 250_000
  /// The most calls of functions that are inlined.
  public static let callLimit = 200_000
}

extension Graph {
  /// The number of nodes, those in the bodies of loops counted.
  public var totalNodeCount: Int { nodes.reduce(0) { $0 + $1.totalCount } }
}

extension Node {
  /// One, and what the body holds where the node is a loop.
  public var totalCount: Int { if case .loop(let loop) = op { 1 + loop.body.totalNodeCount } else { 1 } }
}
