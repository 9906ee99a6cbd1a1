import GradIR

/// The derivative of a loop: a loop.
///
/// Forward, the tangents of the states run along with the states. Reverse, the loop also gives of each step the values that are dear to
/// compute again (`KeptValues`), and a second loop runs backwards over them: it computes the rest of the step again, carries the
/// states' cotangents through it, adds up those of the captures and gives those of the slices. Memory grows with the number of
/// steps, code does not. Captures' cotangents that are matrix products of what changes by step (the weights' of a recurrent
/// network) become one product behind the loop.
struct LoopRule {
  private let node: Node
  private let loop: Loop
  /// By parameter of the body: it has a tangent, from outside or from an earlier step.
  private let active: [Bool]
  /// By result of the body: below a `where`, in this step or a later one.
  private let maskedResults: Set<ValueID>
  private let roots: [ValueID]
  private let parameterValues: [ValueID?]

  /// - Parameters:
  ///   - masked: the loop stands below a `where`.
  ///   - isActive: the operands that depend on what the derivative is taken by.
  init(_ node: Node, _ loop: Loop, masked: Bool, isActive: [Bool]) {
    self.node = node
    self.loop = loop
    let body = loop.body
    let roots = body.results.map(\.value)
    let values = body.parameterValues
    var active = zip(isActive, body.parameters).map { $0 && $1.type.dtype.isFloat }
    while true {
      let inputs = values.indices.compactMap { active[$0] ? values[$0] : nil }
      let activity = Activity(body, of: roots, by: inputs)
      let later = (0..<loop.states).filter { !active[$0] && activity.isActive(roots[$0]) }
      if later.isEmpty { break }
      for state in later { active[state] = true }
    }
    let later = masked ? [] : loop.maskedParameters(masked: [])
    let inside = masked ? Array(roots.indices) : (0..<loop.states).filter { later[$0] }
    self.active = active
    self.roots = roots
    parameterValues = values
    maskedResults = Set(inside.map { roots[$0] })
  }

  private var states: Range<Int> { 0..<loop.states }
  private var sequences: Range<Int> { loop.states..<loop.states + loop.sequences }
  private var captures: Range<Int> { loop.states + loop.sequences..<loop.body.parameters.count }
  private var outputs: Range<Int> { loop.states..<roots.count }
  private func type(_ parameter: Int) -> TensorType { loop.body.parameters[parameter].type }
  private func name(_ parameter: Int) -> String { loop.body.parameters[parameter].name }

