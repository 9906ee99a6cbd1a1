/// What can go wrong in a run of a graph that is right: facts; the words are in `RunFault+Diagnostics.swift`.
public enum RunFault: Error, Hashable, Sendable {
  /// An index of a gather or scatter lies outside the axis that it selects on.
  case indexOutOfRange(IndexFault)
  /// The dims do not meet what the model asks of them.
  case unmet(Requirement)
  /// An operation made a NaN or an infinity, where that was asked for.
  case notFinite(FiniteFault)

  public struct IndexFault: Hashable, Sendable {
    /// The gather or scatter_add, an index into the nodes of its graph.
    public var node: Int
    /// The model's name of the indices, if it has one.
    public var name: String?
    /// Where in the index tensor.
    public var position: [Int]
    public var value: Int64
    /// The extent of the axis.
    public var extent: Int
    public var source: SourceRange?
    /// The step of each loop around it, outermost first.
    public var steps: [Int]
    public init(
      node: Int, name: String? = nil, position: [Int], value: Int64, extent: Int, source: SourceRange? = nil, steps: [Int] = []
    ) {
      self.node = node
      self.name = name
      self.position = position
      self.value = value
      self.extent = extent
      self.source = source
      self.steps = steps
    }
  }

  public struct FiniteFault: Hashable, Sendable {
    /// The op's word.
    public var operation: String
    /// The model's name of what it makes, if it has one.
    public var name: String?
    public var position: [Int]
    public var value: Double
    public var source: SourceRange?
    /// The step of each loop around it, outermost first.
    public var steps: [Int] = []
  }

  /// The fault as seen from outside a loop.
  func within(step: Int) -> RunFault {
    switch self {
    case .indexOutOfRange(var fault):
      fault.steps.insert(step, at: 0)
      return .indexOutOfRange(fault)
    case .notFinite(var fault):
      fault.steps.insert(step, at: 0)
      return .notFinite(fault)
    case .unmet: return self
    }
  }
}
