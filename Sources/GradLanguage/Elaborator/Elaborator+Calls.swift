import GradIR

extension Elaborator {
  enum Callee {
    case model(Int)
    case prelude(Int)
    case builtin(Builtin)
    case loop(LoopKind)
    case derivative(String)
  }
  enum LoopKind: String { case map, fold, scan }
  /// A call may be inlined this deep.
  static let callDepthLimit = 1000
  /// Every stage recurses into the bodies of loops.
  static let loopDepthLimit = 32

  /// The function of that name: the model's own, else a built-in, else one of the prelude.
  func callee(_ name: NameID, at range: SourceRange) throws -> Callee {
    if !frame.isPrelude, let index = functions[name] { return .model(index) }
    let text = frame.tree.text(name)
    if let kind = LoopKind(rawValue: text) { return .loop(kind) }
    if Prelude.derivativeOperators.contains(text) { return .derivative(text) }
    if let builtin = Builtin.table[text] ?? (frame.isPrelude ? Builtin.preludeTable[text] : nil) { return .builtin(builtin) }
    if let index = Prelude.shared.functions[text] { return .prelude(index) }
    if !frame.isPrelude, tree.doubtfulNames.contains(name) { throw Poison() }
    if frame.bindings[name] != nil || modelFrame.bindings[name] != nil, !frame.isPrelude {
      reportCall(ofValue: name, at: range)
      throw Poison()
    }
    let meant: String? =
      switch text {
      case "gradient": "grad"
      case "power": "pow"
      case "absolute": "abs"
      case "average": "mean"
      case "ln": "log"
      case "concatenate", "cat": "concat"
      case "arange", "range": "iota"
      case "maximum": "max"
      case "minimum": "min"
      case "float", "float32": "f32"
      case "double", "float64": "f64"
      default: suggestion(for: text, among: { self.functionNames })
      }
    throw mistake("function.unknown", "unknown function `\(text)`", at: range, hint: meant.map { "did you mean `\($0)`?" })
  }

  func reportCall(ofValue name: NameID, at range: SourceRange) {
    let text = tree.text(name)
    report(
      "function.value", "`\(text)` is a value, not a function", at: range, hint: "a product is written with `*`, a part of it `\(text)[…]`")
  }
  /// True of a name that only values could have.
  func isUnknownFunction(_ name: NameID) -> Bool {
    let text = tree.text(name)
    return functions[name] == nil && Builtin.table[text] == nil && Prelude.shared.functions[text] == nil && LoopKind(rawValue: text) == nil
      && !Prelude.derivativeOperators.contains(text)
  }

  private var functionNames: [String] {
    Array(Builtin.table.keys) + Array(Prelude.shared.functions.keys) + ["map", "fold", "scan"] + Array(Prelude.derivativeOperators)
      + functions.keys.map { tree.text($0) }
  }

  func call(_ name: NameID, _ slice: SyntaxSlice, of id: ExpressionID) throws -> Value {
    let tree = frame.tree
    let range = tree.range(of: id)
    let syntax = slice.indices.map { tree.arguments[$0] }
    let found: Callee
    do {
      found = try callee(name, at: tree.calleeRange(of: id))
    } catch {
      // The arguments' own mistakes are reported all the same.
      for argument in syntax { _ = evaluate(argument.value) }
      throw error
    }
    if syntax.contains(where: { tree[$0.value] == .missing }) {
      // The first argument of a loop is no value.
      let isLoop = if case .loop = found { true } else { false }
      for argument in isLoop ? syntax.dropFirst() : syntax[...] { _ = evaluate(argument.value) }
      throw Poison()
    }
    switch found {
    case .loop(let kind): return try at(range) { try loop(kind, syntax, at: range) }
    case .derivative(let name): return try at(range) { try derivative(name, syntax, at: range) }
    default: break
    }
    let arguments = syntax.map {
      Argument(label: $0.label.map { tree.text($0.name) }, value: evaluate($0.value), range: tree.range(of: $0.value))
    }
    if case .builtin(let builtin) = found {
      let bound = try bound(arguments, to: builtin, name: tree.text(name), at: range, operands: syntax.map(\.value))
      return try at(range) { try builtin.body(self, bound) }
    }
    return try inline(found, arguments, at: range)
  }

  // MARK: Functions written in the language

  /// The syntax of a function that is written in the language.
  func syntax(of callee: Callee) -> (tree: SyntaxTree, index: Int, isPrelude: Bool)? {
    switch callee {
    case .model(let index): (tree, index, false)
    case .prelude(let index): (Prelude.shared.tree, index, true)
    default: nil
    }
  }

