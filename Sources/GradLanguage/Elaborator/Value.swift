import GradIR

/// What an expression means.
indirect enum Value {
  /// What a mistake has poisoned; nothing more is said about it.
  case error
  /// A scalar known while compiling: a literal, a dim, what is made of them.
  case number(Number)
  case tensor(TensorValue)
  /// `[a, b]`: a shape, axes, or a tensor when one is needed.
  case list([Value], at: SourceRange?)
  /// Several values: the state of a loop, the results of a function.
  case tuple([Value])
  /// The first argument of `einsum`.
  case text(String)
  /// All axes: the prelude's `_all`.
  case everything

  var isError: Bool {
    switch self {
    case .error: true
    case .list(let values, _), .tuple(let values): values.contains { $0.isError }
    default: false
    }
  }
}

/// A scalar known while compiling.
enum Number: Hashable {
  /// An integer expression over dims.
  case integer(Dim)
  case float(Double)
  case bool(Bool)

  /// The value as a double, where no dim is unknown.
  var double: Double? {
    switch self {
    case .integer(let dim): dim.constant.map(Double.init)
    case .float(let value): value
    case .bool: nil
    }
  }
}

/// A value of a graph.
struct TensorValue {
  var id: ValueID
  var type: TensorType
  /// True of literals, dims and what is made of them alone: a float (kept as f64) or an integer (kept as i64) that takes the type of
  /// what it meets.
  var isWeak: Bool
  /// The graph that it is a value of.
  var context: ElaborationContext
  var dtype: DType { type.dtype }
  var shape: Shape { type.shape }
  var rank: Int { type.rank }
}

/// A graph under construction: the model's, or the body of a loop with the graph around it.
final class ElaborationContext {
  let builder = GraphBuilder()
  let parent: ElaborationContext?
  /// How many loops are around it.
  let depth: Int
  /// The parent's values that the body reads, in the order of their parameters.
  private(set) var captures: [ValueID] = []
  private var brought: [ValueID: ValueID] = [:]
  /// The parent's values that are computed again in the body, because a derivative in the body goes through them.
  let inlined: Set<ValueID>
  /// The parent's values that a derivative in the body, or in a loop of it, is taken by.
  var derivativeSources: Set<ValueID> = []
  /// By a value of the parent: the variable of the body that stands for a change of it, where derivatives go through states.
  private(set) var changes: [ValueID: ValueID] = [:]
  private(set) var sources: [ValueID] = []
  private var nameOrder = 0
  /// True where a name of the parent is computed again: a derivative taken by it outside would miss the body.
  private(set) var repeatsNames = false

  init(parent: ElaborationContext? = nil, inlined: Set<ValueID> = []) {
    self.parent = parent
    depth = parent.map { $0.depth + 1 } ?? 0
    self.inlined = inlined
  }

  /// Lets what reads the parent's values read them with a change, a variable that is zero.
  func addChanges(to values: [ValueID], nameOrder: Int, of outer: GraphBuilder) {
    (sources, self.nameOrder) = (values, nameOrder)
    for value in values { changes[value] = builder.variable(builder.zeros(outer.type(of: value))) }
  }

  /// The parent's value in this body: computed again where that is cheap or a derivative needs it, else captured.
  func bring(_ value: ValueID, from outer: GraphBuilder) -> ValueID {
    if let known = brought[value] { return known }
    // Those to be computed again, found depth first; their ids are in topological order.
    var pending = [value]
    var found: Set<ValueID> = []
    while let next = pending.popLast() {
      if brought[next] != nil || !found.insert(next).inserted { continue }
      let node = outer.graph.node(of: next)
      if isCheap(node, outer) || inlined.contains(next) && !isExpanded(node) { pending += node.operands }
    }
    for next in found.sorted() where brought[next] == nil {
      let node = outer.graph.node(of: next)
      if inlined.contains(next), isExpanded(node) {
        let parts = ([next] + derivatives(of: next, order: nameOrder, in: outer)).map { part in
          captures.append(part)
          let name = (outer.graph.names[next] ?? "capture\(captures.count)") + (part == next ? "" : "_derivative\(captures.count)")
          return builder.parameter(Parameter(name: name, type: outer.type(of: part), role: .body, source: node.source))
        }
        brought[next] = builder.variable(expanded(parts[0], Array(parts.dropFirst())))
        continue
      }
      guard isCheap(node, outer) || inlined.contains(next) else {
        let type = outer.type(of: next)
        let name: String
        if case .parameter(let index) = node.op {
          name = outer.graph.parameters[index].name
        } else {
          name = outer.graph.names[next] ?? "capture\(captures.count)"
        }
        captures.append(next)
        brought[next] = builder.parameter(Parameter(name: name, type: type, role: .body, source: node.source))
        change(next)
        continue
      }
      var operands = node.operands.map { brought[$0] ?? $0 }
      // A derivative by what is read with a change is one by the change.
      if case .derivative(let kind) = node.op {
        for place in 1..<(kind == .gradient ? operands.count : 2) { operands[place] = changes[node.operands[place]] ?? operands[place] }
      }
      if case .variable = node.op {
        repeatsNames = true
        brought[next] = builder.variable(operands[0])
      } else {
        for (old, new) in zip(node.results, builder.addAll(node.op, operands)) { brought[old] = new }
      }
      change(next)
    }
    return brought[value] ?? value
  }

  private func isExpanded(_ node: Node) -> Bool {
    if case .variable = node.op { nameOrder > 0 } else { false }
  }

  private func change(_ value: ValueID) {
    if let change = changes[value], let own = brought[value] { brought[value] = builder.add(own, change) }
  }

  /// The body's value for one of the parent's, where it reads it.
  func reading(of value: ValueID) -> ValueID? { brought[value] }

  private func isCheap(_ node: Node, _ outer: GraphBuilder) -> Bool {
    switch node.op {
    case .constant, .dimension, .iota: return true
    case .broadcast, .cast: return isCheap(outer.graph.node(of: node.operands[0]), outer)
    default: return false
    }
  }
}