  /// The cotangents of the loop's operands from those of its results.
  func pullback(_ cotangents: [ValueID?], _ primal: GraphBuilder, _ application: Application) -> [ValueID?] {
    var live = Set(cotangents.indices.filter { cotangents[$0] != nil })
    var reached: [Bool]
    while true {
      let values = loop.body.valuesBelow(live.map { roots[$0] }, masked: []).reached
      reached = parameterValues.map { $0.map { values[Int($0.index)] } ?? false }
      let earlier = states.filter { active[$0] && reached[$0] && !live.contains($0) }
      if earlier.isEmpty { break }
      live.formUnion(earlier)
    }
    let carried = states.filter { active[$0] && live.contains($0) }
    let summed = captures.filter { active[$0] && reached[$0] }
    let sliced = sequences.filter { active[$0] && reached[$0] }
    let seeded = outputs.filter { live.contains($0) }

    // The body: cotangents of the states, sums for the captures | states, slices, cotangents of the outputs | captures.
    let body = GraphBuilder()
    body.source = node.source
    func parameter(_ name: String, _ type: TensorType) -> ValueID { body.parameter(Parameter(name: name, type: type)) }
    let cotangentStates = carried.map { parameter("cotangent_\(name($0))", type($0)) }
    let sums = summed.map { parameter("cotangent_\(name($0))", type($0)) }
    let ownStates = states.map { parameter(name($0), type($0)) }
    let ownSlices = sequences.map { parameter(name($0), type($0)) }
    let seeds = seeded.map { parameter("cotangent_\(loop.body.results[$0].name)", loop.body.type(of: roots[$0])) }
    let ownCaptures = captures.map { parameter(name($0), type($0)) }
    let own = ownStates + ownSlices + ownCaptures
    let values = body.inline(loop.body, parameters: own)
    let starts = zip(carried + seeded, cotangentStates + seeds).map { (value: values[Int(roots[$0].index)], cotangent: $1) }
    let inputs = carried + summed + sliced
    let pulled = ReverseMode(primal: body, application: Application(body)).pullback(
      starts, to: inputs.map { own[$0] }, masked: Set(maskedResults.map { values[Int($0.index)] }))
    let firstSequence = carried.count + summed.count
    let firstSeed = firstSequence + states.count + sequences.count
    let firstCapture = firstSeed + seeded.count
    var products = StepProducts(body, firstCapture: firstCapture)
    var keeps: [Bool] = []
    for (place, input) in inputs.enumerated() {
      guard place >= carried.count, place < firstSequence else {
        body.output("cotangent_\(name(input))", pulled[place] ?? body.zeros(type(input)))
        keeps.append(true)
        continue
      }
      let rest = pulled[place].map { products.takeProducts(of: $0, for: input) } ?? []
      let sum = sums[place - carried.count]
      body.output("cotangent_\(name(input))", rest.isEmpty ? sum : body.add(sum, body.sum(rest)))
      keeps.append(!rest.isEmpty)
    }
    // What is kept is given as slices behind the others; what else the products are made of, the reverse loop gives.
    let kept = KeptValues(
      body.finish(), states: firstSequence..<firstSequence + states.count, cotangents: [0..<firstSequence, firstSeed..<firstCapture],
      firstCapture: firstCapture, stacked: products.factors)
    let given = kept.stacks.enumerated().reduce(into: [ValueID: Int]()) { places, stack in
      if stack.element.values.count == 1 { places[stack.element.values[0]] = firstCapture + stack.offset }
    }
    /// The sequence that has a value of each step, if one has it.
    func sequence(_ value: ValueID) -> Int? {
      if case .parameter(let index) = body.node(of: value).op, index >= firstSequence, index < firstCapture { return index }
      return given[value]
    }
    let factors = products.factors.filter { sequence($0) == nil }
    for factor in factors {
      body.output("factor", factor)
      keeps.append(true)
    }
    let whole = Loop(
      body: kept.reading(body.finish()), count: loop.count, states: firstSequence,
      sequences: firstCapture + kept.stacks.count - firstSequence, reverse: !loop.reverse)
    let (reverse, operands, keptResults) = whole.pruned(keeping: keeps)

    // What is read again, kept by the loop itself: the same loop with more outputs, which `mergingLoops` makes one.
    let read = Set(operands).union(products.factors.compactMap(sequence))
    let readStates = states.filter { read.contains(firstSequence + $0) }
    let readStacks = kept.stacks.indices.filter { read.contains(firstCapture + $0) }
    var saved: [Int: ValueID] = [:]
    if !readStates.isEmpty || !readStacks.isEmpty {
      let saving = GraphBuilder(loop.body)
      for state in readStates { saving.output("saved_\(name(state))", saving.add(.parameter(state), [])) }
      let known = Dictionary(zip(values, values.indices.map { ValueID($0) })) { first, _ in first }
      for value in kept.written(readStacks, from: body.finish(), known: known, in: saving) { saving.output("saved", value) }
      var augmented = loop
      augmented.body = saving.finish()
      let results = primal.loop(augmented, node.operands).dropFirst(roots.count)
      for (place, value) in zip(readStates.map { firstSequence + $0 } + readStacks.map { firstCapture + $0 }, results) {
        saved[place] = value
      }
    }

    let builder = application.builder
    /// What the reverse loop is given for a parameter of its body, before pruning.
    func operand(_ place: Int) -> ValueID {
      var index = place
      if index < carried.count { return cotangents[carried[index]] ?? builder.zeros(type(carried[index])) }
      index -= carried.count
      if index < summed.count { return builder.zeros(type(summed[index])) }
      index -= summed.count
      if let stack = saved[place] { return application.lift(stack) }
      index -= states.count
      if index < sequences.count { return application.lift(node.operands[sequences.lowerBound + index]) }
      index -= sequences.count
      if index < seeded.count {
        guard let cotangent = cotangents[seeded[index]] else { preconditionFailure("an output without a cotangent has no seed") }
        return cotangent
      }
      return application.lift(node.operands[captures.lowerBound + index - seeded.count - kept.stacks.count])
    }
    var results: [Int: ValueID] = [:]
    if !keptResults.isEmpty {
      for (place, value) in zip(keptResults, builder.addLoop(reverse, operands.map(operand))) { results[place] = value }
    }
    var contributions = [ValueID?](repeating: nil, count: node.operands.count)
    for (place, input) in inputs.enumerated() { contributions[input] = results[place] }
    for product in products.found {
      func stack(_ factor: ValueID) -> ValueID {
        if let place = sequence(factor) { return operand(place) }
        guard let place = factors.firstIndex(of: factor), let value = results[inputs.count + place] else {
          preconditionFailure("a factor is a result of the loop")
        }
        return value
      }
      let value = product.overAllSteps(stack(product.left), stack(product.right), in: builder)
      contributions[product.capture] = contributions[product.capture].map { builder.add($0, value) } ?? value
    }
    for input in inputs { contributions[input] = contributions[input].map { perturbed(input, $0, application) } }
    return contributions
  }

