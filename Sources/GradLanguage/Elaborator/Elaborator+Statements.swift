import GradIR

extension Elaborator {
  func elaborateModel() -> ElaboratedModel {
    choosePrecision()
    declare()
    collectDifferentiatedNames()
    checkFunctions()
    checkRecursion()
    for index in tree.dimensions.indices { _ = dimensionValue(index) }
    for index in tree.parameters.indices { declareParameter(index) }
    areParametersDeclared = true
    for statement in tree.statements {
      if case .definition(let id) = statement, modelFrame.states[id] == nil { try? elaborate(id, in: modelFrame) }
    }
    elaborateOutputs()
    checkUncalledFunctions()
    return ElaboratedModel(
      graph: root.builder.finish(), dimensions: dimensions, precision: precision, warnings: diagnostics.isEmpty ? warnings() : [])
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
      let isDimension =
        tree.names.find(name).flatMap { modelFrame.bindings[$0] }.map { if case .dimension = $0 { true } else { false } } ?? false
      if !isDimension {
        let meant = nearest(to: name, among: tree.dimensions.map { tree.text($0.identifier.name) })
        let known = tree.dimensions.prefix(8).map { "`\(tree.text($0.identifier.name))`" }.joined(separator: ", ")
        report(
          "dim.unknown", "the model has no dim `\(name)` for -D", at: nil,
          hint: meant.map { "did you mean `\($0)`?" } ?? (known.isEmpty ? "it has no dims" : "its dims are \(known)"))
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
      case let other where isTooLarge(other): value = .overflow
      case let other:
        report("dim.value", "the dim `\(name)` is not an integer but \(shown(other))", at: range, hint: "a fixed dim is `dim \(name) = 4`")
        return .error
      }
    }
    if value.isOverflow {
      report("dim.size", "the dim `\(name)` is too large: \(Self.dimLimits)", at: range)
      return .error
    }
    if value.isAtLeast(0) == false {
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
      case let other where isTooLarge(other):
        report("dim.size", "this dimension is too large: \(Self.dimLimits)", at: range)
        isWhole = false
      case let other:
        report(
          "dim.value", "a dimension is an integer expression over dims, known before the data, found \(shown(other))", at: range,
          hint: "a dimension is declared by `dim`")
        isWhole = false
      }
    }
    guard isWhole else { throw Poison() }
    let shape = Shape(dims)
    try checkSize(of: shape, at: syntax.range)
    return TensorType(syntax.dtype.map(options.meaning) ?? precision, shape)
  }

  /// The most axes of a tensor: that many loops stand in each other.
  static let rankLimit = 64

  func checkSize(of shape: Shape, at range: SourceRange?) throws {
    if shape.rank > Self.rankLimit {
      throw mistake("shape.rank", "a tensor has at most \(Self.rankLimit) axes, found \(shape.rank)", at: range)
    }
    if shape.isTooLarge {
      throw mistake("dim.size", "a tensor of \(shape) is too large: it has fewer than 2^61 elements", at: range)
    }
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
        "type.mismatch", "expected \(type), found \(shown(tensor))", at: range, hint: "a cast is written `\(type.dtype)(…)`",
        notes: [Diagnostic.Note("the type is given here", at: syntax.range)])
    }
    guard tensor.shape == type.shape else {
      throw mistake(
        "shape.mismatch", "expected \(type), found \(shown(tensor))", at: range,
        hint: tensor.rank == 0 ? "a scalar is spread by `full(\(type.shape), x)`" : nil,
        notes: [Diagnostic.Note("the type is given here", at: syntax.range)])
    }
    tensor.isWeak = false
    return tensor
  }
}
