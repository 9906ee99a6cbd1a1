import GradIR

extension Elaborator {
  func elaborateModel() -> ElaboratedModel {
    choosePrecision()
    declare()
    collectDifferentiatedNames()
    checkFunctions()
    for index in tree.dimensions.indices { _ = dimensionValue(index) }
    for index in tree.parameters.indices { declareParameter(index) }
    areParametersDeclared = true
    for statement in tree.statements {
      if case .definition(let id) = statement, modelFrame.states[id] == nil { try? elaborate(id, in: modelFrame) }
    }
    elaborateOutputs()
    return ElaboratedModel(graph: root.builder.finish(), dimensions: dimensions, precision: precision)
  }

  private func choosePrecision() {
    for extra in tree.precisions.dropFirst() {
      report(
        "name.duplicate", "`precision` is said twice", at: extra.range,
        notes: [Diagnostic.Note("it is said here first", at: tree.precisions[0].range)])
    }
    precision = options.precision ?? tree.precisions.first?.dtype ?? .f32
    if !precision.isFloat {
      report("type.precision", "the model's float type is f32 or f64, not \(precision)", at: nil)
      precision = .f32
    }
  }

  // MARK: Declarations

  private func declare() {
    var places: [NameID: SourceRange] = [:]
    func declare(_ identifier: Identifier, _ binding: Frame.Binding) {
      if let first = places[identifier.name] {
        report(
          "name.duplicate", "`\(tree.text(identifier.name))` is defined twice", at: identifier.range, hint: "every name is defined once",
          notes: [Diagnostic.Note("it is defined here first", at: first)])
        return
      }
      places[identifier.name] = identifier.range
      modelFrame.bindings[identifier.name] = binding
    }
    for statement in tree.statements {
      switch statement {
      case .dimensions(let range): for index in range { declare(tree.dimensions[index].identifier, .dimension(index)) }
      case .parameter(let index): declare(tree.parameters[index].identifier, .parameter(index))
      case .definition(let id):
        for (target, identifier) in tree[id].targets.enumerated() { declare(identifier, .definition(id, target: target)) }
      case .function(let index): declareFunction(index)
      case .precision, .outputs: break
      }
    }
    for name in options.bindings.keys.sorted() {
      let isDimension = tree.names.find(name).flatMap { modelFrame.bindings[$0] }.map { if case .dimension = $0 { true } else { false } } ?? false
      if !isDimension {
        let meant = nearest(to: name, among: tree.dimensions.map { tree.text($0.identifier.name) })
        report("dim.unknown", "the model has no dim `\(name)` for -D", at: nil, hint: meant.map { "did you mean `\($0)`?" })
      }
    }
  }

  private func declareFunction(_ index: Int) {
    let function = tree.functions[index]
    let name = tree.text(function.identifier.name)
    if let first = functions[function.identifier.name] {
      report(
        "name.duplicate", "the function `\(name)` is defined twice", at: function.identifier.range, hint: "every name is defined once",
        notes: [Diagnostic.Note("it is defined here first", at: tree.functions[first].identifier.range)])
      return
    }
    functions[function.identifier.name] = index
    var places: [NameID: SourceRange] = [:]
    let own = function.parameters.map(\.identifier) + function.definitions.flatMap { tree[$0].targets }
    for identifier in own {
      if let first = places[identifier.name] {
        report(
          "name.duplicate", "`\(tree.text(identifier.name))` is defined twice in `\(name)`", at: identifier.range,
          hint: "every name is defined once", notes: [Diagnostic.Note("it is defined here first", at: first)])
      }
      places[identifier.name] = identifier.range
    }
  }

  /// The names that a derivative somewhere in the text is taken by.
  private func collectDifferentiatedNames() {
    differentiatedNames = Prelude.differentiatedNames(of: tree) { self.functions[$0] != nil }
  }

  /// Names that a function reads or calls must exist, whether it is called or not.
  private func checkFunctions() {
    for (index, function) in tree.functions.enumerated() where functions[function.identifier.name] == index {
      var own: Set<NameID> = Set(function.parameters.map(\.identifier.name))
      for id in function.definitions { own.formUnion(tree[id].targets.map(\.name)) }
      var functionNames: Set<ExpressionID> = []
      for place in function.expressions {
        guard case .call(let name, let arguments) = tree.expressions[place] else { continue }
        if isLoop(name, of: tree), let first = arguments.indices.first { functionNames.insert(tree.arguments[first].value) }
        _ = try? callee(name, at: tree.calleeRange(of: ExpressionID(index: Int32(place))))
      }
      for place in function.expressions {
        let id = ExpressionID(index: Int32(place))
        guard case .name(let name) = tree[id], !own.contains(name), modelFrame.bindings[name] == nil, !functionNames.contains(id) else { continue }
        _ = try? value(of: name, at: tree.range(of: id))
      }
    }
  }