  /// The tangents of the loop's results from those of its operands.
  func pushforward(_ tangents: [ValueID?], _ primal: GraphBuilder, _ application: Application) -> [ValueID?] {
    let builder = application.builder
    let carried = states.filter { active[$0] }
    let sliced = sequences.filter { active[$0] && tangents[$0] != nil }
    let captured = captures.filter { active[$0] && tangents[$0] != nil }

    let body = GraphBuilder()
    body.source = node.source
    func parameter(_ index: Int) -> ValueID { body.parameter(Parameter(name: name(index), type: type(index))) }
    func tangent(_ index: Int) -> ValueID { body.parameter(Parameter(name: "tangent_\(name(index))", type: type(index))) }
    let (ownStates, stateTangents) = (states.map(parameter), carried.map(tangent))
    let (ownSlices, sliceTangents) = (sequences.map(parameter), sliced.map(tangent))
    let (ownCaptures, captureTangents) = (captures.map(parameter), captured.map(tangent))
    let own = ownStates + ownSlices + ownCaptures
    let values = body.inline(loop.body, parameters: own)
    let given = zip(carried + sliced + captured, stateTangents + sliceTangents + captureTangents).map {
      (value: own[$0], tangent: $1)
    }
    let pushed = ForwardMode(primal: body, application: Application(body)).pushforward(
      given, to: roots.map { values[Int($0.index)] }, masked: Set(maskedResults.map { values[Int($0.index)] }))
    for state in states { body.output(name(state), values[Int(roots[state].index)]) }
    for state in carried { body.output("tangent_\(name(state))", pushed[state] ?? body.zeros(type(state))) }
    let moving = outputs.filter { pushed[$0] != nil }
    for output in moving {
      if let value = pushed[output] { body.output("tangent_\(loop.body.results[output].name)", value) }
    }
    let whole = Loop(
      body: body.finish(), count: loop.count, states: states.count + carried.count, sequences: sequences.count + sliced.count,
      reverse: loop.reverse)
    let (forward, kept, keptResults) = whole.pruned(keeping: whole.body.results.indices.map { $0 >= states.count })

    var operands = states.map { application.lift(node.operands[$0]) }
    operands += carried.map { perturbed($0, tangents[$0] ?? builder.zeros(type($0)), application) }
    operands += sequences.map { application.lift(node.operands[$0]) }
    operands += sliced.compactMap { place in tangents[place].map { perturbed(place, $0, application) } }
    operands += captures.map { application.lift(node.operands[$0]) }
    operands += captured.compactMap { place in tangents[place].map { perturbed(place, $0, application) } }
    let results = builder.addLoop(forward, kept.map { operands[$0] })
    var contributions = [ValueID?](repeating: nil, count: roots.count)
    for (old, result) in zip(keptResults, results) where old >= states.count {
      contributions[(carried + moving)[old - states.count]] = result
    }
    return contributions
  }

  /// The value itself, unless a test asks for a wrong rule.
  private func perturbed(_ operand: Int, _ value: ValueID, _ application: Application) -> ValueID {
    guard let perturb = RulePerturbation.perturb.value else { return value }
    return perturb(node.op, operand, .identity(application.builder.type(of: value))).apply(value, application)
  }
}
