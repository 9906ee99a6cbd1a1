import GradIR

// Warnings of what is declared and never read. They follow from the text alone; a name that begins with `_` is not asked for.
extension Elaborator {
  func warnings() -> [Diagnostic] {
    let reads = Reads(self)
    var found: [Diagnostic] = []
    func warn(_ id: String, _ what: String, _ identifier: Identifier, hint: String) {
      let name = tree.text(identifier.name)
      if name.hasPrefix("_") { return }
      found.append(
        Diagnostic(
          "unused.\(id)", "the \(what) `\(name)` is never \(id == "function" ? "called" : "read")", at: identifier.range,
          hint: "\(hint), or begin its name with `_`", severity: .warning))
    }
    func check(_ id: DefinitionID, _ names: Set<NameID>) {
      let targets = tree[id].targets
      if targets.contains(where: { names.contains($0.name) || tree.text($0.name).hasPrefix("_") }) { return }
      warn("definition", "definition", targets[0], hint: "remove it, return it")
    }
    for syntax in tree.dimensions where !reads.names.contains(syntax.identifier.name) {
      warn("dim", "dim", syntax.identifier, hint: "remove it")
    }
    for syntax in tree.parameters where !reads.names.contains(syntax.identifier.name) {
      let kind = syntax.kind == .input ? "input" : "param"
      warn(kind, kind, syntax.identifier, hint: "remove it")
    }
    for case .definition(let id) in tree.statements { check(id, reads.names) }
    for (index, function) in tree.functions.enumerated() {
      if !reads.functions.contains(index) { warn("function", "function", function.identifier, hint: "remove it") }
      for id in function.definitions { check(id, reads.own[index]) }
    }
    return found.sortedByPlace()
  }

  /// What the expressions of a text read.
  private struct Reads {
    /// Names of the model.
    var names: Set<NameID> = []
    /// Names of its own that each function reads.
    var own: [Set<NameID>]
    /// Functions that are called or handed to a loop.
    var functions: Set<Int> = []

    init(_ elaborator: Elaborator) {
      let tree = elaborator.tree
      own = tree.functions.map { _ in [] }
      var handed: Set<ExpressionID> = []
      for expression in tree.expressions {
        guard case .call(let callee, let arguments) = expression else { continue }
        if let function = elaborator.functions[callee] { functions.insert(function) }
        guard elaborator.isLoop(callee, of: tree), let first = arguments.indices.first else { continue }
        let argument = tree.arguments[first].value
        guard case .name(let name) = tree[argument], let function = elaborator.functions[name] else { continue }
        functions.insert(function)
        handed.insert(argument)
      }
      var owner = [Int?](repeating: nil, count: tree.expressions.count)
      for (index, function) in tree.functions.enumerated() {
        for place in function.expressions { owner[place] = index }
      }
      let bound = tree.functions.map { function in
        Set(function.parameters.map(\.identifier.name) + function.definitions.flatMap { tree[$0].targets.map(\.name) })
      }
      for (place, expression) in tree.expressions.enumerated() {
        guard case .name(let name) = expression, !handed.contains(ExpressionID(index: Int32(place))) else { continue }
        if let function = owner[place], bound[function].contains(name) { own[function].insert(name) } else { names.insert(name) }
      }
    }
  }
}
