import GradIR

extension Elaborator {
  /// map(f, xs, …) · fold(f, init, xs, …) · scan(f, init, xs, …)
  func loop(_ kind: LoopKind, _ syntax: [ArgumentSyntax], at range: SourceRange) throws -> Value {
    let word = kind.rawValue
    let signature = kind == .map ? "map(f, xs, …)" : "\(word)(f, init, xs, …)"
    if let labelled = syntax.first(where: { $0.label != nil })?.label {
      throw mistake(
        "function.arguments", "`\(word)` takes its arguments by position", at: labelled.range,
        hint: "what f takes besides states and slices keeps its default")
    }
    let values = syntax.dropFirst().map { evaluate($0.value) }
    guard syntax.count >= (kind == .map ? 2 : 3) else {
      throw mistake(
        "function.arguments", "`\(word)` takes a function\(kind == .map ? "" : ", the first state") and at least one sequence", at: range,
        hint: "it is `\(signature)`")
    }
    guard case .name(let name) = frame.tree[syntax[0].value] else {
      throw mistake(
        "loop.function", "the first argument of `\(word)` is a function's name", at: frame.tree.range(of: syntax[0].value),
        hint: "define it first: `fn f(x) = …`")
    }
    let callee = try callee(name, at: frame.tree.range(of: syntax[0].value))
    if values.contains(where: { $0.isError }) { throw Poison() }
    let isTuple = if kind != .map, case .tuple = values[0] { true } else { false }
    var states: [TensorValue] = []
    if kind != .map {
      let stateRange = frame.tree.range(of: syntax[1].value)
      let parts: [Value] = if case .tuple(let parts) = values[0] { parts } else { [values[0]] }
      states = try parts.map { try tensor($0, at: stateRange) }
    }
    var sequences: [TensorValue] = []
    let firstSequence = kind == .map ? 0 : 1
    var count: Dim?
    for (value, argument) in zip(values, syntax.dropFirst()).dropFirst(firstSequence) {
      let place = frame.tree.range(of: argument.value)
      let tensor = try tensor(value, at: place)
      guard tensor.rank > 0 else {
        throw mistake("loop.sequence", "`\(word)` runs over the first axis, and \(shown(tensor)) has none", at: place)
      }
      if let count, count != tensor.shape[0] {
        throw mistake("shape.mismatch", "`\(word)` runs over sequences of one length, found \(count) and \(tensor.shape[0])", at: place)
      }
      count = tensor.shape[0]
      sequences.append(tensor)
    }
    let call = LoopCall(
      kind: kind, callee: callee, name: frame.tree.text(name), states: states, sequences: sequences, count: count ?? 0, isTuple: isTuple,
      range: range)
    return try run(call)
  }

  struct LoopCall {
    var kind: LoopKind
    var callee: Callee
    var name: String
    var states: [TensorValue]
    var sequences: [TensorValue]
    var count: Dim
    /// True where the state is several values.
    var isTuple: Bool
    var range: SourceRange
    /// Sequences that the body computes itself and indexes by the step, because a derivative in it goes through them.
    var indexed: Set<Int> = []
    /// The derivatives of its states that the loop carries.
    var sensitivity = Sensitivity()
  }

  /// Builds the body until the types of the states hold: a literal state takes the type of what the body makes of it, and what a
  /// derivative in the body goes through is computed in the body.
  private func run(_ call: LoopCall) throws -> Value {
    guard context.depth < Self.loopDepthLimit else {
      throw mistake("loop.depth", "loops are nested more than \(Self.loopDepthLimit) deep", at: call.range)
    }
    var call = call
    var inlined: Set<ValueID> = []
    var isInlined = false
    // Each state may become weak float, then strong; each body may need its outer values inlined once, and
    // derivatives of its states once.
    for _ in 0..<2 * call.states.count + 5 {
      let body = ElaborationContext(parent: context, inlined: inlined)
      let results = try elaborate(body, call)
      if let changed = try stateTypes(call, results) {
        call.states = changed
        continue
      }
      let needed = dependents(of: body.derivativeSources)
      let indexed = Set(
        call.sequences.indices.filter {
          needed.contains(resolve(call.sequences[$0])) || body.derivativeSources.contains(resolve(call.sequences[$0]))
        })
      if !isInlined, !indexed.isEmpty || body.captures.contains(where: { needed.contains($0) }) {
        isInlined = true
        inlined = needed
        call.indexed = indexed
        continue
      }
      if call.sensitivity.isEmpty, let sensitivity = try sensitivity(body, call, results, needed) {
        call.sensitivity = sensitivity
        continue
      }
      return try finish(body, call, results)
    }
    throw mistake("loop.state", "the types of the states of `\(call.kind.rawValue)` do not settle", at: call.range)
  }

