import GradIR

/// The derivative of a loop: a loop.
///
/// Forward, the tangents of the states run along with the states. Reverse, the loop also gives each state as it was before each
/// step, and a second loop runs backwards over them: it computes the step again (but for products, which are saved), carries the
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
    let costly = loop.costlyValues

    // The body: cotangents of the states, sums for the captures | saved states and products, slices, cotangents of the outputs |
    // captures.
    let body = GraphBuilder()
    body.source = node.source
    func parameter(_ name: String, _ type: TensorType) -> ValueID { body.parameter(Parameter(name: name, type: type)) }
    let cotangentStates = carried.map { parameter("cotangent_\(name($0))", type($0)) }
    let sums = summed.map { parameter("cotangent_\(name($0))", type($0)) }
    let ownStates = states.map { parameter(name($0), type($0)) }
    let savedProducts = costly.map { parameter("saved", loop.body.type(of: $0)) }
    let ownSlices = sequences.map { parameter(name($0), type($0)) }
    let seeds = seeded.map { parameter("cotangent_\(loop.body.results[$0].name)", loop.body.type(of: roots[$0])) }
    let ownCaptures = captures.map { parameter(name($0), type($0)) }
    let own = ownStates + ownSlices + ownCaptures
    let values = body.inline(loop.body, parameters: own)
    let given = zip(carried + seeded, cotangentStates + seeds).map { (value: values[Int(roots[$0].index)], cotangent: $1) }
    let inputs = carried + summed + sliced
    let pulled = ReverseMode(primal: body, application: Application(body)).pullback(
      given, to: inputs.map { own[$0] }, masked: Set(maskedResults.map { values[Int($0.index)] }))
    let firstSequence = carried.count + summed.count
    let sequenceRange = firstSequence..<firstSequence + states.count + costly.count + sequences.count + seeded.count
    let replacements = Dictionary(zip(costly.map { values[Int($0.index)] }, savedProducts)) { first, _ in first }
    var products = StepProducts(body, sequences: sequenceRange, saved: replacements)
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
    for value in products.outputs {
      body.output("factor", value)
      keeps.append(true)
    }
    let whole = Loop(
      body: body.finish().replacing(replacements), count: loop.count, states: firstSequence, sequences: sequenceRange.count,
      reverse: !loop.reverse)
    let (reverse, kept, keptResults) = whole.pruned(keeping: keeps)

    // What is read again, saved by the loop itself: the same loop with more outputs, which `mergingLoops` makes one.
    let read = Set(kept).union(products.sequencesRead)
    let saved = (0..<states.count + costly.count).filter { read.contains(firstSequence + $0) }
    var savedStacks: [Int: ValueID] = [:]
    if !saved.isEmpty {
      let saving = GraphBuilder(loop.body)
      for place in saved {
        if place < states.count {
          saving.output("saved_\(name(place))", saving.add(.parameter(place), []))
        } else {
          saving.output("saved", costly[place - states.count])
        }
      }
      var augmented = loop
      augmented.body = saving.finish()
      let results = primal.loop(augmented, node.operands)
      for (result, place) in saved.enumerated() { savedStacks[place] = results[roots.count + result] }
    }

    let builder = application.builder
    /// What the reverse loop is given for a parameter of its body, before pruning.
    func operand(_ place: Int) -> ValueID {
      var index = place
      if index < carried.count { return cotangents[carried[index]] ?? builder.zeros(type(carried[index])) }
      index -= carried.count
      if index < summed.count { return builder.zeros(type(summed[index])) }
      index -= summed.count
      if index < states.count + costly.count {
        guard let stack = savedStacks[index] else { preconditionFailure("what is read again was saved") }
        return application.lift(stack)
      }
      index -= states.count + costly.count
      if index < sequences.count { return application.lift(node.operands[sequences.lowerBound + index]) }
      index -= sequences.count
      if index < seeded.count {
        guard let cotangent = cotangents[seeded[index]] else { preconditionFailure("an output without a cotangent has no seed") }
        return cotangent
      }
      return application.lift(node.operands[captures.lowerBound + index - seeded.count])
    }
    var results: [Int: ValueID] = [:]
    if !keptResults.isEmpty {
      for (place, value) in zip(keptResults, builder.addLoop(reverse, kept.map(operand))) { results[place] = value }
    }
    var contributions = [ValueID?](repeating: nil, count: node.operands.count)
    for (place, input) in inputs.enumerated() { contributions[input] = results[place] }
    for product in products.found {
      func stack(_ factor: StepProducts.Factor) -> ValueID {
        switch factor {
        case .sequence(let place): return operand(place)
        case .output(let place):
          guard let value = results[inputs.count + place] else { preconditionFailure("a factor is a result of the loop") }
          return value
        }
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
