import GradIR

/// Writes values that a rule has added to a graph as formulas over the values that were there.
struct FormulaWriter {
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
    case .constant(let constant) where constant.shape.isEmpty: return LinearMap.number(constant.double(at: 0), constant.dtype)
    case .parameter(let index): return graph.parameters[index].name
    case .dimension(let dim): return parenthesized("\(dim)", binding > 0 && "\(dim)".contains { " *".contains($0) })
    case .broadcast, .variable, .cast:
      if Int(value.index) >= known.valueCount || isConstant(value) { return text(node.operands[0], binding: binding) }
    default: break
    }
    guard Int(value.index) >= known.valueCount || isComparison(node) else { return value.description }
    let operands = node.operands
    if case .cumulative(let total) = node.op {
      return "\(node.op.name)(\(text(operands[0], binding: 0))\(total.exclusive ? ", exclusive" : "")\(total.reverse ? ", reverse" : ""))"
    }
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

  /// A condition on numbers, which is told rather than named. What combines conditions goes by its number: a formula stays short.
  private func isComparison(_ node: Node) -> Bool {
    guard case .map(let function) = node.op else { return false }
    return function.record.typeRule == .comparison && node.operands.allSatisfy { graph.type(of: $0).dtype != .bool }
  }

  private func isConstant(_ value: ValueID) -> Bool {
    switch graph.node(of: value).op {
    case .constant(let constant): return constant.shape.isEmpty
    case .dimension: return true
    case .broadcast, .cast: return isConstant(graph.node(of: value).operands[0])
    default: return false
    }
  }
  private func parenthesized(_ text: String, _ needed: Bool) -> String { needed ? "(\(text))" : text }
}
