import GradIR

extension Elaborator {
  /// grad, jacobian, hessian, jvp, vjp: the `derivative` op, which `differentiate` expands later.
  func derivative(_ name: String, _ syntax: [ArgumentSyntax], at range: SourceRange) throws -> Value {
    if let labelled = syntax.first(where: { $0.label != nil })?.label {
      throw mistake("function.arguments", "`\(name)` takes its arguments by position", at: labelled.range)
    }
    let counts: ClosedRange<Int>
    let signature: String
    switch name {
    case "grad": (counts, signature) = (2...Int.max, "grad(f, x, …)")
    case "jvp": (counts, signature) = (3...3, "jvp(y, x, v)")
    case "vjp": (counts, signature) = (3...3, "vjp(y, x, u)")
    default: (counts, signature) = (2...2, "\(name)(\(name == "hessian" ? "f" : "y"), x)")
    }
    let y = syntax.first.map { evaluate($0.value) } ?? .error
    let seed = syntax.count > 2 && name != "grad" ? evaluate(syntax[2].value) : nil
    guard counts.contains(syntax.count) else {
      throw mistake(
        "function.arguments", "`\(name)` does not take \(syntax.count) argument\(syntax.count == 1 ? "" : "s")", at: range,
        hint: "it is `\(signature)`")
    }
    var variables: [TensorValue] = []
    var isSound = true
    for argument in name == "grad" ? syntax[1...] : syntax[1...1] {
      if let variable = try? differentiationVariable(argument.value) { variables.append(variable) } else { isSound = false }
    }
    if y.isError || seed?.isError == true { throw Poison() }
    let differentiated = try differentiated(y, name, at: frame.tree.range(of: syntax[0].value))
    guard isSound else { throw Poison() }
    for variable in variables { noteDerivativeSource(variable) }
    variables = variables.map { variable in
      TensorValue(id: derivativeVariable(variable, in: context), type: variable.type, isWeak: false, context: context)
    }
    let x = variables[0]
    switch name {
    case "grad":
      let results = try emitAll(.derivative(.gradient), [differentiated] + variables)
      return results.count == 1 ? .tensor(results[0]) : .tuple(results.map(Value.tensor))
    case "jacobian": return .tensor(try emit(.derivative(.jacobian), [differentiated, x]))
    case "hessian":
      let gradient = try emit(.derivative(.gradient), [differentiated, x])
      return .tensor(try emit(.derivative(.jacobian), [gradient, x]))
    default:
      let target = name == "jvp" ? x : differentiated
      let seedRange = frame.tree.range(of: syntax[2].value)
      var tensor = try tensor(seed ?? .error, at: seedRange)
      if tensor.isWeak || !tensor.dtype.isFloat { tensor = try cast(tensor, to: target.dtype, at: seedRange) }
      tensor.isWeak = false
      guard tensor.type == target.type else {
        throw mistake(
          "shape.mismatch",
          "`\(name)` needs \(name == "jvp" ? "a tangent of x" : "a cotangent of y"): expected \(target.type), found \(tensor.type)",
          at: seedRange)
      }
      return .tensor(try emit(.derivative(name == "jvp" ? .jacobianVector : .vectorJacobian), [differentiated, x, tensor]))
    }
  }

  /// What is differentiated: a float, a scalar for `grad` and `hessian`.
  private func differentiated(_ value: Value, _ name: String, at range: SourceRange) throws -> TensorValue {
    let tensor = try tensor(value, at: range)
    guard tensor.dtype.isFloat else {
      throw mistake(
        "derivative.type", "\(shown(tensor)) has no derivative", at: range,
        hint: "derivatives are of floats: `f32(…)` passes none on either")
    }
    if name == "grad" || name == "hessian", tensor.rank > 0 {
      throw mistake(
        "derivative.scalar", "`\(name)` is of a scalar, found \(tensor.type)", at: range,
        hint: name == "grad" ? "`jacobian` takes any shape; a sum of it is a scalar: `sum(…)`" : "a sum of it is a scalar: `sum(…)`")
    }
    return try hardened(tensor)
  }

  /// What it is differentiated by: a name with a value of its own.
  private func differentiationVariable(_ id: ExpressionID) throws -> TensorValue {
    let range = frame.tree.range(of: id)
    guard case .name(let name) = frame.tree[id] else {
      if evaluate(id).isError { throw Poison() }
      throw mistake(
        "derivative.name", "a derivative is taken by a name", at: range,
        hint: "define it first: `u = …`, then differentiate what is computed from `u`")
    }
    let value = try value(of: name, at: range)
    let text = frame.tree.text(name)
    switch value {
    case .error: throw Poison()
    case .tensor(let tensor) where tensor.dtype.isFloat: return tensor
    case .tensor(let tensor): throw mistake("derivative.type", "`\(text)` is \(shown(tensor)): there is no derivative by it", at: range)
    case .number(.float):
      // Bound outside of a scope that knew of the derivative, such as a default.
      throw mistake("derivative.type", "`\(text)` is a literal here: there is no derivative by it", at: range)
    case .tuple(let values):
      throw mistake("derivative.name", "`\(text)` is \(values.count) values", at: range, hint: "take them apart: `a, b = \(text)`")
    default:
      throw mistake(
        "derivative.type", "`\(text)` is an integer or bool: there is no derivative by it", at: range,
        hint: "a float is written with a point: `2.0`")
    }
  }

  /// Notes in every loop between a value and here that a derivative is taken by it, so that what depends on it is not captured.
  private func noteDerivativeSource(_ value: TensorValue) {
    var place = context
    while place !== value.context, let parent = place.parent {
      place.derivativeSources.insert(derivativeVariable(value, in: parent))
      place = parent
    }
  }

  /// What a derivative by a value is taken by in a graph: the value, or the change that stands for it in a loop's body.
  private func derivativeVariable(_ value: TensorValue, in target: ElaborationContext) -> ValueID {
    guard value.context !== target, let parent = target.parent else { return value.id }
    let outer = derivativeVariable(value, in: parent)
    let own = target.bring(outer, from: parent.builder)
    return target.changes[outer] ?? own
  }
}
