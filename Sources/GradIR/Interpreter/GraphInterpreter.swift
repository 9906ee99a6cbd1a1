/// Runs a graph as its ops are defined: short, slow, right; what every back end is compared with.
///
/// The bits are those that numerics.md promises: sums in their one order, functions by the runtime. Where an op leaves the order
/// open it is fixed here: prod, cumulative totals, windowAdd and scatterAdd are sequential from their identity, in the row-major
/// order of the operand; triangular solves and Cholesky chain fma in the order of solving.
///
///     let results = try GraphInterpreter.run(graph, inputs: [x], dims: ["n": 3])
public enum GraphInterpreter {
  /// The graph's results, in order.
  ///
  /// - Parameters:
  ///   - inputs: a tensor for each parameter, by its index.
  ///   - dims: a value for every symbol.
  ///   - checkingFinite: Whether the first operation that makes a NaN or an infinity is a fault.
  /// - Throws: `RunFault` for an index out of range and a requirement not met. Inputs of other types than the parameters', and a
  ///   `derivative` node, are bugs of the caller.
  public static func run(
    _ graph: Graph, inputs: [Tensor], dims: [String: Int], checkingFinite: Bool = false
  ) throws(RunFault) -> [Tensor] {
    try checked(graph, dims, checkingFinite: checkingFinite).run(inputs)
  }

  /// Every value of the graph, by `ValueID.index`.
  public static func runAll(_ graph: Graph, inputs: [Tensor], dims: [String: Int]) throws(RunFault) -> [Tensor] {
    try checked(graph, dims).values(inputs, keepingAll: true).map { value in
      guard let value else { preconditionFailure("a value was not kept") }
      return value
    }
  }

  private static func checked(
    _ graph: Graph, _ dims: [String: Int], checkingFinite: Bool = false
  ) throws(RunFault) -> InterpretedGraph {
    if let failed = graph.checkRequirements(dims).first { throw .unmet(failed) }
    return InterpretedGraph(graph, dims, checkingFinite: checkingFinite)
  }
}

/// A graph with its extents known and the last use of each value: what a loop prepares once for all steps.
final class InterpretedGraph {
  let graph: Graph
  let dims: [String: Int]
  /// The extents of each value.
  let extents: [[Int]]
  /// The bodies of loops, by node.
  private(set) var bodies: [Int: InterpretedGraph] = [:]
  /// Which nodes a result needs: the others are not run, as no back end runs them, so that a fault in them is none.
  let live: [Bool]
  /// For each node the values that nothing later reads.
  private var dying: [[ValueID]]
  private let checksFinite: Bool

  init(_ graph: Graph, _ dims: [String: Int], checkingFinite: Bool = false) {
    self.graph = graph
    self.dims = dims
    checksFinite = checkingFinite
    live = graph.liveNodes
    extents = (0..<graph.valueCount).map { index in
      let type = graph.type(of: ValueID(index))
      guard let extents = type.shape.extents(dims) else {
        preconditionFailure("\(graph.node(of: ValueID(index)).op.name): \(type) has no extents under \(dims)")
      }
      return extents
    }
    var lastUse = [Int](repeating: -1, count: graph.valueCount)
    for (index, node) in graph.nodes.enumerated() {
      for result in node.results { lastUse[Int(result.index)] = index }
      for operand in node.operands { lastUse[Int(operand.index)] = index }
      if case .loop(let loop) = node.op { bodies[index] = InterpretedGraph(loop.body, dims, checkingFinite: checkingFinite) }
    }
    for result in graph.results { lastUse[Int(result.value.index)] = graph.nodes.count }
    dying = [[ValueID]](repeating: [], count: graph.nodes.count)
    for (value, node) in lastUse.enumerated() where node < graph.nodes.count { dying[node].append(ValueID(value)) }
  }

  func run(_ inputs: [Tensor]) throws(RunFault) -> [Tensor] {
    let values = try values(inputs, keepingAll: false)
    return graph.results.map { result in
      guard let value = values[Int(result.value.index)] else { preconditionFailure("result `\(result.name)` was not kept") }
      return value
    }
  }

  func values(_ inputs: [Tensor], keepingAll: Bool) throws(RunFault) -> [Tensor?] {
    precondition(inputs.count == graph.parameters.count, "\(graph.parameters.count) parameters, \(inputs.count) inputs")
    var values = [Tensor?](repeating: nil, count: graph.valueCount)
    for (index, node) in graph.nodes.enumerated() {
      if case .parameter(let parameter) = node.op {
        let input = inputs[parameter]
        let expected = extents[Int(node.firstResult.index)]
        precondition(
          input.dtype == node.types[0].dtype && input.shape == expected,
          "`\(graph.parameters[parameter].name)` is \(node.types[0].dtype)\(expected), not \(input.dtype)\(input.shape)")
        values[Int(node.firstResult.index)] = input
      } else if keepingAll || live[index] {
        let operands = node.operands.map { operand in
          guard let value = values[Int(operand.index)] else { preconditionFailure("\(node.op.name) reads a value that is gone") }
          return value
        }
        let results: [Tensor]
        if let empty = empty(index, node) { results = empty } else { results = try evaluate(index, node, operands) }
        if checksFinite, let fault = graph.finiteFault(node, results, operands) { throw fault }
        for (result, value) in zip(node.results, results) { values[Int(result.index)] = value }
      }
      if !keepingAll { for value in dying[index] { values[Int(value.index)] = nil } }
    }
    return values
  }

  /// A result without elements, for which nothing is computed, however long its other axes are. Loops and updates may be at fault all
  /// the same.
  private func empty(_ index: Int, _ node: Node) -> [Tensor]? {
    let shape = extents[Int(node.firstResult.index)]
    guard shape.contains(0) else { return nil }
    switch node.op {
    case .loop, .scatterAdd: return nil
    default: return [.filled(node.types[0].dtype, 0, shape: shape)]
    }
  }

