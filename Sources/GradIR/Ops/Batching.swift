/// Pushes the step axis of a loop without states through its body, so that all steps run at once.
///
/// - Returns: the stacked outputs: each result of the body with a leading axis of `loop.count`.
///
/// Sequences are batched, captures are not; what depends on captures alone is computed once and, where it is a result, broadcast. Each
/// element keeps its order of operations, so the bits are those of the loop, with one exception: a matrix-vector product of which one
/// side alone is batched becomes a matrix product, whose order of sums is another. Likewise a fault: what is computed once is computed
/// for a count of 0 too, where the loop would have taken no step.
///
///     // map(row -> row @ w, x) becomes x @ w
///     let outputs = vectorize(loop, operands: [x, w], into: builder)
public func vectorize(_ loop: Loop, operands: [ValueID], into builder: GraphBuilder) -> [ValueID] {
  precondition(loop.states == 0, "a loop with states runs step by step")
  let batching = Batching(extent: loop.count, builder: builder)
  let parameters = operands.enumerated().map { index, operand in
    BatchedValue(value: operand, isBatched: index < loop.sequences)
  }
  let source = builder.source
  defer { builder.source = source }
  return batching.push(loop.body, parameters).map(batching.batched)
}

/// A value of the graph around, with the batch axis as its first if it is batched.
struct BatchedValue {
  var value: ValueID
  var isBatched: Bool
}

/// The rules by which a leading axis of `extent` goes through each op, in the order of `Op`'s cases:
///
/// map cast · reduce cumulative contract · broadcast reshape transpose slice pad concatenate diagonal window windowAdd · gather
/// scatterAdd (Batching+Index) · argsort · loop (Batching+Loop) · triangularSolve cholesky
struct Batching {
  let extent: Dim
  let builder: GraphBuilder

  /// The results of a graph for given parameters.
  func push(_ graph: Graph, _ parameters: [BatchedValue]) -> [BatchedValue] {
    var values: [BatchedValue] = []
    values.reserveCapacity(graph.valueCount)
    for node in graph.nodes {
      builder.source = node.source
      if case .parameter(let index) = node.op {
        values.append(parameters[index])
        continue
      }
      let operands = node.operands.map { values[Int($0.index)] }
      values += push(node.op, operands)
      for result in node.results {
        if let name = graph.names[result] { builder.name(values[Int(result.index)].value, name) }
      }
    }
    return graph.results.map { values[Int($0.value.index)] }
  }

  private func push(_ op: Op, _ operands: [BatchedValue]) -> [BatchedValue] {
    guard operands.contains(where: \.isBatched) else {
      let plain = operands.map(\.value)
      // A variable gets a number of its own in the graph around.
      if case .variable = op { return [BatchedValue(value: builder.variable(plain[0]), isBatched: false)] }
      return builder.addAll(op, plain).map { BatchedValue(value: $0, isBatched: false) }
    }
    if case .loop(let loop) = op { return push(loop, operands) }
    return [BatchedValue(value: pushed(op, operands), isBatched: true)]
  }

  private func pushed(_ op: Op, _ operands: [BatchedValue]) -> ValueID {
    let x = operands[0].value
    switch op {
    case .parameter, .constant, .dimension, .iota, .loop: preconditionFailure("\(op.name) is not batched by this rule")
    case .derivative: preconditionFailure("a derivative is expanded before its loop is vectorized")
    case .variable: return builder.variable(x)
    case .stopGradient, .cast, .map, .cholesky, .triangularSolve: return builder.add(op, operands.map(batched))
    case .reduce(let kind, let axes): return builder.add(.reduce(kind, axes: axes.map { $0 + 1 }), [x])
    case .cumulative(var cumulation):
      cumulation.axis += 1
      return builder.cumulative(cumulation, x)
    case .contract(var contraction):
      let label = (contraction.left + contraction.right).reduce(-1, max) + 1
      if operands[0].isBatched { contraction.left.insert(label, at: 0) }
      if operands[1].isBatched { contraction.right.insert(label, at: 0) }
      contraction.result.insert(label, at: 0)
      return builder.contract(x, operands[1].value, contraction)
    case .broadcast(let shape, let axes): return builder.broadcast(x, to: [extent] + shape, axes: [0] + axes.map { $0 + 1 })
    case .reshape(let shape): return builder.reshape(x, to: [extent] + shape)
    case .transpose(let permutation): return builder.transpose(x, [0] + permutation.map { $0 + 1 })
    case .slice(let axes): return builder.slice(x, [SliceAxis(count: extent)] + axes)
    case .pad(let axes): return pad(operands[0], operands[1], axes)
    case .concatenate(let axis): return builder.concatenate(operands.map(batched), axis: axis + 1)
    case .diagonal(let diagonal):
      return builder.diagonal(Diagonal(diagonal.mode, first: diagonal.first + 1, second: diagonal.second + 1), x)
    case .window(let axes): return builder.window(x, shifted(axes))
    case .windowAdd(let axes, let extents): return builder.windowAdd(x, shifted(axes), extents: extents)
    case .gather(let axis): return gather(operands[0], operands[1], axis)
    case .scatterAdd(let axis, let extent): return scatterAdd(operands[0], operands[1], axis, extent)
    case .argsort(let axis): return builder.argsort(x, axis: axis + 1)
    }
  }

  /// The value with the batch axis: itself, or broadcast.
  func batched(_ x: BatchedValue) -> ValueID {
    if x.isBatched { return x.value }
    let shape = builder.shape(of: x.value)
    return builder.broadcast(x.value, to: [extent] + shape, axes: shape.dims.indices.map { $0 + 1 })
  }

  /// The value with axis `from` at place `to`.
  func moveAxis(_ x: ValueID, from: Int, to: Int) -> ValueID {
    var permutation = Array(0..<builder.rank(x))
    permutation.insert(permutation.remove(at: from), at: to)
    return builder.transpose(x, permutation)
  }

  private func shifted(_ axes: [WindowAxis]) -> [WindowAxis] {
    axes.map { axis in
      var axis = axis
      axis.axis += 1
      return axis
    }
  }

  private func pad(_ x: BatchedValue, _ value: BatchedValue, _ axes: [PadAxis]) -> ValueID {
    guard value.isBatched else { return builder.pad(batched(x), value.value, [PadAxis()] + axes) }
    // A pad takes one value for all, so the places are marked and each step's own value put there.
    let dtype = builder.type(of: value.value).dtype
    let padded = builder.pad(batched(x), builder.zeros(TensorType(dtype)), [PadAxis()] + axes)
    let result = builder.shape(of: padded)
    let element = Shape(Array(builder.shape(of: x.value).dims.dropFirst(x.isBatched ? 1 : 0)))
    let inside = builder.pad(builder.ones(TensorType(.bool, element)), builder.zeros(TensorType(.bool)), axes)
    let insideAll = builder.broadcast(inside, to: result, axes: Array(1..<result.rank))
    return builder.select(insideAll, padded, builder.broadcast(value.value, to: result, axes: [0]))
  }
}
