import GradIR

// Where operands are, how far apart their elements lie, and of what type they are.
extension Block {
  func pointer(_ operand: Operand) -> Expr {
    switch operand {
    case .array(let array, nil): return .variable(array)
    case .array(let array, .some(let index)):
      let first = expanded(index).replacing { $0 == variable ? start : nil }.simplified
      return first == .zero ? .variable(array) : .binary("+", .variable(array), first)
    case .number(let number): return .address(number)
    }
  }
  /// An index or a number without the locals that are written where they are read.
  func expanded(_ expression: Expr) -> Expr {
    expression.replacing { name in
      switch definitions[name] {
      case .expression(let value): expanded(value)
      case .operand(.number(let number)): .variable(number)
      case .operand(.array), nil: nil
      }
    }
  }
  func isUniform(_ expression: Expr) -> Bool {
    switch expression {
    case .integer, .literal: true
    case .address: false
    case .variable(let name):
      switch definitions[name] {
      case .operand(.number): true
      case .operand(.array): false
      case .expression(let value): isUniform(value)
      case nil: name != variable && !declared.contains(name)
      }
    case .load(let buffer, let index): storedAt[buffer] == nil && isUniform(index)
    default: expression.parts.allSatisfy(isUniform)
    }
  }
  /// How far apart the places of neighbouring elements are; nil where that depends on the data.
  func stride(_ index: Expr) -> Expr? {
    if isUniform(index) { return .zero }
    switch index {
    case .variable(variable): return .integer(1)
    case .variable(let name): if case .expression(let value) = definitions[name] { return stride(value) } else { return nil }
    case .binary(let symbol, let a, let b) where symbol == "+" || symbol == "-":
      guard let left = stride(a), let right = stride(b) else { return nil }
      return Expr.binary(symbol, left, right).simplified
    case .binary("*", let a, let b):
      if isUniform(a), let step = stride(b) { return Expr.binary("*", expanded(a), step).simplified }
      if isUniform(b), let step = stride(a) { return Expr.binary("*", step, expanded(b)).simplified }
      return nil
    default: return nil
    }
  }

  func type(_ expression: Expr) -> DType? {
    switch expression {
    case .literal(let dtype, _): dtype
    case .integer: .i64
    case .variable(let name): types[name]
    case .load(let buffer, _): types[buffer]
    case .unary(_, let a): type(a)
    case .binary(let symbol, let a, _): ["<", "<=", ">", ">=", "==", "!="].contains(symbol) ? .bool : type(a)
    case .conditional(_, let a, _): type(a)
    case .call(let function, _): DType(function)
    case .cast(let type, _): type.dtype
    case .address: nil
    }
  }
}

extension DType {
  /// The type that a function's name ends with.
  init(_ function: String) { self = DType.allCases.first { function.hasSuffix("_\($0)") } ?? .f32 }
}
