import GradIR

/// How C spells element-wise functions and casts of atoms.
enum ScalarSpelling {
  static func expression(_ function: ScalarFunction, _ dtype: DType, _ operands: [Expr], _ module: ModuleContext) -> Expr {
    let record = function.record
    switch record.spelling {
    case .infix(let symbol):
      let (a, b) = (operands[0], operands[1])
      if record.typeRule == .arithmetic, let unsigned = unsigned(dtype) {
        // Integers wrap, which only unsigned numbers do.
        return .cast(.element(dtype), .binary(symbol, .cast(unsigned, a), .cast(unsigned, b)))
      }
      if record.typeRule == .comparison, !dtype.isFloat, a == b {
        // Compilers warn of what is always so; of floats it is not, for a NaN differs from itself.
        return .literal(.bool, ["==", "<=", ">="].contains(symbol) ? 1 : 0)
      }
      return .binary(symbol, a, b)
    case .prefix(let symbol):
      if symbol == "-", let unsigned = unsigned(dtype) {
        return .cast(.element(dtype), .binary("-", .cast(unsigned, .integer(0)), .cast(unsigned, operands[0])))
      }
      return .unary(symbol, operands[0])
    case .call(let name): return .call("grad_\(name)_\(dtype)", operands)
    case .conditional:
      if case .literal(_, let bits) = operands[0] { return bits == 0 ? operands[2] : operands[1] }
      return .conditional(operands[0], operands[1], operands[2])
    }
  }

  static func cast(_ a: Expr, _ from: DType, _ to: DType, _ module: ModuleContext) -> Expr {
    if from == to { return a }
    if to == .bool {
      return .binary("!=", a, .literal(from, 0))
    }
    if from.isFloat && to.isInteger { return .call("grad_\(from)_to_\(to)", [a]) }
    return .cast(.element(to), a)
  }

  static func unsigned(_ dtype: DType) -> CType? {
    switch dtype {
    case .i32: .unsigned32
    case .i64: .unsigned64
    case .f32, .f64, .bool: nil
    }
  }
}