  // MARK: Dims

  /// The number that a dim stands for.
  func dimensionValue(_ index: Int) -> Value {
    if let known = modelFrame.dimensionValues[index] { return known }
    let syntax = tree.dimensions[index]
    let name = tree.text(syntax.identifier.name)
    guard modelFrame.activeDimensions.insert(index).inserted else {
      report("name.cycle", "the dim `\(name)` needs itself", at: syntax.identifier.range)
      return .error
    }
    let value = dimensionValue(name, syntax)
    modelFrame.dimensionValues[index] = value
    if case .number(.integer(let dim)) = value {
      let fixed = dim.constant
      if fixed != nil || dim.symbolName == name {
        dimensions.append(ElaboratedModel.Dimension(name: name, value: fixed, range: syntax.identifier.range))
      }
    }
    return value
  }
  private func dimensionValue(_ name: String, _ syntax: DimensionSyntax) -> Value {
    var range = syntax.identifier.range
    var value = Dim.symbol(name)
    if let bound = options.bindings[name] {
      value = Dim(bound)
    } else if let size = syntax.size {
      range = tree.range(of: size)
      let outer = (frame, context)
      (frame, context) = (modelFrame, root)
      defer { (frame, context) = outer }
      switch evaluate(size) {
      case .error: return .error
      case .number(.integer(let dim)): value = dim
      default:
        report("dim.value", "the dim `\(name)` is not an integer", at: range, hint: "a fixed dim is `dim \(name) = 4`")
        return .error
      }
    }
    if value.isAtLeast(0) == false || value.isOverflow {
      report("dim.negative", "the dim `\(name)` is \(value); a dim is 0 or more", at: range)
      return .error
    }
    return .number(.integer(value))
  }

  // MARK: Types

  /// A type as written, its dims 0 or more.
  func type(of syntax: TypeSyntax) throws -> TensorType {
    var dims: [Dim] = []
    var isWhole = true
    for expression in syntax.shape {
      let range = frame.tree.range(of: expression)
      switch evaluate(expression) {
      case .number(.integer(let dim)):
        do {
          try require(dim, .atLeast, 0, id: "dim.negative", "the dimension \(dim) is negative", at: range)
          dims.append(dim)
        } catch { isWhole = false }
      case .error: isWhole = false
      default:
        report(
          "dim.value", "a dimension is an integer expression over dims, known before the data", at: range,
          hint: "a dimension is declared by `dim`")
        isWhole = false
      }
    }
    guard isWhole else { throw Poison() }
    let shape = Shape(dims)
    if shape.count.isOverflow || shape.count.constant.map({ $0 < 0 }) == true {
      throw mistake("dim.size", "a tensor of \(shape) is too large: it has fewer than 2^63 elements", at: syntax.range)
    }
    return TensorType(syntax.dtype ?? precision, shape)
  }

  /// A definition's value, checked against the type that it is given.
  func annotated(_ value: Value, _ syntax: TypeSyntax, at range: SourceRange) throws -> TensorValue {
    let type = try type(of: syntax)
    if case .tuple(let values) = value {
      throw mistake("type.mismatch", "expected \(type), found \(values.count) values", at: range)
    }
    var tensor = try tensor(value, at: range)
    if tensor.isWeak, type.dtype.isFloat || (type.dtype.isInteger && tensor.dtype.isInteger) {
      tensor = try cast(tensor, to: type.dtype, at: range)
    }
    guard tensor.dtype == type.dtype else {
      throw mistake(
        "type.mismatch", "expected \(type), found \(tensor.type)", at: range, hint: "a cast is written `\(type.dtype)(…)`",
        notes: [Diagnostic.Note("the type is given here", at: syntax.range)])
    }
    guard tensor.shape == type.shape else {
      throw mistake(
        "shape.mismatch", "expected \(type), found \(tensor.type)", at: range,
        hint: tensor.rank == 0 ? "a scalar is spread by `full(\(type.shape), x)`" : nil,
        notes: [Diagnostic.Note("the type is given here", at: syntax.range)])
    }
    return tensor
  }

  // MARK: Inputs and params

