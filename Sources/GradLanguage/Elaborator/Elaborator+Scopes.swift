import GradIR

extension Elaborator {
  /// The value of a name in sight.
  func value(of name: NameID, at range: SourceRange) throws -> Value {
    if let binding = frame.bindings[name] { return try value(of: binding, in: frame, at: range) }
    if !frame.isPrelude, frame !== modelFrame, let binding = modelFrame.bindings[name] {
      return try value(of: binding, in: modelFrame, at: range)
    }
    let text = frame.tree.text(name)
    if frame.isPrelude, text == "_all" { return .everything }
    throw unknownName(name, text, at: range)
  }

  private func unknownName(_ name: NameID, _ text: String, at range: SourceRange) -> Poison {
    if !frame.isPrelude, tree.doubtfulNames.contains(name) { return Poison() }
    let isFunction = functions[name] != nil || Builtin.table[text] != nil || Prelude.shared.functions[text] != nil
    if isFunction {
      return mistake(
        "name.function", "`\(text)` is a function, not a value", at: range,
        hint: "call it: `\(text)(…)`; a function's name alone stands only as the first argument of map, fold and scan")
    }
    let meant: String? =
      switch text {
      case "True": "true"
      case "False": "false"
      case "None", "newaxis": nil
      default:
        suggestion(for: text) {
          (Array(self.frame.bindings.keys) + (self.frame.isPrelude ? [] : Array(self.modelFrame.bindings.keys))).map {
            self.frame.tree.text($0)
          }
        }
      }
    let hint =
      switch text {
      case "None", "newaxis": "a new axis is made by `reshape`"
      case "lambda": "a function is a statement of its own: `fn f(x) = …`"
      default: meant.map { "did you mean `\($0)`?" }
      }
    return mistake("name.unknown", "unknown name `\(text.prefix(80))\(text.count > 80 ? "…" : "")`", at: range, hint: hint)
  }

  /// The name that was probably meant. Each search takes time by the number of names: only the first mistakes of a file get one.
  func suggestion(for word: String, among candidates: () -> [String]) -> String? {
    suggestions += 1
    return suggestions > Self.suggestionLimit ? nil : nearest(to: word, among: candidates())
  }

  func value(of binding: Frame.Binding, in owner: Frame, at range: SourceRange) throws -> Value {
    switch binding {
    case .value(let value): return value
    case .dimension(let index): return dimensionValue(index)
    case .parameter(let index):
      if let value = owner.parameterValues[index] { return value }
      // Types are declared before there is data; one that is wrong has been reported.
      if areParametersDeclared { return .error }
      let name = tree.text(tree.parameters[index].identifier.name)
      throw mistake(
        "dim.value", "`\(name)` is data: a dimension is an integer expression over dims", at: range,
        hint: "a dimension is declared by `dim \(name)`")
    case .definition(let id, let target):
      if case .done(let values) = owner.states[id] { return values[target] }
      try elaborate(id, in: owner)
      guard case .done(let values) = owner.states[id] else { return .error }
      return values[target]
    }
  }

  /// Elaborates a definition, after those of its frame that it names: in this order a chain of definitions costs no stack.
  func elaborate(_ id: DefinitionID, in owner: Frame) throws {
    let outer = (frame, context, source)
    (frame, context) = (owner, owner.context)
    defer { (frame, context, source) = outer }
    var path = [id]
    var onPath: Set<DefinitionID> = [id]
    while let next = path.last {
      if case .done = owner.states[next] {
        path.removeLast()
        onPath.remove(next)
        continue
      }
      if case .active = owner.states[next] {
        // Reached again through a function: the definition under way needs itself.
        reportCycle([next], owner)
        throw Poison()
      }
      let needed = dependencies(of: next, in: owner)
      if let cyclic = needed.first(where: { onPath.contains($0) }) {
        let cycle = Array(path[(path.firstIndex(of: cyclic) ?? 0)...])
        reportCycle(cycle, owner)
        for member in cycle { owner.states[member] = .done(poisoned(member, owner)) }
        continue
      }
      // One that is active is further out; it is found when it is needed.
      if let pending = needed.first(where: { owner.states[$0] == nil }) {
        path.append(pending)
        onPath.insert(pending)
        continue
      }
      owner.states[next] = .active
      owner.states[next] = .done(results(of: next, in: owner))
    }
  }

  private func poisoned(_ id: DefinitionID, _ owner: Frame) -> [Value] { owner.tree[id].targets.map { _ in .error } }

  private func reportCycle(_ cycle: [DefinitionID], _ owner: Frame) {
    let first = owner.tree[cycle[0]]
    let names = cycle.map { owner.tree.text(owner.tree[$0].targets[0].name) }
    let shown = names.count > 6 ? Array(names.prefix(3)) + ["…"] + Array(names.suffix(2)) : names
    report(
      "name.cycle", "`\(names[0])` needs itself" + (names.count > 1 ? ": " + (shown + [names[0]]).joined(separator: " ← ") : ""),
      at: first.targets[0].range, hint: "a definition names one value; what runs step by step is a `fold` or a `scan`",
      notes: zip(cycle, names).dropFirst().prefix(3).map { Diagnostic.Note("`\($1)` is defined here", at: owner.tree[$0].targets[0].range) }
    )
  }

