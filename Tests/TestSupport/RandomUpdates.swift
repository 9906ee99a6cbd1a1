import GradIR

extension RandomGraph {
  /// A graph with outputs that can take the places of its parameters, and which can: by parameter and output. Some are made of the
  /// parameter so that the order of reading and writing matters, some are other parameters, some are any value of the type.
  public static func updates(of graph: Graph, seed: UInt64) -> (graph: Graph, pairs: [(input: Int, output: Int)]) {
    let random = RandomSource(seed: seed)
    let builder = GraphBuilder(graph)
    var pairs: [(input: Int, output: Int)] = []
    for (index, value) in graph.parameterValues.enumerated() {
      guard let value, random.chance(0.8) else { continue }
      let type = graph.type(of: value)
      let same = (0..<graph.valueCount).map { ValueID($0) }.filter { graph.type(of: $0) == type }
      let axes = type.shape.dims.indices
      let updated: ValueID
      switch random.integer(0...6) {
      case 0 where !axes.isEmpty:
        let reversed = type.shape.dims.map { SliceAxis(start: $0 - 1, count: $0, step: -1) }
        updated = builder.slice(value, reversed)
      case 1 where !axes.isEmpty && type.dtype != .bool:
        updated = builder.cumulative(
          Cumulation(.sum, axis: random.pick(axes), exclusive: random.chance(0.5), reverse: random.chance(0.5)), value)
      case 2 where axes.count == 2 && type.shape[0] == type.shape[1]: updated = builder.add(.transpose([1, 0]), [value])
      case 3 where axes.count == 2 && type.shape[0] == type.shape[1] && type.dtype.isFloat:
        updated = builder.add(.contract(Contraction([0, 1], [1, 2], [0, 2])), [value, random.pick(same)])
      case 4 where type.dtype.isFloat: updated = builder.add(builder.map("sin", value), random.pick(same))
      case 5 where type.dtype != .bool: updated = builder.add(random.pick(same), value)
      default: updated = random.pick(same)
      }
      guard builder.type(of: updated) == type else { continue }
      pairs.append((index, graph.results.count + pairs.count))
      builder.output("next\(index)", updated)
    }
    return (builder.finish(), pairs)
  }
}
