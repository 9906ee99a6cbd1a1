// Where expressions read, and expressions made anew.
extension Expr {
  /// The variables that an argument is, or is counted from.
  func collectPointers(into names: inout Set<Name>) {
    switch self {
    case .variable(let name): names.insert(name)
    case .binary(_, let a, let b): for part in [a, b] { part.collectPointers(into: &names) }
    default: break
    }
  }
  func loads(fromAny arrays: Set<Name>) -> Bool {
    switch self {
    case .variable, .address, .integer, .literal: false
    case .unary(_, let a), .cast(_, let a): a.loads(fromAny: arrays)
    case .binary(_, let a, let b): a.loads(fromAny: arrays) || b.loads(fromAny: arrays)
    case .conditional(let a, let b, let c): [a, b, c].contains { $0.loads(fromAny: arrays) }
    case .load(let name, let index): arrays.contains(name) || index.loads(fromAny: arrays)
    case .call(_, let arguments): arguments.contains { $0.loads(fromAny: arrays) }
    }
  }

  /// The indices at which an array is read; a pointer to it that is handed on counts as an index of its own.
  func collectPlaces(of array: Name, into places: inout Set<Expr>) {
    switch self {
    case .variable(let name), .address(let name): if name == array { places.insert(self) }
    case .integer, .literal: break
    case .unary(_, let a), .cast(_, let a): a.collectPlaces(of: array, into: &places)
    case .binary(_, let a, let b): for part in [a, b] { part.collectPlaces(of: array, into: &places) }
    case .conditional(let a, let b, let c): for part in [a, b, c] { part.collectPlaces(of: array, into: &places) }
    case .load(let name, let index):
      if name == array { places.insert(index) }
      index.collectPlaces(of: array, into: &places)
    case .call(_, let arguments): for argument in arguments { argument.collectPlaces(of: array, into: &places) }
    }
  }

  /// True where it reads memory.
  var containsLoad: Bool { if case .load = self { true } else { parts.contains { $0.containsLoad } } }

  /// Variables replaced everywhere, in indices too.
  func replacing(_ replacement: (Name) -> Expr?) -> Expr {
    switch self {
    case .variable(let name): replacement(name) ?? self
    case .integer, .literal, .address: self
    case .unary(let symbol, let a): .unary(symbol, a.replacing(replacement))
    case .cast(let type, let a): .cast(type, a.replacing(replacement))
    case .load(let buffer, let index): .load(buffer, index.replacing(replacement))
    case .binary(let symbol, let a, let b): .binary(symbol, a.replacing(replacement), b.replacing(replacement))
    case .conditional(let a, let b, let c):
      .conditional(a.replacing(replacement), b.replacing(replacement), c.replacing(replacement))
    case .call(let name, let arguments): .call(name, arguments.map { $0.replacing(replacement) })
    }
  }

  /// An index without what adds nothing: x + 0 = x, 1 x = x, and numbers added and multiplied.
  var simplified: Expr {
    guard case .binary(let symbol, let left, let right) = self else { return self }
    let (a, b) = (left.simplified, right.simplified)
    switch (symbol, a, b) {
    case ("+", .integer(let x), .integer(let y)): return .integer(x + y)
    case ("-", .integer(let x), .integer(let y)): return .integer(x - y)
    case ("*", .integer(let x), .integer(let y)): return .integer(x * y)
    case ("+", .integer(0), let x), ("+", let x, .integer(0)), ("-", let x, .integer(0)), ("*", .integer(1), let x),
      ("*", let x, .integer(1)):
      return x
    case ("*", .integer(0), _), ("*", _, .integer(0)): return .zero
    default: return .binary(symbol, a, b)
    }
  }
}
