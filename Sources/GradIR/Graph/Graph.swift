/// A value of a graph: one result of one node.
public struct ValueID: Hashable, Numbered, Sendable, Comparable, CustomStringConvertible {
  /// Its place among the graph's values.
  public let index: Int32
  @inlinable public init(_ index: Int) { self.index = Int32(index) }
  @inlinable public var number: Int { Int(index) }
  @inlinable public static func < (a: ValueID, b: ValueID) -> Bool { a.index < b.index }
  public var description: String { "%\(index)" }
}

/// One application of an op. Its results are the values firstResult ..< firstResult + types.count.
public struct Node: Hashable, Sendable {
  /// What it does with its operands.
  public var op: Op
  /// The values that it reads.
  public var operands: [ValueID]
  /// The type of each result.
  public var types: [TensorType]
  /// The first of its results, which follow one another.
  public var firstResult: ValueID
  /// Where in the model it comes from.
  public var source: SourceRange?

  /// All its results.
  @inlinable public var results: NodeResults { NodeResults(first: firstResult, count: types.count) }
}

/// The results of a node, which follow one another.
public struct NodeResults: RandomAccessCollection, Sendable {
  @usableFromInline let first: ValueID
  public let endIndex: Int
  @inlinable init(first: ValueID, count: Int) {
    self.first = first
    endIndex = count
  }
  @inlinable public var startIndex: Int { 0 }
  @inlinable public subscript(place: Int) -> ValueID { ValueID(Int(first.index) + place) }
}

/// What a graph is given.
public struct Parameter: Hashable, Sendable {
  public enum Role: Hashable, Sendable {
    /// Data of each call.
    case input
    /// A value to be learnt, with its initializer if it has one.
    case param(Initializer?)
    /// A loop body's state, slice or capture.
    case body
  }
  public var name: String
  public var type: TensorType
  public var role: Role
  public var source: SourceRange?
  public init(name: String, type: TensorType, role: Role = .body, source: SourceRange? = nil) {
    self.name = name
    self.type = type
    self.role = role
    self.source = source
  }
}

/// How a param that is not given starts; seeded, the same on every machine.
public enum Initializer: Hashable, Sendable {
  case zeros, ones, glorot, he
  case constant(Double)
  /// An integer, which a float may not hold.
  case constantInteger(Int64)
  case normal(standardDeviation: Double)
  case uniform(low: Double, high: Double)
}

/// What a graph gives.
public struct Output: Hashable, Sendable {
  public var name: String
  public var value: ValueID
  public var source: SourceRange?
  public init(name: String, value: ValueID, source: SourceRange? = nil) {
    self.name = name
    self.value = value
    self.source = source
  }
}

/// What must hold of the dims when they are bound: `left relation right`.
public struct Requirement: Hashable, Sendable {
  public enum Relation: String, Hashable, Sendable {
    case equal = "=="
    case atLeast = ">="
  }
  public var left: Dim
  public var relation: Relation
  public var right: Dim
  /// What it means in the model's words: "the max of an empty axis (`batch`)".
  public var message: String
  public var source: SourceRange?
  public init(_ left: Dim, _ relation: Relation, _ right: Dim, message: String, source: SourceRange? = nil) {
    self.left = left
    self.relation = relation
    self.right = right
    self.message = message
    self.source = source
  }
}

/// A program of values: nodes in topological order, parameters in, outputs out. A value type; made by `GraphBuilder`.
///
/// Invariants (checked by `GraphVerifier`): operands come before their node; types are what the op's type rule gives; parameter
/// nodes agree with `parameters`.
public struct Graph: Hashable, Sendable {
  /// Each after those whose results it reads.
  public var nodes: [Node] = []
  /// The node of each value.
  public var nodeOfValue: [Int32] = []
  /// What the program is given: inputs and params in the order of the model, or what a loop's body is handed.
  public var parameters: [Parameter] = []
  /// What it gives, in order.
  public var results: [Output] = []
  /// What must hold of the dims before it runs.
  public var requirements: [Requirement] = []
  /// The model's names of values, for printing; the first name wins.
  public var names: [ValueID: String] = [:]

  /// A program without nodes.
  public init() {}

  /// The node that computes a value.
  @inlinable public func node(of value: ValueID) -> Node { nodes[Int(nodeOfValue[Int(value.index)])] }
  /// Its place among the nodes.
  @inlinable public func nodeIndex(of value: ValueID) -> Int { Int(nodeOfValue[Int(value.index)]) }
  /// Which of its node's results the value is.
  @inlinable public func resultIndex(of value: ValueID) -> Int {
    Int(value.index - nodes[Int(nodeOfValue[Int(value.index)])].firstResult.index)
  }
  /// Number type and shape of a value.
  @inlinable public func type(of value: ValueID) -> TensorType {
    let node = Int(nodeOfValue[Int(value.index)])
    return nodes[node].types[Int(value.index - nodes[node].firstResult.index)]
  }
  /// The shape of a value.
  public func shape(of value: ValueID) -> Shape { type(of: value).shape }
  /// The number of values: that of the nodes, but that some have several results.
  public var valueCount: Int { nodeOfValue.count }

  /// The value of each parameter, nil where no node reads it.
  public var parameterValues: [ValueID?] {
    var values = [ValueID?](repeating: nil, count: parameters.count)
    for node in nodes { if case .parameter(let index) = node.op { values[index] = node.firstResult } }
    return values
  }

  // Hashing reads the size and the last nodes only: enough to tell bodies apart, and constant in cost.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(nodes.count)
    hasher.combine(parameters.count)
    for node in nodes.suffix(4) {
      hasher.combine(node.operands)
      hasher.combine(node.types)
    }
  }
}
