import GradIR

// Inputs and params, and how params start.
extension Elaborator {
  func declareParameter(_ index: Int) {
    let syntax = tree.parameters[index]
    let initializer = syntax.initializer.map { initialization($0) } ?? .some(nil)
    guard let type = try? type(of: syntax.type) else { return }
    if let initializer, let wanted = initializer { checkInitializer(wanted, type, at: syntax) }
    let name = tree.text(syntax.identifier.name)
    let role: Parameter.Role = syntax.kind == .input ? .input : .param(initializer ?? nil)
    root.builder.source = syntax.range
    let id = root.builder.parameter(Parameter(name: name, type: type, role: role, source: syntax.range))
    root.builder.name(id, name)
    modelFrame.parameterValues[index] = .tensor(TensorValue(id: id, type: type, isWeak: false, context: root))
  }

  private func checkInitializer(_ initializer: Initializer, _ type: TensorType, at syntax: ParameterSyntax) {
    guard let expression = syntax.initializer else { return }
    let range = tree.range(of: expression)
    switch initializer {
    case .zeros, .ones: return
    case .constant(let value):
      if type.dtype == .bool || type.dtype.isInteger && !Self.fits(Int64(exactly: value), type.dtype) {
        report("init.type", "a param of \(type) cannot start as \(value)", at: range)
      }
    case .constantInteger(let value):
      if type.dtype == .bool || type.dtype.isInteger && !Self.fits(value, type.dtype) {
        report("init.type", "a param of \(type) cannot start as \(value)", at: range)
      }
    case .glorot, .he, .normal, .uniform:
      if !type.dtype.isFloat {
        report("init.type", "a param of \(type) cannot start with random floats", at: range, hint: "use zeros, ones or constant(c)")
      }
    }
  }

  private static func fits(_ value: Int64?, _ dtype: DType) -> Bool {
    value.map { dtype == .i64 || Int32(exactly: $0) != nil } ?? false
  }

  /// The initializer after `~`; nil where it is none.
  private func initialization(_ expression: ExpressionID) -> Initializer? {
    let range = tree.range(of: expression)
    var name: NameID
    var arguments: [ArgumentSyntax] = []
    switch tree[expression] {
    case .name(let own): name = own
    case .call(let own, let slice): (name, arguments) = (own, slice.indices.map { tree.arguments[$0] })
    default: return nil
    }
    if arguments.contains(where: { tree[$0.value] == .missing }) { return nil }
    let parameters: [(name: String, defaultValue: Double?)]
    switch tree.text(name) {
    case "zeros", "ones", "glorot", "he": parameters = []
    case "constant": parameters = [("c", nil)]
    case "normal": parameters = [("std", nil)]
    case "uniform": parameters = [("lo", nil), ("hi", nil)]
    default:
      let known = ["zeros", "ones", "constant", "normal", "uniform", "glorot", "he"]
      report(
        "init.unknown", "unknown initializer `\(tree.text(name))`", at: tree.calleeRange(of: expression),
        hint: nearest(to: tree.text(name), among: known).map { "did you mean `\($0)`?" }
          ?? "initializers are zeros, ones, constant(c), normal(std), uniform(lo, hi), glorot, he")
      return nil
    }
    var values = [Double?](repeating: nil, count: parameters.count)
    for (place, argument) in arguments.enumerated() {
      let slot = argument.label.map { label in parameters.firstIndex { $0.name == tree.text(label.name) } } ?? place
      guard let slot, slot < parameters.count, values[slot] == nil else {
        report(
          "function.arguments",
          "`\(tree.text(name))` takes \(parameters.isEmpty ? "no arguments" : parameters.map(\.name).joined(separator: ", "))",
          at: tree.range(of: argument.value))
        return nil
      }
      let value = evaluate(argument.value)
      if parameters[slot].name == "c", let known = knownInteger(value) { return .constantInteger(known) }
      switch value {
      case .error: return nil
      case .number(let number) where number.double != nil: values[slot] = number.double
      case let other:
        report(
          "init.value", "an initializer's argument is a number known while compiling, found \(shown(other))",
          at: tree.range(of: argument.value))
        return nil
      }
    }
    let given = values.compactMap { $0 }
    guard given.count == parameters.count else {
      report(
        "function.arguments", "`\(tree.text(name))` takes \(parameters.map(\.name).joined(separator: ", "))", at: range,
        hint: "write `~ \(tree.text(name))(\(parameters.map(\.name).joined(separator: ", ")))`")
      return nil
    }
    switch tree.text(name) {
    case "zeros": return .zeros
    case "ones": return .ones
    case "glorot": return .glorot
    case "he": return .he
    case "constant": return .constant(given[0])
    case "normal":
      if !(given[0] >= 0 && given[0].isFinite) {
        report("init.value", "a standard deviation is 0 or more, not \(given[0])", at: range)
      }
      return .normal(standardDeviation: given[0])
    default:
      if !(given[0] <= given[1] && (given[1] - given[0]).isFinite) {
        report("init.value", "uniform(lo, hi) needs lo ≤ hi, found \(given[0]) and \(given[1])", at: range)
      }
      return .uniform(low: given[0], high: given[1])
    }
  }

  /// An integer that is known while compiling, of any size.
  private func knownInteger(_ value: Value) -> Int64? {
    if let constant = integer(value)?.constant { return Int64(constant) }
    guard case .tensor(let tensor) = value, tensor.isWeak, tensor.rank == 0, tensor.dtype.isInteger else { return nil }
    return integer(tensor.id, in: tensor.context.builder.graph)
  }
  /// What lies beyond a dim's bounds is arithmetic of the graph: each of the values that it is made of once, in the order of the graph.
  private func integer(_ value: ValueID, in graph: Graph) -> Int64? {
    var parts: Set<ValueID> = [value]
    var open = [value]
    while let part = open.popLast() {
      for operand in graph.node(of: part).operands where parts.insert(operand).inserted { open.append(operand) }
    }
    var known: [ValueID: Int64] = [:]
    for part in parts.sorted() {
      let node = graph.node(of: part)
      switch node.op {
      case .constant(let constant) where constant.dtype.isInteger: known[part] = constant.integer(at: 0)
      case .map(let function):
        let operands = node.operands.compactMap { known[$0] }
        guard let first = operands.first, operands.count == node.operands.count else { return nil }
        known[part] = function.record.evaluate.i64?(first, operands[operands.count - 1])
      default: return nil
      }
    }
    return known[value]
  }
}
