import GradIR

/// Reverse mode: cotangents of values of a primal graph carried back to its inputs.
struct ReverseMode {
  /// The graph that is differentiated; Jacobians' coefficients are added to it.
  let primal: GraphBuilder
  /// Where cotangents live: the primal graph, or a loop's body over a basis.
  let application: Application

  /// The cotangent of each input: Σ over outputs of uᵀ ∂output/∂input, along every path; nil where there is none.
  ///
  /// - Parameters:
  ///   - outputs: values with their cotangents, which are values of the application's builder.
  ///   - masked: the outputs that are below a `where`.
  func pullback(_ outputs: [(value: ValueID, cotangent: ValueID)], to inputs: [ValueID], masked: Set<ValueID> = []) -> [ValueID?] {
    let activity = Activity(primal.graph, of: outputs.map(\.value), by: inputs, masked: masked)
    let builder = application.builder
    let (source, primalSource) = (builder.source, primal.source)
    defer {
      builder.source = source
      primal.source = primalSource
    }
    var terms: [[ValueID]] = Array(repeating: [], count: activity.graph.valueCount)
    for output in outputs { terms[Int(output.value.index)].append(output.cotangent) }
    var sums: [ValueID: ValueID] = [:]
    let wanted = Set(inputs)
    for index in activity.nodes.reversed() {
      // What is too long already is not made longer: `differentiate` refuses it.
      if builder.isFull { break }
      let node = activity.graph.nodes[index]
      builder.source = node.source ?? source
      primal.source = builder.source
      let cotangents = node.results.map { result -> ValueID? in
        let own = terms[Int(result.index)]
        guard activity.isActive(result), !own.isEmpty else { return nil }
        terms[Int(result.index)] = []
        let sum = builder.sumOfCotangents(own)
        if wanted.contains(result) { sums[result] = sum }
        return sum
      }
      guard cotangents.contains(where: { $0 != nil }), node.operands.contains(where: activity.isActive) else { continue }
      let masked = activity.isMasked[index]
      if case .loop(let loop) = node.op {
        let rule = LoopRule(node, loop, masked: masked, isActive: node.operands.map(activity.isActive))
        for (operand, contribution) in zip(node.operands, rule.pullback(cotangents, primal, application)) {
          if let contribution { terms[Int(operand.index)].append(contribution) }
        }
        continue
      }
      guard let cotangent = cotangents[0], !node.operands.isEmpty else { continue }
      for (place, operand) in node.operands.enumerated() where activity.isActive(operand) {
        let map = localJacobian(node, operandIndex: place, in: primal, masked: masked)
        if !map.isZero { terms[Int(operand.index)].append(map.transposed.apply(cotangent, application)) }
      }
    }
    return inputs.map { sums[$0] }
  }
}

extension GraphBuilder {
  /// The terms added up. Parts padded by zeros that do not overlap, as the slices of a vector leave them, are put side by side; those that
  /// take turns, as slices with a step do, are woven.
  func sumOfCotangents(_ terms: [ValueID]) -> ValueID {
    if terms.count < 2 { return terms[0] }
    var others: [ValueID] = []
    var parts: [Int: [Part]] = [:]
    for term in terms {
      if let (axis, part) = part(term) { parts[axis, default: []].append(part) } else { others.append(term) }
    }
    for (axis, parts) in parts.sorted(by: { $0.key < $1.key }) { others += sideBySide(parts, axis) }
    return sum(woven(others))
  }

  /// A value among zeros along one axis.
  private struct Part {
    var term: ValueID
    var value: ValueID
    var low: Int
  }

  /// What stands among zeros along one axis, from which element on and how many zeros apart.
  private func padded(_ term: ValueID) -> (axis: Int, value: ValueID, low: Int, interior: Int)? {
    let node = graph.node(of: term)
    guard case .pad(let pads) = node.op, scalarConstant(node.operands[1]) == 0 else { return nil }
    let axes = pads.indices.filter { pads[$0] != PadAxis() }
    guard axes.count == 1, let low = pads[axes[0]].low.constant else { return nil }
    return (axes[0], node.operands[0], low, pads[axes[0]].interior)
  }
  private func part(_ term: ValueID) -> (axis: Int, Part)? {
    guard let (axis, value, low, interior) = padded(term), interior == 0 else { return nil }
    return (axis, Part(term: term, value: value, low: low))
  }

  /// As few terms as hold the parts without an overlap.
  private func sideBySide(_ parts: [Part], _ axis: Int) -> [ValueID] {
    let type = type(of: parts[0].term)
    var rest = parts.enumerated().sorted { ($0.element.low, $0.offset) < ($1.element.low, $1.offset) }.map(\.element)
    var rows: [ValueID] = []
    while let first = rest.first {
      var (row, left): ([Part], [Part]) = ([first], [])
      var end = Dim(first.low) + shape(of: first.value)[axis]
      for part in rest.dropFirst() {
        if Dim(part.low).isAtLeast(end) == true {
          row.append(part)
          end = Dim(part.low) + shape(of: part.value)[axis]
        } else {
          left.append(part)
        }
      }
      rest = left
      if row.count == 1 {
        rows.append(first.term)
        continue
      }
      var pieces: [ValueID] = []
      var place = Dim(0)
      func fill(to end: Dim) {
        if end == place { return }
        var gap = type
        gap.shape[axis] = end - place
        pieces.append(zeros(gap))
      }
      for part in row {
        fill(to: Dim(part.low))
        pieces.append(part.value)
        place = Dim(part.low) + shape(of: part.value)[axis]
      }
      fill(to: type.shape[axis])
      rows.append(concatenate(pieces, axis: axis))
    }
    return rows
  }

  /// The elements along an axis that lie a step apart.
  private struct Strand: Hashable {
    var axis: Int
    var step: Int
  }

  /// The strand that a term has, and from which element on; nil of what does not fill its axis with others.
  private func strand(_ term: ValueID) -> (Strand, start: Int)? {
    guard let (axis, value, low, interior) = padded(term), interior > 0, low <= interior,
      shape(of: value)[axis] * Dim(interior + 1) == shape(of: term)[axis]
    else { return nil }
    return (Strand(axis: axis, step: interior + 1), low)
  }

  /// Terms that take turns along an axis in one, where that is half of it at least.
  private func woven(_ terms: [ValueID]) -> [ValueID] {
    // The places among the terms, for the same term may come twice.
    var strands: [Strand: [Int: Int]] = [:]
    for (place, term) in terms.enumerated() {
      if let (strand, start) = strand(term), strands[strand]?[start] == nil { strands[strand, default: [:]][start] = place }
    }
    var taken: Set<Int> = []
    var joined: [ValueID] = []
    for (strand, parts) in strands.sorted(by: { ($0.key.axis, $0.key.step) < ($1.key.axis, $1.key.step) })
    where parts.count > 1 && 2 * parts.count >= strand.step {
      let shape = shape(of: terms[0])
      var thin = shape.dims
      thin[strand.axis] = Dim.floorQuotient(shape[strand.axis], Dim(strand.step))
      thin.insert(1, at: strand.axis + 1)
      let turns = (0..<strand.step).map { start in
        parts[start].map { reshape(graph.node(of: terms[$0]).operands[0], to: Shape(thin)) }
          ?? zeros(TensorType(type(of: terms[0]).dtype, Shape(thin)))
      }
      taken.formUnion(parts.values)
      joined.append(reshape(concatenate(turns, axis: strand.axis + 1), to: shape))
    }
    return terms.enumerated().filter { !taken.contains($0.offset) }.map(\.element) + joined
  }
}
