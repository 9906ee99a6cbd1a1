import GradIR

extension Elaborator {
  // MARK: Types that meet

  /// The number type that values take where they meet.
  ///
  /// - Parameter wantsFloat: True of `/` and the functions of analysis.
  /// - Parameter keepsBool: True where bools alone stay bools; elsewhere they are 0 and 1 in i64.
  func commonType(
    _ values: [TensorValue], wantsFloat: Bool = false, keepsBool: Bool = false, at range: SourceRange?, ranges: [SourceRange] = []
  ) throws -> (dtype: DType, isWeak: Bool) {
    if keepsBool, values.allSatisfy({ $0.dtype == .bool }) { return (.bool, false) }
    let strong = values.filter { !$0.isWeak }
    let floats = strong.filter { $0.dtype.isFloat }
    if let float = floats.first?.dtype {
      if floats.contains(where: { $0.dtype != float }) {
        let hint = floats.first.map { _ in "cast one of them: `f64(x)` or `f32(x)`" }
        throw mistake(
          "type.mismatch", "f32 and f64 do not mix: found " + floats.map(\.type.description).joined(separator: " and "), at: range,
          hint: hint)
      }
      return (float, false)
    }
    if wantsFloat || values.contains(where: { $0.isWeak && $0.dtype.isFloat }) {
      return strong.isEmpty ? (.f64, true) : (precision, false)
    }
    if strong.contains(where: { $0.dtype == .i64 }) { return (.i64, false) }
    if strong.contains(where: { $0.dtype == .i32 }) { return (.i32, false) }
    return (.i64, strong.isEmpty)
  }

  /// A value in another number type. Literals are rounded once, here.
  func cast(_ value: TensorValue, to dtype: DType, at range: SourceRange?) throws -> TensorValue {
    if value.dtype == dtype { return value }
    switch op(of: value) {
    case .constant(let known):
      if value.isWeak, dtype == .i32, known.dtype == .i64,
        let wrong = known.bits.lazy.map({ Int64(bitPattern: $0) }).first(where: { Int64(Int32(truncatingIfNeeded: $0)) != $0 })
      {
        throw mistake("type.literal", "the integer \(wrong) does not fit i32", at: range, hint: "cast to i64 what it meets")
      }
      if let folded = Self.cast(known, to: dtype) { return constant(folded, isWeak: value.isWeak) }
    case .broadcast, .reshape, .transpose, .slice, .diagonal, .concatenate:
      // What only moves literals moves them in the type that they take, not in f64.
      if value.isWeak { return try emit(op(of: value), operands(of: value).map { try cast($0, to: dtype, at: range) }, isWeak: true) }
    case .map(let function) where function.name == "select" && value.isWeak:
      let operands = operands(of: value)
      let sides = try operands.dropFirst().map { try cast($0, to: dtype, at: range) }
      return try emit(.map(function), [operands[0]] + sides, isWeak: true)
    default: break
    }
    return try emit(.cast(dtype), [value], isWeak: value.isWeak)
  }

  /// The operands of the node that gives a value, marked as it is.
  private func operands(of value: TensorValue) -> [TensorValue] {
    let builder = value.context.builder
    return builder.graph.node(of: value.id).operands.map {
      TensorValue(id: $0, type: builder.type(of: $0), isWeak: value.isWeak, context: value.context)
    }
  }