  /// The definitions of a frame that a definition of it names, directly or through functions.
  private func dependencies(of id: DefinitionID, in owner: Frame) -> [DefinitionID] {
    var names: Set<NameID> = []
    collectNames(in: owner.tree[id].expressions, of: owner.tree, into: &names, isPrelude: owner.isPrelude)
    var found: [DefinitionID] = []
    // In the order of the names, so that what is reported does not depend on hashing.
    for name in names.sorted(by: { $0.index < $1.index }) {
      if case .definition(let needed, _) = owner.bindings[name], !found.contains(needed) {
        if needed == id || !isDone(needed, owner) { found.append(needed) }
      }
    }
    return found
  }
  private func isDone(_ id: DefinitionID, _ owner: Frame) -> Bool {
    if case .done = owner.states[id] { return true }
    return false
  }

  /// The names that expressions read, and those of the model that the functions they call read.
  private func collectNames(in range: Range<Int>, of tree: SyntaxTree, into names: inout Set<NameID>, isPrelude: Bool) {
    var functionNames: Set<ExpressionID> = []
    var called: [NameID] = []
    for index in range {
      guard case .call(let name, let arguments) = tree.expressions[index] else { continue }
      called.append(name)
      if isLoop(name, of: tree), let first = arguments.indices.first, case .name(let function) = tree[tree.arguments[first].value] {
        functionNames.insert(tree.arguments[first].value)
        called.append(function)
      }
    }
    for index in range {
      if case .name(let name) = tree.expressions[index], !functionNames.contains(ExpressionID(index: Int32(index))) { names.insert(name) }
    }
    if isPrelude { return }
    for name in called {
      if let function = functions[name] { names.formUnion(freeNames(ofFunction: function)) }
    }
  }

  func isLoop(_ name: NameID, of tree: SyntaxTree) -> Bool {
    switch tree.text(name) {
    case "map", "fold", "scan": functions[name] == nil
    default: false
    }
  }

  /// The names that a function of the model reads and does not bind, with those of the functions it calls.
  private func freeNames(ofFunction index: Int) -> Set<NameID> {
    if let known = freeNames[index] { return known }
    // Against functions that call each other, which is reported where they are called.
    freeNames[index] = []
    let function = tree.functions[index]
    var names: Set<NameID> = []
    var called: Set<NameID> = []
    collectOwnNames(function, &names, &called)
    for parameter in function.parameters { names.remove(parameter.identifier.name) }
    for id in function.definitions { for target in tree[id].targets { names.remove(target.name) } }
    for name in called {
      if let next = functions[name] { names.formUnion(freeNames(ofFunction: next)) }
    }
    freeNames[index] = names
    return names
  }
  private func collectOwnNames(_ function: FunctionSyntax, _ names: inout Set<NameID>, _ called: inout Set<NameID>) {
    for index in function.expressions {
      switch tree.expressions[index] {
      case .name(let name):
        names.insert(name)
        // The first argument of a loop is a function's name.
        if functions[name] != nil { called.insert(name) }
      case .call(let name, _): called.insert(name)
      default: break
      }
    }
  }

  /// The values of a definition's targets.
  private func results(of id: DefinitionID, in owner: Frame) -> [Value] {
    let definition = owner.tree[id]
    return at(definition.range) {
      do {
        var value = evaluate(definition.value)
        if value.isError { return poisoned(id, owner) }
        if let type = definition.type {
          value = .tensor(try annotated(value, type, at: owner.tree.range(of: definition.value)))
        }
        let values: [Value]
        if definition.targets.count == 1 {
          values = [value]
        } else {
          values = try parts(of: value, count: definition.targets.count, at: owner.tree.range(of: definition.value))
        }
        return try zip(definition.targets, values).map { target, value in
          try at(target.range) {
            let bound = try bind(value, to: target.name, of: owner.tree)
            if owner === modelFrame, case .tensor(let tensor) = bound { root.builder.name(tensor.id, owner.tree.text(target.name)) }
            return bound
          }
        }
      } catch {
        return poisoned(id, owner)
      }
    }
  }

  /// Takes apart what has several values.
  private func parts(of value: Value, count: Int, at range: SourceRange) throws -> [Value] {
    switch value {
    case .tuple(let values) where values.count == count: return values
    case .tuple(let values):
      throw mistake("value.count", "\(count) names stand for \(values.count) values", at: range)
    default:
      throw mistake(
        "value.count", "\(count) names stand for one value", at: range,
        hint: "several values are `a, b = x, y`, or what a function returns by `return a, b`; a part of a tensor is `x[0]`")
    }
  }

  /// A value under a name. One that a derivative is taken by becomes a value of its own.
  func bind(_ value: Value, to name: NameID, of tree: SyntaxTree) throws -> Value {
    let isDifferentiated = frame.isPrelude ? Prelude.shared.differentiatedNames.contains(name) : differentiatedNames.contains(name)
    guard isDifferentiated else { return value }
    switch value {
    case .tensor(let tensor) where tensor.dtype.isFloat: return .tensor(try variable(tensor))
    case .number(.float), .list:
      let tensor = try self.tensor(value, at: source)
      return tensor.dtype.isFloat ? .tensor(try variable(tensor)) : value
    default: return value
    }
  }
  private func variable(_ tensor: TensorValue) throws -> TensorValue {
    let strong = try hardened(tensor)
    context.builder.source = source
    let id = context.builder.variable(resolve(strong))
    return TensorValue(id: id, type: strong.type, isWeak: false, context: context)
  }
}
