import GradIR

// y = f(a, b, …) element by element: diag(∂f/∂a), from the partials in f's record.
//   select(c, a, b): choose(c), choose(not c)
//   annihilating_multiply(d, v): by v diag(d), by d diag(v), each zero where the other factor or the argument is

/// The Jacobian of an element-wise function by one operand.
func mapJacobian(_ function: ScalarFunction, _ request: JacobianRequest) -> LinearMap {
  let operands = request.node.operands
  switch function {
  case .select:
    return LinearMap(.choose(operands[0], whereTrue: request.operand == 1), from: request.domain, to: request.range)
  case .annihilatingMultiply:
    return request.operand == 1
      ? .diagonal(operands[0], request.domain, .argument) : .diagonal(operands[1], request.domain, .both)
  default: break
  }
  guard let partial = function.partials[request.operand] else { return request.zero }
  switch PartialBuilder(request).value(of: partial) {
  // A factor that happens to be 0 is one like any other: 0 · ∞ is NaN, however the model writes its zero.
  case .number(0) where function.name != "multiply": return request.zero
  case .number(let number) where number.isFinite: return .scale(number, request.domain)
  // An infinity or NaN is a coefficient like any other: below a `where` a zero stays zero when it meets it.
  case .number(let number):
    return .diagonal(request.builder.constant(number, request.domain), request.domain, request.annihilator)
  case .truth: preconditionFailure("a partial of \(function) is a number")
  case .value(let value): return .diagonal(value, request.domain, request.annihilator)
  }
}

/// Writes a partial derivative into the graph; what is constant is computed here, as the graph would.
private struct PartialBuilder {
  enum Partial {
    case number(Double)
    case truth(Bool)
    case value(ValueID)
  }
  let request: JacobianRequest
  private var builder: GraphBuilder { request.builder }
  private var dtype: DType { request.range.dtype }

  init(_ request: JacobianRequest) { self.request = request }

  func value(of expression: ScalarExpression) -> Partial {
    switch expression {
    case .input(let index):
      let operand = request.node.operands[index]
      return builder.scalarConstant(operand).map { .number($0) } ?? .value(operand)
    case .result: return .value(request.result)
    case .constant(let number): return .number(dtype == .f32 ? Double(Float(number)) : number)
    case .apply(let function, let operands):
      let first = value(of: operands[0])
      // What a known condition leaves out is not written.
      if case .truth(let known) = first {
        if function == .select { return value(of: operands[known ? 1 : 2]) }
        if function.name == "and" { return known ? value(of: operands[1]) : first }
      }
      return apply(function, [first] + operands.dropFirst().map(value(of:)))
    }
  }

  private func apply(_ function: ScalarFunction, _ operands: [Partial]) -> Partial {
    if let folded = fold(function, operands) { return folded }
    return .value(builder.add(.map(function), operands.map(materialize)))
  }

  private func materialize(_ partial: Partial) -> ValueID {
    switch partial {
    case .number(let number): builder.constant(number, request.range)
    case .truth(let truth): builder.constant(truth ? 1 : 0, request.range.with(.bool))
    case .value(let value): value
    }
  }

  // 1 · x = x    x · 1 = x    x / 1 = x    x^1 = x    x^0 = 1    −(number), number ∘ number    not known    known and a
  private func fold(_ function: ScalarFunction, _ operands: [Partial]) -> Partial? {
    let numbers = operands.map { operand -> Double? in
      if case .number(let number) = operand { return number }
      return nil
    }
    switch function.name {
    case "multiply" where numbers[0] == 1: return operands[1]
    case "multiply" where numbers[1] == 1, "divide" where numbers[1] == 1, "power" where numbers[1] == 1: return operands[0]
    case "power" where numbers[1] == 0: return .number(1)
    case "not":
      if case .truth(let known) = operands[0] { return .truth(!known) }
    case "and":
      for (index, operand) in operands.enumerated() {
        if case .truth(let known) = operand { return known ? operands[1 - index] : .truth(false) }
      }
    default: break
    }
    let known = numbers.compactMap { $0 }
    guard known.count == operands.count, let a = known.first else { return nil }
    let b = known.count > 1 ? known[1] : 0
    let record = function.record
    if let ordering = record.evaluate.ordering {
      return .truth(ordering(a < b ? .less : a > b ? .greater : a == b ? .equal : .unordered))
    }
    if dtype == .f32 { return record.evaluate.f32.map { .number(Double($0(Float(a), Float(b)))) } }
    return record.evaluate.f64.map { .number($0(a, b)) }
  }
}
