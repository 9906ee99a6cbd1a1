import GradIR

/// Where the steps of a loop read and write.
struct StepPlaces {
  let variable: Name
  private let body: [Stmt]
  /// The constant locals of a step.
  private let definitions: [Name: Expr]

  init(_ body: [Stmt], _ variable: Name) {
    self.variable = variable
    self.body = body
    var definitions: [Name: Expr] = [:]
    for case .declare(_, let name, let value?, const: true) in body { definitions[name] = value }
    self.definitions = definitions
  }

  /// How the places of neighbouring steps lie: across also where that is not known, or depends on the data.
  enum Step { case same, next, across }

  func step(_ place: Expr) -> Step {
    switch place {
    case .variable(variable): return .next
    case .variable(let name): return definitions[name].map(step) ?? .same
    case .binary(let symbol, let a, let b) where symbol == "+" || symbol == "-":
      switch (step(a), step(b)) {
      case (let own, .same): return own
      case (.same, .next) where symbol == "+": return .next
      default: return .across
      }
    default: return place.parts.allSatisfy { step($0) == .same } ? .same : .across
    }
  }

  /// A place by what is there before the loop, and its variable.
  func expanded(_ place: Expr) -> Expr { place.replacing { definitions[$0].map(expanded) } }

  /// True of an array of which each step reads, and then writes, one element or a row of its own: at `row * width + column`.
  func areOwn(_ array: Name) -> Bool {
    guard let places = Stmt.placesReadThenWritten(array, body) else { return false }
    if places.count == 1, step(places.first!) == .next { return true }
    let rows = places.map { row(expanded($0)) }
    return rows.allSatisfy { $0 != nil && $0 == rows[0] }
  }
  /// The place where the row begins that a place is in.
  private func row(_ place: Expr) -> Expr? {
    switch place {
    case .binary("*", let row, .integer(let width)) where width > 0 && step(row) == .next: place
    case .binary("+", let first, .integer(let column)):
      if case .binary("*", _, .integer(let width)) = first, 0..<width ~= column { row(first) } else { nil }
    default: nil
    }
  }
}

extension Stmt {
  /// The places at which a body stores to an array, and reads it before; nil where it does not store to it, or reads it later.
  static func placesReadThenWritten(_ array: Name, _ body: [Stmt]) -> Set<Expr>? {
    var (places, isStored): (Set<Expr>, Bool) = ([], false)
    for statement in body {
      var own: Set<Expr> = []
      for expression in statement.expressions { expression.collectPlaces(of: array, into: &own) }
      if isStored && !own.isEmpty { return nil }
      if case .store(array, let index, _) = statement {
        isStored = true
        own.insert(index)
      }
      places.formUnion(own)
    }
    return isStored ? places : nil
  }
}