  /// The results of one step, in the body's graph.
  private func elaborate(_ body: ElaborationContext, _ call: LoopCall) throws -> [TensorValue] {
    let names = parameterNames(call)
    var arguments: [Argument] = []
    var derivatives: [[ValueID]] = []
    body.addChanges(to: call.sensitivity.sources, nameOrder: call.sensitivity.nameOrder, of: context.builder)
    // All parameters before what captures more of them.
    for (place, value) in (call.states + call.sequences).enumerated() {
      if place == call.states.count { derivatives = derivativeParameters(call, names, body) }
      let isIndexed = call.indexed.contains(place - call.states.count)
      let type =
        if isIndexed { TensorType(.i64) } else if place < call.states.count { value.type } else {
          value.type.with(Shape(Array(value.shape.dims.dropFirst())))
        }
      let name = isIndexed ? "step" : place < names.count ? names[place] : "slice\(place)"
      let id = body.builder.parameter(Parameter(name: name, type: type, role: .body, source: source))
      let parameter = TensorValue(id: id, type: type, isWeak: value.isWeak && !isIndexed, context: body)
      arguments.append(Argument(value: .tensor(parameter), range: call.range))
    }
    for (place, own) in derivatives.enumerated() where !own.isEmpty {
      guard case .tensor(var state) = arguments[place].value else { continue }
      state.id = body.expanded(state.id, own)
      arguments[place].value = .tensor(state)
    }
    for (place, sequence) in call.sequences.enumerated() where call.indexed.contains(place) {
      guard case .tensor(let step) = arguments[call.states.count + place].value else { continue }
      arguments[call.states.count + place].value = .tensor(try element(of: sequence, at: step, in: body))
    }
    let outer = context
    context = body
    defer { context = outer }
    let value: Value
    switch call.callee {
    case .builtin(let builtin):
      value = try builtin.body(self, try builtinArguments(builtin, call, arguments))
    case .model, .prelude: value = try inline(call.callee, arguments, at: call.range)
    default:
      throw mistake(
        "loop.function", "`\(call.name)` cannot be the function of a loop", at: call.range, hint: "write `fn f(x) = \(call.name)(…)`")
    }
    if value.isError { throw Poison() }
    var parts = [value]
    if case .tuple(let several) = value { parts = several }
    if call.kind != .map {
      guard parts.count == call.states.count else {
        throw mistake(
          "loop.state", "`\(call.name)` returns \(parts.count) value\(parts.count == 1 ? "" : "s"), the state has \(call.states.count)",
          at: call.range, notes: definitionNotes(call))
      }
    }
    return try parts.map { part in
      var tensor = try tensor(part, at: call.range)
      // What the body hands on from outside becomes a value of the body.
      tensor.id = resolve(tensor)
      tensor.context = body
      return tensor
    }
  }

  /// The slice of a sequence that the body itself computes, by the number of the step.
  private func element(of sequence: TensorValue, at step: TensorValue, in body: ElaborationContext) throws -> TensorValue {
    let outer = context
    context = body
    defer { context = outer }
    return try emit(.gather(GatherAxis(axis: 0)), [sequence, step], isWeak: sequence.isWeak)
  }

  private func parameterNames(_ call: LoopCall) -> [String] {
    guard let (tree, index, _) = syntax(of: call.callee) else { return [] }
    return tree.functions[index].parameters.map { tree.text($0.identifier.name) }
  }

  /// Where a loop's function gives its result, if it is the model's.
  private func definitionNotes(_ call: LoopCall) -> [Diagnostic.Note] {
    guard case .model(let index) = call.callee else { return [] }
    return [Diagnostic.Note("this is what a step of `\(call.name)` gives", at: tree.range(of: tree.functions[index].result))]
  }

