import GradIR

extension LinearMap: CustomStringConvertible {
  /// The map with coefficients by number: `diag(%7)`.
  public var description: String { description { $0.description } }

  /// The map as mathematics writes it, coefficients by a name that is given: `diag(1 − y²)`, `W`, `1ᵀ`.
  public func description(naming name: (ValueID) -> String) -> String {
    switch form {
    case .zero: return "0"
    case .identity: return "I"
    case .scale(-1): return "−I"
    case .scale(let factor): return "\(LinearMap.number(factor)) I"
    case .diagonal(let coefficient, _): return domain.isScalar ? name(coefficient) : "diag(\(name(coefficient)))"
    case .choose(let condition, true): return "diag(\(name(condition)))"
    case .choose(let condition, false): return "diag(not \(name(condition)))"
    case .contract(let coefficient, let labels, _): return LinearMap.product(name(coefficient), labels)
    case .broadcast where domain.isScalar: return "1"
    case .broadcast(let axes): return "broadcast(axes \(axes) of \(range.shape))"
    case .sum where range.isScalar: return "1ᵀ"
    case .sum(let axes): return "sum(axes \(axes))"
    case .reshape: return "reshape(\(domain.shape) → \(range.shape))"
    case .permute(let permutation): return "transpose(\(permutation))"
    case .slice: return "slice(\(domain.shape) → \(range.shape))"
    case .pad: return "pad(\(domain.shape) → \(range.shape))"
    case .flip(let axes): return "flip(axes \(axes))"
    case .diagonalAxes(let diagonal): return "\(diagonal.mode.rawValue)_diagonal(axes \(diagonal.first), \(diagonal.second))"
    case .gather(let indices, _): return "gather(\(name(indices)))"
    case .scatterAdd(let indices, _): return "scatter_add(\(name(indices)))"
    case .window: return "window(\(domain.shape) → \(range.shape))"
    case .windowAdd: return "window_add(\(domain.shape) → \(range.shape))"
    case .cumulativeSum(let cumulation):
      return "cumulative_sum(axis \(cumulation.axis)\(cumulation.exclusive ? ", exclusive" : "")\(cumulation.reverse ? ", reverse" : ""))"
    case .recurrence(let coefficient, let recurrence):
      return "recurrence(\(name(coefficient)), axis \(recurrence.axis)\(recurrence.reverse ? ", reverse" : ""))"
    case .triangularSolve(let a, let lower, let transposed, _):
      return "\(lower ? "lower" : "upper")(\(name(a)))\(transposed ? "⁻ᵀ" : "⁻¹")"
    case .cast: return "cast(\(domain.dtype) → \(range.dtype))"
    case .product(let maps):
      return maps.map { map in
        if case .total = map.form { return "(\(map.description(naming: name)))" }
        return map.description(naming: name)
      }.joined(separator: " ")
    case .total(let maps): return maps.map { $0.description(naming: name) }.joined(separator: " + ")
    }
  }

  private static func product(_ w: String, _ labels: ContractLabels) -> String {
    switch (labels.coefficient.count, labels.domain.count, labels.range.count) {
    case (1, 1, 0): return "\(w)ᵀ"
    case (1, 0, 1): return w
    case (2, 1, 1) where labels.coefficient == labels.range + labels.domain: return w
    case (2, 1, 1) where labels.coefficient == labels.domain + labels.range: return "\(w)ᵀ"
    default: break
    }
    var letters: [Int: Character] = [:]
    let text = [labels.coefficient, labels.domain, labels.range].map { own in
      String(
        own.map { label -> Character in
          if let known = letters[label] { return known }
          let letter = Character(Unicode.Scalar(UInt8(ascii: "i") + UInt8(letters.count % 18)))
          letters[label] = letter
          return letter
        })
    }
    return "einsum(\"\(text[0]),\(text[1])->\(text[2])\", \(w), ·)"
  }

  /// A number without a needless `.0`.
  static func number(_ value: Double) -> String {
    let text = "\(value.magnitude)"
    return (value.sign == .minus ? "−" : "") + (text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
  }
}

/// The Jacobian of a node by one of its operands in words, coefficients as formulas over the graph's names: `diag(1 − y²)`.
public func describeJacobian(of node: Node, operandIndex: Int, in graph: Graph) -> String {
  if case .loop = node.op { return "loop" }
  let builder = GraphBuilder(graph)
  let map = localJacobian(node, operandIndex: operandIndex, in: builder)
  return map.description { FormulaWriter(graph: builder.graph, known: graph).text($0, binding: 0) }
}

/// Writes values that a rule has added to a graph as formulas over the values that were there.
private struct FormulaWriter {
  let graph: Graph
  let known: Graph
  private static let infix: [String: (symbol: String, strength: Int)] = [
    "add": ("+", 1), "subtract": ("−", 1), "multiply": ("·", 2), "divide": ("/", 2), "equal": ("=", 0), "not_equal": ("≠", 0),
    "less": ("<", 0), "less_equal": ("≤", 0), "greater": (">", 0), "greater_equal": ("≥", 0), "and": ("and", 0),
  ]

  /// - Parameter binding: how strongly what stands around binds: 0 nothing, 1 sums, 2 products, 3 powers and calls.
  func text(_ value: ValueID, binding: Int) -> String {
    if let name = graph.names[value] { return name }
    let node = graph.node(of: value)
    switch node.op {
    case .constant(let constant) where constant.shape.isEmpty: return LinearMap.number(constant.double(at: 0))
    case .parameter(let index): return graph.parameters[index].name
    case .broadcast, .variable, .cast:
      if Int(value.index) >= known.valueCount || isConstant(value) { return text(node.operands[0], binding: binding) }
    default: break
    }
    guard Int(value.index) >= known.valueCount else { return value.description }
    let operands = node.operands
    guard case .map(let function) = node.op else {
      return "\(node.op.name)(\(operands.map { text($0, binding: 0) }.joined(separator: ", ")))"
    }
    if function.name == "multiply", operands[0] == operands[1] { return "\(text(operands[0], binding: 3))²" }
    if function.name == "negate" { return parenthesized("−\(text(operands[0], binding: 2))", binding > 1) }
    if function.name == "power" { return parenthesized("\(text(operands[0], binding: 3))^\(text(operands[1], binding: 3))", binding > 2) }
    if let (symbol, strength) = FormulaWriter.infix[function.name] {
      let right = function.name == "subtract" || function.name == "divide" ? strength + 1 : strength
      let formula = "\(text(operands[0], binding: strength)) \(symbol) \(text(operands[1], binding: right))"
      return parenthesized(formula, binding > strength)
    }
    if function.name == "select" {
      let parts = [text(operands[1], binding: 1), text(operands[0], binding: 0), text(operands[2], binding: 1)]
      return parenthesized("\(parts[0]) if \(parts[1]) else \(parts[2])", binding > 0)
    }
    return "\(function.name)(\(operands.map { text($0, binding: 0) }.joined(separator: ", ")))"
  }

  private func isConstant(_ value: ValueID) -> Bool {
    if case .constant = graph.node(of: value).op { return true }
    return graph.node(of: value).operands.count == 1 && isConstant(graph.node(of: value).operands[0])
  }
  private func parenthesized(_ text: String, _ needed: Bool) -> String { needed ? "(\(text))" : text }
}