  /// The conversions of literals that are exact by definition: nothing to saturate.
  private static func cast(_ known: Constant, to dtype: DType) -> Constant? {
    let bits: [UInt64]
    switch (known.dtype, dtype) {
    case (.i64, .f32), (.i32, .f32), (.bool, .f32): bits = known.bits.map { UInt64(Float(Int64(bitPattern: $0)).bitPattern) }
    case (.i64, .f64), (.i32, .f64), (.bool, .f64): bits = known.bits.map { Double(Int64(bitPattern: $0)).bitPattern }
    case (.f64, .f32): bits = known.bits.map { UInt64(Float(Double(bitPattern: $0)).bitPattern) }
    case (.f32, .f64): bits = known.bits.map { Double(Float(bitPattern: UInt32(truncatingIfNeeded: $0))).bitPattern }
    case (.i64, .i32): bits = known.bits.map { UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: Int64(bitPattern: $0)))) }
    case (.i32, .i64), (.bool, .i64), (.bool, .i32): bits = known.bits
    default: return nil
    }
    return Constant(dtype: dtype, shape: known.shape, bits: bits)
  }

  /// Values in the number type that they take where they meet.
  func promoted(
    _ values: [TensorValue], wantsFloat: Bool = false, keepsBool: Bool = false, at range: SourceRange?
  ) throws -> (values: [TensorValue], isWeak: Bool) {
    let (dtype, isWeak) = try commonType(values, wantsFloat: wantsFloat, keepsBool: keepsBool, at: range)
    return (try values.map { try cast($0, to: dtype, at: range) }, isWeak)
  }

  // MARK: Broadcasting

  /// The shape that shapes spread to, aligned at the right; a dimension of 1 expands, a symbolic one never.
  func broadcastShape(
    _ values: [TensorValue], verb: String, operands: [ExpressionID] = [], at range: SourceRange?
  ) throws -> Shape {
    var result: [Dim] = []
    for value in values {
      let dims = value.shape.dims
      if dims.count > result.count { result.insert(contentsOf: dims.prefix(dims.count - result.count), at: 0) }
      let offset = result.count - dims.count
      for (axis, dim) in dims.enumerated() where result[offset + axis] != dim {
        if result[offset + axis] == 1 {
          result[offset + axis] = dim
        } else if dim != 1 {
          let shapes = values.map(\.shape.description)
          let listed = shapes.count == 2 ? shapes.joined(separator: " and ") : shapes.joined(separator: ", ")
          throw mistake(
            "shape.mismatch", "cannot \(verb) \(listed): the dimensions \(result[offset + axis]) and \(dim) differ", at: range,
            hint: shapeHint(operands, values))
        }
      }
    }
    return Shape(result)
  }

  /// The shapes of operands that have names.
  func shapeHint(_ operands: [ExpressionID], _ values: [TensorValue]) -> String? {
    guard operands.count == values.count else { return nil }
    let named = zip(operands, values).compactMap { operand, value -> String? in
      guard case .name(let name) = frame.tree[operand] else { return nil }
      return "`\(frame.tree.text(name))` is \(value.shape)"
    }
    return named.isEmpty || frame.isPrelude ? nil : named.joined(separator: ", ")
  }

  /// A value spread to a shape that its own spreads to.
  func broadcast(_ value: TensorValue, to shape: Shape) throws -> TensorValue {
    if value.shape == shape { return value }
    let offset = shape.rank - value.rank
    let kept = (0..<value.rank).filter { value.shape[$0] == shape[offset + $0] }
    var source = value
    if kept.count < value.rank {
      source = try emit(.reshape(Shape(kept.map { value.shape[$0] })), [value], isWeak: value.isWeak)
    }
    if source.shape == shape { return source }
    return try emit(.broadcast(shape, axes: kept.map { $0 + offset }), [source], isWeak: value.isWeak)
  }

  /// An element-wise function of values of one number type, spread to one shape.
  func elementwise(
    _ function: String, _ values: [TensorValue], isWeak: Bool, verb: String, operands: [ExpressionID] = [], at range: SourceRange?
  ) throws -> TensorValue {
    let shape = try broadcastShape(values, verb: verb, operands: operands, at: range)
    return try map(function, values.map { try broadcast($0, to: shape) }, isWeak: isWeak)
  }

  // MARK: Operators

  func binary(_ binary: BinaryOperator, _ left: Value, _ right: Value, operands: [ExpressionID], at range: SourceRange) throws -> Value {
    let ranges = operands.map { frame.tree.range(of: $0) }
    if case .number(let a) = left, case .number(let b) = right {
      if let folded = Self.folded(binary, a, b) { return .number(folded) }
      if binary == .power { try checkPower(a, b, at: range) }
    }
    switch binary {
    case .and, .or: return try logical(binary.spelling, [left, right], ranges, at: range)
    case .matrixMultiply:
      return .tensor(try matrixProduct(tensor(left, at: ranges[0]), tensor(right, at: ranges[1]), operands: operands, at: range))
    case .power: return .tensor(try power(left, right, operands: operands, at: range))
    default: break
    }
    let values = [try tensor(left, at: ranges[0]), try tensor(right, at: ranges[1])]
    let (promoted, isWeak) = try promoted(values, wantsFloat: binary == .divide, keepsBool: binary.isComparison, at: range)
    let (function, verb) = Self.words(binary)
    return .tensor(
      try elementwise(
        function, promoted, isWeak: isWeak && !binary.isComparison, verb: verb, operands: operands, at: range))
  }

  private static func words(_ binary: BinaryOperator) -> (function: String, verb: String) {
    switch binary {
    case .add: ("add", "add")
    case .subtract: ("subtract", "subtract")
    case .multiply: ("multiply", "multiply")
    case .divide: ("divide", "divide")
    case .power: ("power", "raise")
    case .equal: ("equal", "compare")
    case .notEqual: ("not_equal", "compare")
    case .less: ("less", "compare")
    case .lessOrEqual: ("less_equal", "compare")
    case .greater: ("greater", "compare")
    case .greaterOrEqual: ("greater_equal", "compare")
    case .or: ("or", "combine")
    case .and: ("and", "combine")
    case .matrixMultiply: ("", "multiply")
    }
  }

  /// Arithmetic on what is known while compiling; nil where the graph is to compute it.
  static func folded(_ binary: BinaryOperator, _ left: Number, _ right: Number) -> Number? {
    if case .integer(let a) = left, case .integer(let b) = right {
      let dim: Dim
      switch binary {
      case .add: dim = a + b
      case .subtract: dim = a - b
      case .multiply: dim = a * b
      case .power:
        guard let exponent = b.constant, exponent < 0 || exponent <= 64 else { return nil }
        if exponent < 0 { return a.constant.flatMap { power(Double($0), Double(exponent)) } }
        dim = (0..<exponent).reduce(Dim(1)) { product, _ in product * a }
      case .divide:
        guard let x = a.constant, let y = b.constant else { return nil }
        return .float(Double(x) / Double(y))
      default: return nil
      }
      return dim.isOverflow ? nil : .integer(dim)
    }
    guard let a = left.double, let b = right.double else { return nil }
    switch binary {
    case .add: return .float(a + b)
    case .subtract: return .float(a - b)
    case .multiply: return .float(a * b)
    case .divide: return .float(a / b)
    case .power: return power(a, b)
    default: return nil
    }
  }
  /// A power of literal integers fits i64: nobody who writes 10^20 means what wraps.
  private func checkPower(_ base: Number, _ exponent: Number, at range: SourceRange) throws {
    guard case .integer(let a) = base, case .integer(let b) = exponent, let x = a.constant, let y = b.constant, y >= 0,
      case .float(let power)? = Self.power(Double(x), Double(y)), !(-0x1p63..<0x1p63).contains(power)
    else { return }
    throw mistake("type.literal", "\(x)^\(y) does not fit i64", at: range, hint: "a float is written with a point: `\(x).0^\(y)`")
  }

  /// a^b as the graph would compute it.
  private static func power(_ a: Double, _ b: Double) -> Number? {
    switch b {
    case 0: .float(1)
    case 1: .float(a)
    case 2: .float(a * a)
    default: ScalarFunction(named: "power")?.record.evaluate.f64.map { .float($0(a, b)) }
    }
  }

  func negated(_ value: Value, at range: SourceRange) throws -> Value {
    switch value {
    case .number(.integer(let dim)) where !(-dim).isOverflow: return .number(.integer(-dim))
    case .number(.float(let value)): return .number(.float(-value))
    default:
      let (values, isWeak) = try promoted([tensor(value, at: range)], at: range)
      return .tensor(try map("negate", values, isWeak: isWeak))
    }
  }

  /// `and`, `or`, `not`: of bools.
  func logical(_ function: String, _ values: [Value], _ ranges: [SourceRange], at range: SourceRange) throws -> Value {
    let tensors = try zip(values, ranges).map { value, range in
      let tensor = try tensor(value, at: range)
      guard tensor.dtype == .bool else {
        throw mistake("type.bool", "`\(function)` takes bool, found \(shown(tensor))", at: range, hint: "compare it: `x != 0`")
      }
      return tensor
    }
    return .tensor(try elementwise(function, tensors, isWeak: false, verb: "combine", at: range))
  }

  /// A type as messages show it: what a literal has is its kind alone.
  func shown(_ value: TensorValue) -> String {
    guard value.isWeak else { return value.type.description }
    let kind = value.dtype.isFloat ? "float" : "integer"
    return value.rank == 0 ? "a literal \(kind)" : "\(kind)s of \(value.shape)"
  }

  /// A value as messages show it.
  func shown(_ value: Value) -> String {
    switch value {
    case .error: "a mistake"
    case .number(.integer(let dim)): "\(dim)"
    case .number(.float(let number)): "\(number)"
    case .number(.bool(let truth)): "\(truth)"
    case .tensor(let tensor): shown(tensor)
    case .list(let values, _): "a list of \(values.count)"
    case .tuple(let values): "\(values.count) values"
    case .text: "a text"
    case .everything: "all axes"
    }
  }

  /// c ? a : b, element by element.
  func select(_ condition: Value, _ a: Value, _ b: Value, conditionRange: SourceRange, at range: SourceRange) throws -> Value {
    let chosen = try tensor(condition, at: conditionRange)
    guard chosen.dtype == .bool else {
      throw mistake("type.bool", "a condition is bool, found \(shown(chosen))", at: conditionRange, hint: "compare it: `x != 0`")
    }
    if case .tuple = a { throw mistake("value.several", "a choice is between single values", at: range) }
    let (values, isWeak) = try promoted([tensor(a, at: range), tensor(b, at: range)], keepsBool: true, at: range)
    return .tensor(try elementwise("select", [chosen] + values, isWeak: isWeak, verb: "choose between", at: range))
  }

  // MARK: Powers

  /// x^n. For a literal n the derivative n x^(n−1) holds at 0 too; for a literal or a dim integers stay integers where n ≥ 0.
  func power(_ left: Value, _ right: Value, operands: [ExpressionID] = [], at range: SourceRange) throws -> TensorValue {
    let base = try tensor(left, at: range)
    if case .number(let number) = right, let exponent = number.double {
      let isInteger = if case .integer = number { true } else { false }
      let staysInteger = !base.dtype.isFloat && isInteger && exponent >= 0
      let (values, isWeak) = try promoted([base] + (isInteger ? [] : [tensor(right, at: range)]), wantsFloat: !staysInteger, at: range)
      let x = values[0]
      switch exponent {
      case 0: return try broadcast(constant(Constant(integer: 1, x.dtype), isWeak: isWeak), to: x.shape)
      case 1: return x
      case 2: return try map("multiply", [x, x], isWeak: isWeak)
      default:
        let literal = x.dtype.isFloat ? Constant(exponent, x.dtype) : Constant(integer: Int64(exponent), x.dtype)
        return try map("power", [x, broadcast(constant(literal, isWeak: isWeak), to: x.shape)], isWeak: isWeak)
      }
    }
    // A dim that is known later is one all the same.
    let staysInteger = if case .number(.integer(let dim)) = right { !base.dtype.isFloat && dim.isAtLeast(0) == true } else { false }
    let (values, isWeak) = try promoted([base, tensor(right, at: range)], wantsFloat: !staysInteger, at: range)
    return try elementwise("power", values, isWeak: isWeak, verb: "raise", operands: operands, at: range)
  }
}