  private func builtinArguments(_ builtin: Builtin, _ call: LoopCall, _ arguments: [Argument]) throws -> Arguments {
    var chosen = builtin
    if let alternative = builtin.alternative, arguments.count >= 2 { chosen = alternative }
    if builtin.isVariadic {
      return Arguments(elaborator: self, name: call.name, range: call.range, slots: [:], variadic: arguments, operands: [])
    }
    let slots = try assigned(arguments, to: chosen.parameters, name: call.name, at: call.range)
    var values: [String: Argument] = [:]
    for (parameter, slot) in zip(chosen.parameters, slots) { values[parameter.name] = slot }
    return Arguments(
      elaborator: self, name: call.name, range: call.range, slots: values, variadic: [], operands: [],
      isAlternative: builtin.alternative != nil && arguments.count >= 2)
  }

  /// The states in the types that the body makes of them, where those differ; nil where they hold.
  private func stateTypes(_ call: LoopCall, _ results: [TensorValue]) throws -> [TensorValue]? {
    guard call.kind != .map else { return nil }
    var states = call.states
    var changed = false
    for (place, (state, result)) in zip(call.states, results).enumerated() {
      let subject = call.states.count == 1 ? "the state" : "state \(place + 1)"
      guard state.shape == result.shape else {
        throw mistake(
          "shape.mismatch",
          "\(subject) of `\(call.kind.rawValue)` is \(state.shape) and becomes \(result.shape) after a step of `\(call.name)`",
          at: call.range, hint: "a state keeps its type and shape", notes: definitionNotes(call))
      }
      if state.isWeak {
        let joined = try commonType([state, result], keepsBool: true, at: call.range)
        if joined.dtype != state.dtype || joined.isWeak != state.isWeak {
          states[place] = try cast(state, to: joined.dtype, at: call.range)
          states[place].isWeak = joined.isWeak
          changed = true
        }
      } else if !result.isWeak || (result.dtype.isFloat && !state.dtype.isFloat), state.dtype != result.dtype {
        throw mistake(
          "type.mismatch",
          "\(subject) of `\(call.kind.rawValue)` is \(state.type) and becomes \(shown(result)) after a step of `\(call.name)`",
          at: call.range, hint: "cast the first state: `\(result.dtype)(…)`", notes: definitionNotes(call))
      }
    }
    return changed ? states : nil
  }

  private func finish(_ body: ElaborationContext, _ call: LoopCall, _ results: [TensorValue]) throws -> Value {
    let outer = context
    context = body
    var last: [TensorValue] = []
    var derivatives: [TensorValue] = []
    do {
      defer { context = outer }
      for (place, result) in results.enumerated() {
        // A literal result takes the type of its state.
        last.append(place < call.states.count ? try cast(result, to: call.states[place].dtype, at: call.range) : result)
      }
      let changes = call.sensitivity.sources.compactMap { body.changes[$0] }.map { id in
        TensorValue(id: id, type: body.builder.type(of: id), isWeak: false, context: body)
      }
      derivatives = try stateDerivatives(of: last, by: changes, call)
    }
    let sources = call.sensitivity.sources.map { id in
      TensorValue(id: id, type: context.builder.type(of: id), isWeak: false, context: context)
    }
    let initial = try stateDerivatives(of: call.states, by: sources, call)
    let names = parameterNames(call)
    let isFold = call.kind == .fold
    for (place, result) in last.enumerated() {
      let name = call.kind != .map && place < names.count ? names[place] : "result\(last.count == 1 ? "" : String(place))"
      body.builder.output(name, result.id, source: call.range)
    }
    for (place, derivative) in derivatives.enumerated() {
      body.builder.output("derivative\(place)", derivative.id, source: call.range)
    }
    if call.kind == .scan {
      for (place, result) in last.enumerated() {
        body.builder.output("step\(last.count == 1 ? "" : String(place))", result.id, source: call.range)
      }
    }
    let states = call.states + initial
    let loop = Loop(body: body.builder.finish(), count: call.count, states: states.count, sequences: call.sequences.count)
    let captures = body.captures.map { id in
      TensorValue(id: id, type: context.builder.type(of: id), isWeak: false, context: context)
    }
    let sequences = try call.sequences.enumerated().map { place, sequence in
      call.indexed.contains(place) ? try emit(.iota(call.count), []) : sequence
    }
    let values = try emitAll(.loop(loop), states + sequences + captures)
    let kept = isFold ? values.prefix(call.states.count) : values.dropFirst(states.count)
    let marked = zip(kept, last.indices).map { value, place in
      var value = value
      value.isWeak = (place < call.states.count ? call.states[place] : last[place]).isWeak && value.dtype != .bool
      return Value.tensor(value)
    }
    if call.kind == .map ? marked.count == 1 : !call.isTuple { return marked[0] }
    return .tuple(marked)
  }
}
