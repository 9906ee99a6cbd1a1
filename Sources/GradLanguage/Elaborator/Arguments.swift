import GradIR

/// An argument of a call.
struct Argument {
  var label: String?
  var value: Value
  var range: SourceRange
}

/// The arguments of a call of a built-in function, by parameter.
struct Arguments {
  let elaborator: Elaborator
  let name: String
  let range: SourceRange
  let slots: [String: Argument]
  let variadic: [Argument]
  let operands: [ExpressionID]
  /// True where `max` or `min` has two arguments.
  var isAlternative = false

  func has(_ name: String) -> Bool {
    guard let slot = slots[name] else { return false }
    if case .everything = slot.value { return false }
    return true
  }
  func range(_ name: String) -> SourceRange { slots[name]?.range ?? range }
  func value(_ name: String) throws -> Value {
    guard let slot = slots[name] else { throw Poison() }
    return slot.value
  }
  func tensor(_ name: String) throws -> TensorValue { try elaborator.tensor(value(name), at: range(name)) }

  /// An integer that is known while compiling.
  func integer(_ name: String) throws -> Int {
    if let constant = elaborator.integer(try value(name))?.constant { return constant }
    try checkSize(name)
    throw elaborator.mistake(
      "argument.integer", "`\(name)` of `\(self.name)` is an integer known while compiling, found \(found(name))", at: range(name))
  }
  /// An integer expression over dims.
  func dim(_ name: String) throws -> Dim {
    if let dim = elaborator.integer(try value(name)) { return dim }
    try checkSize(name)
    throw elaborator.mistake(
      "argument.integer", "`\(name)` of `\(self.name)` is an integer or an expression over dims, found \(found(name))", at: range(name))
  }
  private func found(_ name: String) -> String { slots[name].map { elaborator.shown($0.value) } ?? "nothing" }

  /// Says of an integer that it is too large, where that is why it is no dim.
  private func checkSize(_ name: String) throws {
    let isTooLarge =
      switch try value(name) {
      case .list(let values, _), .tuple(let values): values.contains(where: elaborator.isTooLarge)
      case let value: elaborator.isTooLarge(value)
      }
    if isTooLarge { throw elaborator.mistake("dim.size", "too large a dimension: \(Elaborator.dimLimits)", at: range(name)) }
  }
  func bool(_ name: String) throws -> Bool {
    guard has(name) else { return false }
    if case .number(.bool(let value)) = try value(name) { return value }
    throw elaborator.mistake("argument.bool", "`\(name)` of `\(self.name)` is `true` or `false`, found \(found(name))", at: range(name))
  }
  /// A shape: a list of integer expressions; -1 is kept for `reshape`.
  func shape(_ name: String) throws -> [Dim] {
    let values =
      switch try value(name) {
      case .list(let values, _), .tuple(let values): values
      case let value: [value]
      }
    let known = values.compactMap(elaborator.integer)
    if known.count == values.count { return known }
    try checkSize(name)
    let wrong = values.first { elaborator.integer($0) == nil }.map(elaborator.shown) ?? "nothing"
    throw elaborator.mistake(
      "argument.shape", "a shape is a list of integer expressions over dims, found \(wrong)\(values.count > 1 ? " among them" : "")",
      at: range(name), hint: "write `[n, 3]`; a quotient of dims is `floor_divide(n, 2)`")
  }

  /// An axis of a tensor of that rank; negative ones count from the end.
  func axis(_ name: String, rank: Int, default fallback: Int? = nil) throws -> Int {
    guard has(name) else {
      if let fallback { return try checked(fallback, rank, name) }
      throw Poison()
    }
    return try checked(integer(name), rank, name)
  }
  private func checked(_ axis: Int, _ rank: Int, _ name: String) throws -> Int {
    guard axis >= -rank, axis < rank else {
      throw elaborator.mistake(
        "axis.range",
        rank == 0
          ? "a scalar has no axis \(axis)"
          : "axis \(axis) does not exist: there \(rank == 1 ? "is axis 0 only" : "are \(rank) axes, 0 to \(rank - 1)")", at: range(name))
    }
    return axis < 0 ? axis + rank : axis
  }
  /// The axes an argument names, sorted; all of them unless told.
  func axes(_ name: String = "axis", rank: Int) throws -> [Int] {
    guard has(name) else { return Array(0..<rank) }
    let values: [Value]
    switch try value(name) {
    case .list(let list, _), .tuple(let list): values = list
    case let value: values = [value]
    }
    var axes: [Int] = []
    for value in values {
      guard let axis = elaborator.integer(value)?.constant else {
        throw elaborator.mistake(
          "argument.integer", "`\(name)` is an integer or a list of them, known while compiling, found \(elaborator.shown(value))",
          at: range(name))
      }
      let own = try checked(axis, rank, name)
      if axes.contains(own) { throw elaborator.mistake("axis.twice", "axis \(axis) is named twice", at: range(name)) }
      axes.append(own)
    }
    return axes.sorted()
  }
}