  /// The value of a dim.
  func number(_ dim: Dim) -> Int {
    guard let value = dim.value(dims) else { preconditionFailure("\(dim) has no value under \(dims)") }
    return value
  }

  func evaluate(_ index: Int, _ node: Node, _ operands: [Tensor]) throws(RunFault) -> [Tensor] {
    let shape = extents[Int(node.firstResult.index)]
    switch node.op {
    case .parameter, .derivative: preconditionFailure("\(node.op.name) is not evaluated")
    case .constant(let constant): return [constant.tensor]
    case .dimension(let dim):
      guard let value = dim.wrappingValue({ dims[$0] }) else { preconditionFailure("\(dim) has no value under \(dims)") }
      return [Tensor([Int64(value)], shape: [])]
    case .iota(let count): return [Tensor((0..<Int64(number(count))).map { $0 }, shape: shape)]
    case .variable, .stopGradient: return operands
    case .map(let function): return [Kernels.map(function, operands)]
    case .cast(let dtype): return [Kernels.cast(operands[0], to: dtype)]
    case .reduce(let kind, let axes): return [Kernels.reduce(kind, axes, operands[0])]
    case .cumulative(let cumulation): return [Kernels.cumulative(cumulation, operands[0])]
    case .contract(let contraction): return [Kernels.contract(contraction, operands[0], operands[1], shape: shape)]
    case .broadcast(_, let axes): return [Kernels.broadcast(operands[0], axes, shape: shape)]
    case .reshape:
      precondition(shape.reduce(1, *) == operands[0].count, "a reshape of \(operands[0].shape) to \(shape)")
      return [operands[0].reshaped(shape)]
    case .transpose(let permutation): return [Kernels.transpose(operands[0], permutation, shape: shape)]
    case .slice(let axes):
      return [Kernels.slice(operands[0], starts: axes.map { number($0.start) }, steps: axes.map(\.step), shape: shape)]
    case .pad(let axes):
      return [
        Kernels.pad(operands[0], operands[1], low: axes.map { number($0.low) }, interior: axes.map(\.interior), shape: shape)
      ]
    case .concatenate(let axis): return [Kernels.concatenate(operands, axis, shape: shape)]
    case .diagonal(let diagonal): return [Kernels.diagonal(operands[0], diagonal, shape: shape)]
    case .window(let axes): return [Kernels.window(operands[0], axes, shape: shape)]
    case .windowAdd(let axes, _): return [Kernels.windowAdd(operands[0], axes, shape: shape)]
    case .gather(let axis):
      let selected = try indices(operands[1], axis, operands[0].shape[axis.axis], index, reads: !shape.contains(0))
      return [Kernels.gather(operands[0], selected, axis, indexShape: operands[1].shape, shape: shape)]
    case .scatterAdd(let axis, let extent):
      let selected = try indices(operands[1], axis, number(extent), index, reads: operands[0].count > 0)
      return [Kernels.scatterAdd(operands[0], selected, axis, indexShape: operands[1].shape, shape: shape)]
    case .argsort(let axis): return [Kernels.argsort(operands[0], axis)]
    case .loop(let loop):
      guard let body = bodies[index] else { preconditionFailure("a loop's body was not prepared") }
      let types = node.results.map { (graph.type(of: $0).dtype, extents[Int($0.index)]) }
      return try run(loop, body, operands, types)
    case .triangularSolve(let lower, let transposed):
      return [Kernels.triangularSolve(operands[0], operands[1], lower: lower, transposed: transposed)]
    case .cholesky: return [Kernels.cholesky(operands[0])]
    }
  }

  /// The indices as they select, 0 ..< extent; the first that lies outside, in row-major order, is a fault. Nothing is a fault
  /// where nothing is selected because another axis is empty.
  private func indices(
    _ tensor: Tensor, _ axis: GatherAxis, _ extent: Int, _ node: Int, reads: Bool
  ) throws(RunFault) -> [Int] {
    if !reads { return [] }
    var selected: [Int] = []
    selected.reserveCapacity(tensor.count)
    for (index, value) in tensor.integers.enumerated() {
      let wrapped = axis.wrapsNegative && value < 0 ? value + Int64(extent) : value
      guard wrapped >= 0, wrapped < extent else {
        let position = zip(rowMajorStrides(tensor.shape), tensor.shape).map { index / $0 % $1 }
        let source = graph.nodes[node]
        throw .indexOutOfRange(
          .init(
            node: node, name: graph.names[source.operands[1]], position: position, value: value, extent: extent,
            source: source.source))
      }
      selected.append(Int(wrapped))
    }
    return selected
  }

  private func run(
    _ loop: Loop, _ body: InterpretedGraph, _ operands: [Tensor], _ types: [(dtype: DType, shape: [Int])]
  ) throws(RunFault) -> [Tensor] {
    let count = number(loop.count)
    var states = Array(operands[..<loop.states])
    let sequences = operands[loop.states..<loop.states + loop.sequences]
    let captures = operands[(loop.states + loop.sequences)...]
    var outputs = types.dropFirst(loop.states).map { Tensor.filled($0.dtype, 0, shape: $0.shape) }
    for place in 0..<count {
      let step = loop.reverse ? count - 1 - place : place
      let slices = sequences.map { Kernels.step(step, of: $0) }
      let results: [Tensor]
      do {
        results = try body.run(states + slices + captures)
      } catch {
        throw error.within(step: step)
      }
      states = Array(results[..<loop.states])
      for (index, result) in results[loop.states...].enumerated() { Kernels.setStep(step, of: &outputs[index], to: result) }
    }
    return states + outputs
  }
}
