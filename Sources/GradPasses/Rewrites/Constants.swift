import GradIR

extension Rewrites {
  // foldMap, foldCast, foldSelect: operations on constants (also spread to a shape) are constants.
  static let constants: [Rewrite] = [foldMap, foldCast, foldChoice]

  /// The scalar constant that a value is everywhere.
  static func splat(_ value: ValueID, _ builder: GraphBuilder) -> Constant? {
    let node = builder.graph.node(of: value)
    switch node.op {
    case .constant(let constant) where constant.shape.isEmpty: return constant
    case .broadcast: return splat(node.operands[0], builder)
    default: return nil
    }
  }

  // f(c…) = c', as the interpreter has it
  private static let foldMap: Rewrite = { op, operands, builder in
    guard case .map(let function) = op, function.name != "select" else { return nil }
    var constants: [Constant] = []
    for operand in operands {
      guard let constant = splat(operand, builder) else { return nil }
      constants.append(constant)
    }
    return evaluate(op, constants).map { builder.broadcast(scalar: builder.constant($0), to: builder.shape(of: operands[0])) }
  }

  // cast(c) = c'
  private static let foldCast: Rewrite = { op, operands, builder in
    guard case .cast = op, let constant = splat(operands[0], builder) else { return nil }
    return evaluate(op, [constant]).map { builder.broadcast(scalar: builder.constant($0), to: builder.shape(of: operands[0])) }
  }

  // select(true, a, b) = a, select(false, a, b) = b
  private static let foldChoice: Rewrite = { op, operands, builder in
    guard case .map(let function) = op, function.name == "select", let condition = splat(operands[0], builder) else { return nil }
    return condition.integer(at: 0) != 0 ? operands[1] : operands[2]
  }

  private static func evaluate(_ op: Op, _ constants: [Constant]) -> Constant? {
    let builder = GraphBuilder()
    builder.output("folded", builder.add(op, constants.map(builder.constant)))
    guard let values = try? GraphInterpreter.run(builder.finish(), inputs: [], dims: [:]) else { return nil }
    return Constant(values[0])
  }
}
