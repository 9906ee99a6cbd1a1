import GradIR

// For compilers that vectorise: what a loop reads and writes across the memory, or where the data say, goes through arrays of its own, so that
// the loop itself reads and writes elements side by side, which alone makes vectors of its functions.
//
//     for (i …) y[i * 3] = grad_exp_f32(x[i * 3] + w[label[i]]);
//
// becomes
//
//     for (i …) { apart[i] = x[i * 3]; apart2[i] = w[label[i]]; }
//     for (i …) apart3[i] = grad_exp_f32(apart[i] + apart2[i]);
//     for (i …) y[i * 3] = apart3[i];
extension Stmt {
  /// The loops in the statement's place; the statement itself where it does more than compute and store, where a step may read what another
  /// writes, or where the arrays would be too large.
  ///
  /// - Parameters:
  ///   - most: The length of the arrays: the loop begins at 0 and has no more steps.
  ///   - types: The number types of the arrays that the loop reads and writes.
  func accessesApart(most: Int, _ types: [Name: DType], _ local: @escaping (String) -> Name) -> [Stmt] {
    guard case .loop(let variable, .zero, let to, .integer(1), false, let body) = self else { return [self] }
    var apart = AccessesApart(variable: variable, most: most, types: types, local: local, body: body)
    guard let own = apart.separatedBody(), !apart.arrays.isEmpty else { return [self] }
    return apart.arrays
      + [apart.reads, own, apart.writes].filter { !$0.isEmpty }.map {
        .loop(variable: variable, from: .zero, to: to, step: .integer(1), descends: false, body: $0)
      }
  }
}

private struct AccessesApart {
  let variable: Name
  let most: Int
  let types: [Name: DType]
  let local: (String) -> Name
  let body: [Stmt]
  private(set) var arrays: [Stmt] = []
  private(set) var reads: [Stmt] = []
  private(set) var writes: [Stmt] = []
  private var bytes = 0
  private let places: StepPlaces
  /// The arrays of what is read apart, by what they hold.
  private var held: [Expr: Name] = [:]

  /// More do not stay in the nearest cache, and stand on the stack.
  private static let byteLimit = 48 << 10

  init(variable: Name, most: Int, types: [Name: DType], local: @escaping (String) -> Name, body: [Stmt]) {
    (self.variable, self.most, self.types, self.local, self.body) = (variable, most, types, local, body)
    places = StepPlaces(body, variable)
  }

  /// The loop's body with other arrays where it reads and writes across; nil where it stays whole.
  mutating func separatedBody() -> [Stmt]? {
    var (read, written): (Set<Name>, Set<Name>) = ([], [])
    for statement in body {
      for expression in statement.expressions { expression.collectNames(into: &read) }
      switch statement {
      case .declare(_, _, .some, const: true): break
      case .store(let array, _, _): written.insert(array)
      default: return nil
      }
    }
    guard read.intersection(written).allSatisfy(places.areOwn) else { return nil }
    let result = body.compactMap { statement($0) }
    return bytes <= AccessesApart.byteLimit ? result : nil
  }

  private mutating func statement(_ statement: Stmt) -> Stmt? {
    switch statement {
    case .declare(let type, let name, let value?, let const): return .declare(type, name, expression(value), const: const)
    case .store(let array, let index, let value):
      guard places.step(index) != .next, let dtype = types[array] else { return .store(array, index, expression(value)) }
      if let (other, place) = standing(value) {
        writes.append(.store(array, places.expanded(index), .load(other, places.expanded(place))))
        return nil
      }
      let own = newArray(dtype)
      writes.append(.store(array, places.expanded(index), .load(own, .variable(variable))))
      return .store(own, .variable(variable), expression(value))
    default: return statement
    }
  }

  private mutating func expression(_ expression: Expr) -> Expr {
    switch expression {
    case .load(let array, let index) where places.step(index) == .across:
      guard let dtype = types[array] else { return expression }
      let value = Expr.load(array, places.expanded(index))
      if let known = held[value] { return .load(known, .variable(variable)) }
      let own = newArray(dtype)
      held[value] = own
      reads.append(.store(own, .variable(variable), value))
      return .load(own, .variable(variable))
    case .variable, .integer, .literal, .address, .load: return expression
    case .unary(let symbol, let a): return .unary(symbol, self.expression(a))
    case .cast(let type, let a): return .cast(type, self.expression(a))
    case .binary(let symbol, let a, let b): return .binary(symbol, self.expression(a), self.expression(b))
    // What is read on a condition stays there, for the place may be none without it.
    case .conditional(let a, let b, let c): return .conditional(self.expression(a), b, c)
    case .call(let name, let arguments): return .call(name, arguments.map { self.expression($0) })
    }
  }

  private mutating func newArray(_ dtype: DType) -> Name {
    let name = local("apart")
    arrays.append(.declareArray(.element(dtype), name, most))
    bytes += most * dtype.byteCount
    return name
  }

  /// Where the loop stores a local side by side anyway.
  private func standing(_ value: Expr) -> (array: Name, place: Expr)? {
    guard case .variable = value else { return nil }
    for case .store(let array, let index, value) in body where places.step(index) == .next { return (array, index) }
    return nil
  }
}