  private func declareParameter(_ index: Int) {
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
      if type.dtype == .bool || (type.dtype.isInteger && value.rounded() != value) {
        report("init.type", "a param of \(type) cannot start as \(value)", at: range)
      }
    case .glorot, .he, .normal, .uniform:
      if !type.dtype.isFloat {
        report("init.type", "a param of \(type) cannot start with random floats", at: range, hint: "use zeros, ones or constant(c)")
      }
    }
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
          "function.arguments", "`\(tree.text(name))` takes \(parameters.isEmpty ? "no arguments" : parameters.map(\.name).joined(separator: ", "))",
          at: tree.range(of: argument.value))
        return nil
      }
      switch evaluate(argument.value) {
      case .error: return nil
      case .number(let number) where number.double != nil: values[slot] = number.double
      default:
        report("init.value", "an initializer's argument is a number known while compiling", at: tree.range(of: argument.value))
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
      if given[0] < 0 { report("init.value", "a standard deviation is 0 or more, not \(given[0])", at: range) }
      return .normal(standardDeviation: given[0])
    default:
      if given[0] > given[1] { report("init.value", "uniform(lo, hi) needs lo ≤ hi, found \(given[0]) and \(given[1])", at: range) }
      return .uniform(low: given[0], high: given[1])
    }
  }

  // MARK: Outputs

  private func elaborateOutputs() {
    var places: [String: SourceRange] = [:]
    for output in tree.outputs {
      for (name, value) in outputItems(output) {
        if let first = places[name] {
          report(
            "name.duplicate", "two outputs are called `\(name)`", at: output.range, hint: "give one a name of its own: `name = …`",
            notes: [Diagnostic.Note("the first is here", at: first)])
          continue
        }
        places[name] = output.range
        let outer = source
        source = output.range
        defer { source = outer }
        if value.isError {
          // What poisoned it has been reported; were it not, the output must not be missing in silence.
          if diagnostics.isEmpty, !hasSyntaxErrors { report("output.value", "the output `\(name)` has no value", at: output.range) }
          continue
        }
        guard let tensor = try? self.tensor(value, at: tree.range(of: output.value)), let strong = try? hardened(tensor) else { continue }
        let id = resolve(strong)
        root.builder.name(id, name)
        root.builder.output(name, id, source: output.range)
      }
    }
    if tree.outputs.isEmpty, !hasSyntaxErrors {
      report("output.none", "the model has no output", at: nil, hint: "what it returns is listed by `output …`")
    }
  }

  /// The names and values of one item: several where a derivative by several names has no name of its own.
  private func outputItems(_ output: OutputSyntax) -> [(String, Value)] {
    let range = tree.range(of: output.value)
    if let label = output.label {
      let name = tree.text(label.name)
      let value = evaluate(output.value)
      if case .tuple(let values) = value {
        report(
          "output.several", "`\(name)` names \(values.count) values", at: range,
          hint: "take them apart first: `a, b = …`, then `output a, b`")
        return [(name, .error)]
      }
      return [(name, value)]
    }
    switch tree[output.value] {
    case .missing: return []
    case .name(let name):
      let value = evaluate(output.value)
      if case .tuple(let values) = value {
        report(
          "output.several", "`\(tree.text(name))` is \(values.count) values", at: range, hint: "take them apart first: `a, b = \(tree.text(name))`")
        return []
      }
      return [(tree.text(name), value)]
    case .call(let callee, let slice):
      let function = tree.text(callee)
      let arguments = slice.indices.map { tree.arguments[$0].value }
      let names = arguments.map { argument -> String? in if case .name(let name) = tree[argument] { tree.text(name) } else { nil } }
      guard Prelude.derivativeOperators.contains(function), functions[callee] == nil else { break }
      let count = function == "grad" ? names.count : min(2, names.count)
      guard names.count >= 2, let first = names[0], names[1..<count].allSatisfy({ $0 != nil }) else {
        // A derivative by what is no name is reported for itself.
        let value = evaluate(output.value)
        if value.isError { return [] }
        return unnamed(range)
      }
      let value = evaluate(output.value)
      let labels = names[1..<count].map { function == "hessian" ? "d2\(first)_d\($0 ?? "")2" : "d\(first)_d\($0 ?? "")" }
      if case .tuple(let values) = value, values.count == labels.count { return Array(zip(labels, values)) }
      return [(labels[0], value)]
    default: break
    }
    if evaluate(output.value).isError { return [] }
    return unnamed(range)
  }
  private func unnamed(_ range: SourceRange) -> [(String, Value)] {
    report("output.unnamed", "this output needs a name", at: range, hint: "write `output name = …`")
    return []
  }
}
