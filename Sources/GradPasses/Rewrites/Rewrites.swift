import GradIR

/// One formula as a function: the value that the op on these operands equals, or nil where the formula does not match.
typealias Rewrite = @Sendable (Op, [ValueID], GraphBuilder) -> ValueID?

/// The tables of rewrites. A family stands in a file of its own, below the list of its formulas; all keep every bit (of a NaN only that
/// it is one: numerics.md).
enum Rewrites {
  /// Those for one element-wise function, by its index.
  static let ofFunction: [[Rewrite]] = {
    var table = [[Rewrite]](repeating: [], count: ScalarFunction.all.count)
    for (functions, rewrite) in arithmetic + choices { for function in functions { table[Int(function.index)].append(rewrite) } }
    return table
  }()

  /// The value that an op equals by the first formula that matches.
  static func simplified(_ op: Op, _ operands: [ValueID], _ builder: GraphBuilder) -> ValueID? {
    switch op {
    case .map(let function):
      for rewrite in ofFunction[Int(function.index)] { if let value = rewrite(op, operands, builder) { return value } }
      return pullBroadcasts(op, operands, builder) ?? pullJoinedAxes(op, operands, builder)
    case .cast: return mergeCasts(op, operands, builder) ?? pullBroadcasts(op, operands, builder)
    default: return shapes(op, operands, builder)
    }
  }

  /// The scalar constant that a value is everywhere.
  static func splat(_ value: ValueID, _ builder: GraphBuilder) -> Constant? {
    let node = builder.node(of: value)
    switch node.op {
    case .constant(let constant) where constant.shape.isEmpty: return constant
    case .broadcast: return splat(node.operands[0], builder)
    default: return nil
    }
  }
  /// True of a value that is this number everywhere, with its sign.
  static func isSplat(_ value: ValueID, _ number: Double, _ builder: GraphBuilder) -> Bool {
    guard let constant = splat(value, builder), constant.dtype != .bool else { return false }
    let own = constant.double(at: 0)
    return own == number && own.sign == number.sign
  }
  /// True of the scalar constant 1.
  static func isOne(_ node: Node) -> Bool {
    guard case .constant(let constant) = node.op, constant.shape.isEmpty, constant.dtype != .bool else { return false }
    return constant.double(at: 0) == 1
  }
  /// The operands of a value that is this function of them.
  static func operands(of value: ValueID, _ function: ScalarFunction, _ builder: GraphBuilder) -> [ValueID]? {
    let node = builder.node(of: value)
    if case .map(function) = node.op { return node.operands }
    return nil
  }
}

// The functions that formulas name.
extension ScalarFunction {
  static let negate = known("negate")
  static let add = known("add")
  static let subtract = known("subtract")
  static let multiply = known("multiply")
  static let divide = known("divide")
  static let absolute = known("abs")
  static let maximum = known("max")
  static let minimum = known("min")
  static let power = known("power")
  static let annihilatingMultiply = known("annihilating_multiply")
  static let equal = known("equal")
  static let notEqual = known("not_equal")
  static let and = known("and")
  static let or = known("or")
  static let not = known("not")
  static let select = known("select")
}
