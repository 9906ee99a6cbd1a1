import GradIR

// A loop with a random body.
extension GraphAuthor {
  func addLoop() {
    var states: [ValueID] = []
    for _ in 0..<random.pick([0, 0, 1, 1, 2]) { if let state = pick({ $0.rank < 3 }) { states.append(state) } }
    var sequences: [ValueID] = []
    var count = dim()
    if random.chance(0.8), let sequence = pick({ $0.rank > 0 && $0.rank < 4 && self.number($0.shape[0]) < 20 }) {
      count = type(sequence).shape[0]
      sequences.append(sequence)
      if random.chance(0.4), let other = pick({ $0.rank > 0 && $0.rank < 4 && $0.shape[0] == count }) { sequences.append(other) }
    }
    if number(count) >= 20 { return }
    let captures = (0..<random.integer(0...2)).compactMap { _ in pick { $0.rank < 3 } }

    let body = GraphAuthor(random: random, dims: dims, options: options, depth: depth + 1)
    for state in states { body.addBodyParameter("state", type(state)) }
    for sequence in sequences { body.addBodyParameter("slice", type(sequence).with(Shape(Array(type(sequence).shape.dims.dropFirst())))) }
    for capture in captures { body.addBodyParameter("capture", type(capture)) }
    body.pool.append(body.constant(TensorType(dtype())))
    let size = body.pool.count + random.integer(1...8)
    var attempts = 0
    while body.builder.graph.nodes.count < size && attempts < size * 20 {
      attempts += 1
      body.addRandomNode()
    }
    for index in states.indices { body.builder.output("next\(index)", body.value(type(states[index]))) }
    let outputs = random.integer((states.isEmpty ? 1 : 0)...3)
    for index in 0..<outputs { body.builder.output("step\(index)", random.pick(body.pool.suffix(4))) }
    add(
      .loop(
        Loop(
          body: body.builder.finish(), count: count, states: states.count, sequences: sequences.count, reverse: random.chance(0.3))),
      states + sequences + captures)
  }

  private func addBodyParameter(_ word: String, _ type: TensorType) {
    pool.append(builder.parameter(Parameter(name: "\(word)\(pool.count)", type: type)))
  }
}
