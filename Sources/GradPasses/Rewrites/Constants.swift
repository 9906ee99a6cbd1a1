import GradIR

// f(c…) = c', as the interpreter has it, for every op but gathers and scatters (which may fault) and loops
// f(broadcast(c)…) = broadcast(f(c…)) for scalars c
// dimension(5) = 5
extension Rewrites {
  /// So many elements at most a folded tensor has, and so many terms are added up for it: code and compile time stay small.
  private static let elementLimit = 64
  private static let workLimit = 4096

  static func constants(_ op: Op, _ operands: [ValueID], _ builder: GraphBuilder) -> ValueID? {
    switch op {
    case .dimension(let dim): return dim.constant.map { builder.constant(Constant(integer: Int64($0), .i64)) }
    case .map, .cast: return foldScalars(op, operands, builder) ?? foldTensors(op, operands, builder)
    case .parameter, .constant, .iota, .variable, .stopGradient, .derivative, .gather, .scatterAdd, .loop, .broadcast: return nil
    case .reduce, .cumulative, .contract, .reshape, .transpose, .slice, .pad, .concatenate, .diagonal, .window, .windowAdd, .argsort,
      .triangularSolve, .cholesky:
      return foldTensors(op, operands, builder)
    }
  }

  // f(broadcast(c)…) = broadcast(f(c…)) for scalars c
  private static func foldScalars(_ op: Op, _ operands: [ValueID], _ builder: GraphBuilder) -> ValueID? {
    var constants: [Constant] = []
    for operand in operands {
      guard let constant = splat(operand, builder) else { return nil }
      constants.append(constant)
    }
    return evaluate(op, constants).map { builder.broadcast(scalar: builder.constant($0), to: builder.shape(of: operands[0])) }
  }

  // f(c…) = c', for tensors within the limits; one of them at least is no scalar
  private static func foldTensors(_ op: Op, _ operands: [ValueID], _ builder: GraphBuilder) -> ValueID? {
    var constants: [Constant] = []
    var work = 1
    for operand in operands {
      guard let constant = tensor(operand, builder) else { return nil }
      constants.append(constant)
      work *= max(1, constant.bits.count)
    }
    guard work <= workLimit, let type = try? TypeRule.infer(op, constants.map(\.type)).first,
      let count = type.shape.count.constant, count <= elementLimit
    else { return nil }
    return evaluate(op, constants).map(builder.constant)
  }

  /// The constant that a value is: one of the graph, or a scalar spread to a small shape.
  private static func tensor(_ value: ValueID, _ builder: GraphBuilder) -> Constant? {
    if case .constant(let constant) = builder.node(of: value).op { return constant }
    guard let scalar = splat(value, builder), let extents = builder.shape(of: value).extents([:]) else { return nil }
    let count = extents.reduce(1) { $0.multipliedReportingOverflow(by: $1).overflow ? .max : $0 * $1 }
    guard count <= elementLimit else { return nil }
    return Constant(dtype: scalar.dtype, shape: extents, bits: Array(repeating: scalar.bits[0], count: count))
  }

  private static func evaluate(_ op: Op, _ constants: [Constant]) -> Constant? {
    let builder = GraphBuilder()
    builder.output("folded", builder.add(op, constants.map(builder.constant)))
    let graph = builder.finish()
    guard graph.symbols.isEmpty, let values = try? GraphInterpreter.run(graph, inputs: [], dims: [:]) else { return nil }
    return Constant(values[0])
  }
}
