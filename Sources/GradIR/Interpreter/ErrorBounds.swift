/// A tensor as computed, and how far each element may lie from what exact arithmetic gives.
public struct BoundedTensor: Sendable {
  public let value: Tensor
  /// As an f64 tensor of the value's shape, ≥ 0; infinite where nothing is known: beyond an overflow, a pole, a choice that rounding
  /// may turn. A truth that may be the other has 1.
  public let error: Tensor

  init(_ value: Tensor, _ error: Tensor) {
    self.value = value
    self.error = error.mapped { $0.isNaN ? .infinity : $0 }
  }
  init(exact value: Tensor) {
    self.value = value
    error = .filled(.f64, 0, shape: value.shape)
  }

  /// The elements' magnitudes in f64.
  var magnitude: Tensor { Tensor((0..<value.count).map { abs(value.double(at: $0)) }, shape: value.shape) }
  var isExact: Bool { Double.elements(of: error).allSatisfy { $0 == 0 } }
  /// Half a unit in the last place of 1, and the least positive number; 0 for types that do not round.
  static func rounding(_ dtype: DType) -> (unit: Double, least: Double) {
    switch dtype {
    case .f32: (0x1p-24, Double(Float.leastNonzeroMagnitude))
    case .f64: (0x1p-53, Double.leastNonzeroMagnitude)
    case .i32, .i64, .bool: (0, 0)
    }
  }
}

extension Tensor {
  /// An f64 tensor with each element replaced.
  fileprivate func mapped(_ f: (Double) -> Double) -> Tensor { Tensor(Double.elements(of: self).map(f), shape: shape) }
  fileprivate static func + (a: Tensor, b: Tensor) -> Tensor {
    Tensor(zip(Double.elements(of: a), Double.elements(of: b)).map { $0 + $1 }, shape: a.shape)
  }
}

extension GraphInterpreter {
  /// The graph's results, each with a running bound of its error: Σ |partial| · (error of the operand), plus the rounding of each
  /// operation, counted along the longest path of a sum. Inputs are taken as exact. Two graphs that are equal as formulas differ by
  /// less than the sum of their bounds.
  ///
  /// Functions are bounded by their values at the ends of the interval or by their Lipschitz constants, with 2 ulp of their own. A solve
  /// or factorisation counts as exact where its operands are, as unbounded elsewhere.
  public static func runBounded(
    _ graph: Graph, inputs: [Tensor], dims: [String: Int]
  ) throws(RunFault) -> [BoundedTensor] {
    if let failed = graph.checkRequirements(dims).first { throw .unmet(failed) }
    return try InterpretedGraph(graph, dims).runBounded(inputs.map { BoundedTensor(exact: $0) })
  }
}

extension InterpretedGraph {
  func runBounded(_ inputs: [BoundedTensor]) throws(RunFault) -> [BoundedTensor] {
    var values = [BoundedTensor?](repeating: nil, count: graph.valueCount)
    for (index, node) in graph.nodes.enumerated() where live[index] {
      if case .parameter(let parameter) = node.op {
        values[Int(node.firstResult.index)] = inputs[parameter]
        continue
      }
      let operands = node.operands.map { values[Int($0.index)]! }  // live operands come before their node
      for (result, value) in zip(node.results, try bounded(index, node, operands)) { values[Int(result.index)] = value }
    }
    return graph.results.map { values[Int($0.value.index)]! }  // results are live
  }

  private func bounded(_ index: Int, _ node: Node, _ operands: [BoundedTensor]) throws(RunFault) -> [BoundedTensor] {
    if case .loop(let loop) = node.op, let body = bodies[index] { return try bounded(loop, body, node, operands) }
    let value = try evaluate(index, node, operands.map(\.value))[0]
    return [BoundedTensor(value, try error(index, node, operands, value))]
  }

