import GradIR

/// Prints syntax as normalised source: one statement a line, every grouping of unlike operators in parentheses, so that one sees
/// what was understood. The text parses to the same syntax.
///
/// Expressions are printed by an explicit stack: their depth costs no stack of the process.
public struct SyntaxPrinter {
  private enum Piece {
    case text(String)
    case expression(ExpressionID)
    /// An operand: in parentheses where its grouping would not show.
    case operand(ExpressionID, of: BinaryOperator?)
  }
  private let tree: SyntaxTree
  private var text = ""

  public static func print(_ tree: SyntaxTree) -> String {
    var printer = SyntaxPrinter(tree: tree)
    for statement in tree.statements { printer.add(statement) }
    return printer.text
  }
  /// One expression, as `print` shows it.
  public static func print(_ expression: ExpressionID, of tree: SyntaxTree) -> String {
    var printer = SyntaxPrinter(tree: tree)
    printer.add(expression)
    return printer.text
  }
  private init(tree: SyntaxTree) { self.tree = tree }

  private func name(_ identifier: Identifier) -> String { tree.text(identifier.name) }

  private mutating func add(_ statement: SyntaxTree.Statement) {
    switch statement {
    case .dimensions(let range):
      for (place, index) in range.enumerated() {
        let dimension = tree.dimensions[index]
        text += (place == 0 ? "dim " : ", ") + name(dimension.identifier)
        if let size = dimension.size {
          text += " = "
          add(size)
        }
      }
    case .precision(let index): text += "precision \(tree.precisions[index].dtype.name)"
    case .parameter(let index):
      let parameter = tree.parameters[index]
      text += (parameter.kind == .input ? "input " : "param ") + name(parameter.identifier) + ": "
      add(parameter.type)
      if let initializer = parameter.initializer {
        text += " ~ "
        add(initializer)
      }
    case .definition(let id): add(tree[id])
    case .function(let index): add(tree.functions[index])
    case .outputs(let range):
      for (place, index) in range.enumerated() {
        text += place == 0 ? "output " : ", "
        if let label = tree.outputs[index].label { text += name(label) + " = " }
        add(tree.outputs[index].value)
      }
    }
    text += "\n"
  }

  private mutating func add(_ definition: DefinitionSyntax) {
    text += definition.targets.map(name).joined(separator: ", ")
    if let type = definition.type {
      text += ": "
      add(type)
    }
    text += " = "
    add(definition.value)
  }

  private mutating func add(_ function: FunctionSyntax) {
    text += "fn \(name(function.identifier))("
    for (place, parameter) in function.parameters.enumerated() {
      text += (place == 0 ? "" : ", ") + name(parameter.identifier)
      if let value = parameter.defaultValue {
        text += "="
        add(value)
      }
    }
    text += ") {\n"
    for id in function.definitions {
      text += "  "
      add(tree[id])
      text += "\n"
    }
    text += "  return "
    add(function.result)
    text += "\n}"
  }

  private mutating func add(_ type: TypeSyntax) {
    text += type.dtype?.name ?? ""
    if type.dtype != nil, type.shape.isEmpty { return }
    text += "["
    for (place, dimension) in type.shape.enumerated() {
      text += place == 0 ? "" : ", "
      add(dimension)
    }
    text += "]"
  }

  private mutating func add(_ expression: ExpressionID) {
    var pending: [Piece] = [.expression(expression)]
    while let piece = pending.popLast() {
      switch piece {
      case .text(let piece): text += piece
      case .expression(let id): pending += pieces(of: id).reversed()
      case .operand(let id, let context):
        if needsParentheses(id, in: context) {
          pending += [.text(")"), .expression(id), .text("(")]
        } else {
          pending.append(.expression(id))
        }
      }
    }
  }

  /// True of an operand whose grouping precedence alone would decide. A chain of one operator needs none.
  private func needsParentheses(_ id: ExpressionID, in context: BinaryOperator?) -> Bool {
    switch tree[id] {
    case .binary(let binary, _, _): binary != context
    case .conditional, .unary: true
    // The magnitude of -2^63 is no literal, and a minus would bind otherwise.
    case .integer(let value): value < 0
    default: false
    }
  }

  private func pieces(of id: ExpressionID) -> [Piece] {
    switch tree[id] {
    case .missing: return [.text("?")]
    case .integer(let value): return [.text(String(value))]
    case .float(let value): return [.text(value.description)]
    case .constant(let word): return [.text(word.rawValue)]
    case .name(let name): return [.text(tree.text(name))]
    case .text(let text): return [.text("\"\(text)\"")]
    case .unary(let unary, let operand): return [.text(unary == .negate ? "-" : "not "), .operand(operand, of: nil)]
    case .binary(let binary, let left, let right):
      // Comparisons do not chain, powers chain to the right, all others to the left.
      let chains = !(binary == .equal || binary.isComparison || binary == .power)
      return [
        .operand(left, of: chains ? binary : nil), .text(binary == .power ? "^" : " \(binary.spelling) "),
        .operand(right, of: binary == .power ? binary : nil),
      ]
    case .conditional(let condition, let then, let otherwise):
      var pieces: [Piece] = [.text("if "), .operand(condition, of: nil), .text(" then "), .operand(then, of: nil), .text(" else ")]
      if case .conditional = tree[otherwise] { pieces.append(.expression(otherwise)) } else { pieces.append(.operand(otherwise, of: nil)) }
      return pieces
    case .call(let name, let arguments):
      var pieces: [Piece] = [.text(tree.text(name) + "(")]
      for (place, index) in arguments.indices.enumerated() {
        let argument = tree.arguments[index]
        pieces.append(.text((place == 0 ? "" : ", ") + (argument.label.map { self.name($0) + "=" } ?? "")))
        pieces.append(.expression(argument.value))
      }
      return pieces + [.text(")")]
    case .index(let operand, let items):
      var pieces: [Piece] = [.operand(operand, of: nil), .text("[")]
      for (place, index) in items.indices.enumerated() {
        if place > 0 { pieces.append(.text(", ")) }
        switch tree.indexItems[index] {
        case .ellipsis: pieces.append(.text("..."))
        case .position(let position): pieces.append(.expression(position))
        case .slice(let start, let stop, let step):
          if let start { pieces.append(.expression(start)) }
          pieces.append(.text(":"))
          if let stop { pieces.append(.expression(stop)) }
          if let step { pieces += [.text(":"), .expression(step)] }
        }
      }
      return pieces + [.text("]")]
    case .list(let elements): return listing(elements, "[", "]")
    case .tuple(let elements): return listing(elements, "(", elements.count == 1 ? ",)" : ")")
    case .transposed(let operand): return [.operand(operand, of: nil), .text(".T")]
    }
  }

  private func listing(_ elements: SyntaxSlice, _ opener: String, _ closer: String) -> [Piece] {
    var pieces: [Piece] = [.text(opener)]
    for (place, index) in elements.indices.enumerated() {
      if place > 0 { pieces.append(.text(", ")) }
      pieces.append(.expression(tree.elements[index]))
    }
    return pieces + [.text(closer)]
  }
}

extension BinaryOperator {
  /// The operator as models write it.
  public var spelling: String {
    switch self {
    case .or: "or"
    case .and: "and"
    case .equal: "=="
    case .notEqual: "!="
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divide: "/"
    case .matrixMultiply: "@"
    case .power: "^"
    }
  }
  /// True of `== != < <= > >=`.
  public var isComparison: Bool {
    switch self {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: true
    default: false
    }
  }
}
