/// Builds a graph node by node; equal nodes are one (hash-consing), except variables.
///
/// A type rule that fails here is a bug of the caller: check user input by `TypeRule.infer` first. But a derivative may need tensors beyond
/// all bounds where the model has none: they are taken here, and refused by `GraphVerifier`.
public final class GraphBuilder {
  public private(set) var graph = Graph()
  private var table = NodeTable()
  private var requirements: Set<Requirement> = []
  private var variableCount = 0
  /// The place in the model that nodes made from now on come from.
  public var source: SourceRange?

  /// So many nodes are wanted at most; more can be added all the same.
  public var limit = Int.max
  public var isFull: Bool { graph.nodes.count > limit }

  public init() {}
  /// Continues a graph.
  public init(_ graph: Graph) {
    self.graph = graph
    requirements = Set(graph.requirements)
    for (index, node) in graph.nodes.enumerated() {
      if case .variable(let number) = node.op {
        variableCount = max(variableCount, number + 1)
      } else {
        table.insert(index, NodeTable.hash(node.op, node.operands))
      }
    }
  }

  public func node(of value: ValueID) -> Node { graph.node(of: value) }
  public func type(of value: ValueID) -> TensorType { graph.type(of: value) }
  public func shape(of value: ValueID) -> Shape { graph.type(of: value).shape }
  public func rank(_ value: ValueID) -> Int { graph.type(of: value).rank }

  /// The first result of the equal node, if there is one.
  public func existing(_ op: Op, _ operands: [ValueID]) -> ValueID? {
    table.find(op, operands, NodeTable.hash(op, operands), in: graph.nodes).map { graph.nodes[$0].firstResult }
  }
  /// Adds a node, or finds the equal one; gives its first result.
  @discardableResult
  public func add(_ op: Op, _ operands: [ValueID]) -> ValueID { add(op, operands, types: nil) }
  /// - Parameter known: the results' types, of a node that is made anew as it was.
  func add(_ op: Op, _ operands: [ValueID], types known: [TensorType]?) -> ValueID {
    let hash = NodeTable.hash(op, operands)
    if let found = table.find(op, operands, hash, in: graph.nodes) { return graph.nodes[found].firstResult }
    let types: [TensorType]
    if let known {
      types = known
    } else if case .parameter(let index) = op {
      types = [graph.parameters[index].type]
    } else {
      do {
        types = try TypeRule.inferAnySize(op, operands.map(graph.type(of:)))
      } catch {
        preconditionFailure("type rule of \(op.name): \(error.message)")
      }
    }
    // Most results are of an operand's type: then both have one array of types, which is in a cache when the node is copied.
    var shared = types
    if let like = operands.first(where: { graph.nodes[graph.nodeIndex(of: $0)].types == types }) {
      shared = graph.nodes[graph.nodeIndex(of: like)].types
    }
    let first = ValueID(graph.nodeOfValue.count)
    graph.nodeOfValue.append(contentsOf: repeatElement(Int32(graph.nodes.count), count: types.count))
    graph.nodes.append(Node(op: op, operands: operands, types: shared, firstResult: first, source: source))
    if case .variable = op { return first }
    table.insert(graph.nodes.count - 1, hash)
    return first
  }
  /// Adds a node and gives all its results.
  public func addAll(_ op: Op, _ operands: [ValueID]) -> [ValueID] {
    let first = Int(add(op, operands).index)
    return graph.node(of: ValueID(first)).types.indices.map { ValueID(first + $0) }
  }

  public func parameter(_ parameter: Parameter) -> ValueID {
    graph.parameters.append(parameter)
    return add(.parameter(graph.parameters.count - 1), [])
  }
  /// Takes over another graph's parameters; `.parameter` nodes read them by index.
  public func declare(_ parameters: [Parameter]) { graph.parameters += parameters }
  /// x as a value of its own.
  public func variable(_ x: ValueID) -> ValueID {
    variableCount += 1
    return add(.variable(variableCount - 1), [x])
  }
  /// The model's name of a value; the first name stays.
  public func name(_ value: ValueID, _ name: String) { if graph.names[value] == nil { graph.names[value] = name } }
  public func output(_ name: String, _ value: ValueID, source: SourceRange? = nil) {
    graph.results.append(Output(name: name, value: value, source: source))
  }
  public func require(_ requirement: Requirement) {
    if requirements.insert(requirement).inserted { graph.requirements.append(requirement) }
  }

  /// The graph as it stands.
  public func finish() -> Graph { graph }
}