  private func error(_ index: Int, _ node: Node, _ x: [BoundedTensor], _ value: Tensor) throws(RunFault) -> Tensor {
    let (unit, least) = BoundedTensor.rounding(value.dtype)
    let exact = Tensor.filled(.f64, 0, shape: value.shape)
    let unknown = Tensor.filled(.f64, .infinity, shape: value.shape)
    /// The op on other tensors of its operands' shapes.
    func op(_ operands: Tensor...) throws(RunFault) -> Tensor { try evaluate(index, node, operands)[0] }
    /// `count` roundings of numbers up to a magnitude.
    func roundings(_ count: Int, of magnitude: Tensor) -> Tensor { magnitude.mapped { Double(count) * (unit * $0 + least) } }

    switch node.op {
    case .parameter, .constant, .dimension, .iota, .derivative, .loop: return exact
    case .variable, .stopGradient: return x[0].error
    case .map(let function): return ErrorBound.map(function, x, value)
    case .cast: return ErrorBound.cast(x[0], value)
    case .broadcast, .reshape, .transpose, .slice, .diagonal, .window: return try op(x[0].error)
    case .pad: return try op(x[0].error, x[1].error)
    case .concatenate: return try evaluate(index, node, x.map(\.error))[0]
    case .gather: return x[1].isExact ? try op(x[0].error, x[1].value) : unknown
    case .scatterAdd:
      if !x[1].isExact { return unknown }
      return try op(x[0].error, x[1].value) + roundings(x[1].value.count, of: try op(x[0].magnitude, x[1].value))
    case .windowAdd(let windows, _):
      let overlaps = windows.reduce(1) { $0 * number($1.size) }
      return try op(x[0].error) + roundings(overlaps, of: try op(x[0].magnitude))
    case .reduce(let kind, let axes): return ErrorBound.reduce(kind, axes, x[0], value)
    case .cumulative(let cumulation): return ErrorBound.cumulative(cumulation, x[0])
    case .contract(let contraction):
      let count = contraction.contracted.reduce(1) { $0 * x[0].value.shape[contraction.left.firstIndex(of: $1)!] }  // the left's own
      func product(_ a: Tensor, _ b: Tensor) -> Tensor { Kernels.contract(contraction, a, b, shape: value.shape) }
      let (a, b) = (x[0], x[1])
      let propagated = product(a.error, b.magnitude) + product(a.magnitude, b.error) + product(a.error, b.error)
      let depth = contraction.isMatrixProduct ? ErrorBound.productDepth(count) : ErrorBound.sumDepth(count, value.dtype)
      return propagated + roundings(depth, of: product(a.magnitude, b.magnitude))
    case .argsort, .triangularSolve, .cholesky: return x.allSatisfy(\.isExact) ? exact : unknown
    }
  }

  private func bounded(
    _ loop: Loop, _ body: InterpretedGraph, _ node: Node, _ operands: [BoundedTensor]
  ) throws(RunFault) -> [BoundedTensor] {
    let count = number(loop.count)
    var states = Array(operands[..<loop.states])
    let sequences = operands[loop.states..<loop.states + loop.sequences]
    let captures = operands[(loop.states + loop.sequences)...]
    var outputs = node.results.dropFirst(loop.states).map { result in
      let shape = extents[Int(result.index)]
      return (value: Tensor.filled(graph.type(of: result).dtype, 0, shape: shape), error: Tensor.filled(.f64, 0, shape: shape))
    }
    for place in 0..<count {
      let step = loop.reverse ? count - 1 - place : place
      let slices = sequences.map { BoundedTensor(Kernels.step(step, of: $0.value), Kernels.step(step, of: $0.error)) }
      let results = try body.runBounded(states + slices + captures)
      states = Array(results[..<loop.states])
      for (index, result) in results[loop.states...].enumerated() {
        Kernels.setStep(step, of: &outputs[index].value, to: result.value)
        Kernels.setStep(step, of: &outputs[index].error, to: result.error)
      }
    }
    return states + outputs.map { BoundedTensor($0.value, $0.error) }
  }
}