  /// The results of a function for these arguments, its body elaborated here and now.
  func inline(_ callee: Callee, _ arguments: [Argument], at range: SourceRange) throws -> Value {
    guard let (tree, index, isPrelude) = syntax(of: callee) else { throw Poison() }
    let function = tree.functions[index]
    let name = tree.text(function.identifier.name)
    if !isPrelude, recursiveFunctions.contains(index) { throw Poison() }
    try checkDepth(at: range)
    try countCall(at: range)
    if !function.hasSoundParameters { throw Poison() }
    if !isPrelude { inlinedFunctions.insert(index) }
    let parameters = function.parameters.map { (name: tree.text($0.identifier.name), isOptional: $0.defaultValue != nil) }
    let declared = isPrelude ? nil : function.identifier.range
    let slots = try assigned(arguments, to: parameters, name: name, at: range, declared: declared)
    let inner = Frame(tree: tree, isPrelude: isPrelude, function: index, context: context, caller: frame, callRange: range)
    for (target, id) in function.definitions.flatMap({ id in tree[id].targets.enumerated().map { ($0, id) } }) {
      if inner.bindings[target.element.name] == nil { inner.bindings[target.element.name] = .definition(id, target: target.offset) }
    }
    let outer = frame
    defer { frame = outer }
    for (parameter, slot) in zip(function.parameters, slots) {
      var value: Value
      if let slot {
        value = slot.value
      } else if let syntax = parameter.defaultValue {
        // A default sees the model's names (the prelude's none), not the caller's.
        let bindings = inner.bindings
        inner.bindings = [:]
        frame = inner
        value = evaluate(syntax)
        inner.bindings = bindings
      } else {
        value = .error
      }
      frame = inner
      if !value.isError { value = try bind(value, to: parameter.identifier.name, of: tree) }
      inner.bindings[parameter.identifier.name] = .value(value)
    }
    frame = inner
    // Every definition is checked, needed or not.
    for id in function.definitions where inner.states[id] == nil { try? elaborate(id, in: inner) }
    return evaluate(function.result)
  }

  private func checkDepth(at range: SourceRange) throws {
    if frame.depth >= Self.callDepthLimit {
      throw mistake("function.depth", "calls are nested more than \(Self.callDepthLimit) levels deep", at: range)
    }
  }

  // MARK: Arguments

  /// The argument of each parameter; nil where it takes its default.
  func assigned(
    _ arguments: [Argument], to parameters: [(name: String, isOptional: Bool)], name: String, at range: SourceRange,
    declared: SourceRange? = nil
  ) throws -> [Argument?] {
    var slots = [Argument?](repeating: nil, count: parameters.count)
    let signature = "\(name)(\(parameters.map { $0.isOptional ? "\($0.name)=…" : $0.name }.joined(separator: ", ")))"
    let notes = declared.map { [Diagnostic.Note("`\(name)` is defined here", at: $0)] } ?? []
    var isSound = true
    for (place, argument) in arguments.enumerated() {
      guard let label = argument.label else {
        if place < parameters.count {
          slots[place] = argument
        } else {
          let needed = parameters.filter { !$0.isOptional }.count
          let count = needed == parameters.count ? "\(needed)" : "\(needed) to \(parameters.count)"
          report(
            "function.arguments", "`\(name)` takes \(count) argument\(count == "1" ? "" : "s"), not \(arguments.count)", at: argument.range,
            hint: "it is `\(signature)`", notes: notes)
          throw Poison()
        }
        continue
      }
      guard let slot = parameters.firstIndex(where: { $0.name == label }) else {
        let meant = nearest(to: label, among: parameters.map(\.name))
        report(
          "function.arguments", "`\(name)` has no parameter `\(label)`", at: argument.range,
          hint: meant.map { "did you mean `\($0)`?" } ?? "it is `\(signature)`", notes: notes)
        isSound = false
        continue
      }
      if slots[slot] != nil {
        report("function.arguments", "`\(name)` is given `\(label)` twice", at: argument.range, notes: notes)
        isSound = false
      }
      slots[slot] = argument
    }
    let missing = zip(parameters, slots).filter { !$0.isOptional && $1 == nil }.map(\.0.name)
    if !missing.isEmpty, isSound {
      report(
        "function.arguments",
        "`\(name)` lacks its argument\(missing.count == 1 ? "" : "s") \(missing.map { "`\($0)`" }.joined(separator: ", "))",
        at: range, hint: "it is `\(signature)`", notes: notes)
      isSound = false
    }
    if !isSound { throw Poison() }
    return slots
  }

  private func bound(
    _ arguments: [Argument], to builtin: Builtin, name: String, at range: SourceRange, operands: [ExpressionID]
  ) throws -> Arguments {
    if builtin.isVariadic {
      if arguments.contains(where: { $0.value.isError }) { throw Poison() }
      if let labelled = arguments.first(where: { $0.label != nil }) {
        throw mistake("function.arguments", "`\(name)` has no parameter `\(labelled.label ?? "")`", at: labelled.range)
      }
      return Arguments(elaborator: self, name: name, range: range, slots: [:], variadic: arguments, operands: operands)
    }
    // `max` and `min` of two arguments compare, of one reduce.
    let alternative = builtin.alternative.flatMap { alternative -> Builtin? in
      arguments.count >= 2 && arguments.prefix(2).allSatisfy({ $0.label == nil || $0.label == "a" || $0.label == "b" }) ? alternative : nil
    }
    let chosen = alternative ?? builtin
    let slots = try assigned(arguments, to: chosen.parameters, name: name, at: range)
    if arguments.contains(where: { $0.value.isError }) { throw Poison() }
    var values: [String: Argument] = [:]
    for (parameter, slot) in zip(chosen.parameters, slots) { values[parameter.name] = slot }
    return Arguments(
      elaborator: self, name: name, range: range, slots: values, variadic: [], operands: operands, isAlternative: alternative != nil)
  }
}
