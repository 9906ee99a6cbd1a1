import GradIR

// Dims and indices as C expressions, each part where it is invariant.
extension FunctionEmitter {
  /// The C expression of a dim or index, its invariant parts held in locals of outer scopes.
  func number(_ dim: Dim) -> Expr {
    if let constant = dim.constant { return .integer(constant) }
    for scope in scopes.reversed() { if let known = scope.offsets[dim] { return known } }
    let terms = dim.terms.map { term in (level: homeDepth(of: term.factors.lazy.flatMap(\.symbols)), term: term) }
    var levels: [Int] = []
    for (level, _) in terms where !levels.contains(level) { levels.append(level) }
    levels.sort()
    var sum: Expr?
    // A lone constant joins the next level.
    var (pending, held): ([Dim.Term], [Dim.Term]) = ([], [])
    for level in levels {
      pending = terms.compactMap { $0.level == level ? $0.term : nil } + pending
      if level != levels.last, sum == nil, pending.allSatisfy({ $0.factors.isEmpty }) { continue }
      let expression = at(level) { self.sum(pending, from: sum) }
      held += pending
      pending = []
      // Held where it is invariant, found again by its dim.
      sum = level == levels.last ? expression : hold(expression, of: Dim(terms: held), at: level)
    }
    guard let result = sum else { return .integer(0) }
    let home = homeDepth([dim])
    return home < depth && !result.isAtom ? hold(result, of: dim, at: home) : result
  }
  /// The value of a dim as integers compute it: modulo 2^64.
  func wrappingNumber(_ dim: Dim) -> Expr {
    func combined(_ symbol: String, _ a: Expr, _ b: Expr) -> Expr {
      declare(.index, "at", .cast(.i64, .binary(symbol, .cast(.unsigned64, a), .cast(.unsigned64, b))))
    }
    let products = dim.terms.map { term in
      term.factors.reduce(Expr.integer(term.coefficient)) { product, factor in
        let value: Expr
        switch factor {
        case .symbol: value = number(factor.dim)
        case .floorQuotient(let a, let b): value = .call("grad_floor_divide_i64", [wrappingNumber(a), wrappingNumber(b)])
        }
        return product == .integer(1) ? value : combined("*", product, value)
      }
    }
    return products.dropFirst().reduce(products.first ?? .zero) { combined("+", $0, $1) }
  }
  private func hold(_ expression: Expr, of dim: Dim, at level: Int) -> Expr {
    if expression.isAtom { return expression }
    for scope in scopes[...level].reversed() { if let known = scope.offsets[dim] { return known } }
    let name = local("at")
    emit(.declare(.index, name, expression, const: true), at: level)
    scopes[level].offsets[dim] = .variable(name)
    return .variable(name)
  }

  private func sum(_ terms: [Dim.Term], from start: Expr?) -> Expr {
    var result = start
    // Positive terms first, so that nothing begins with a minus.
    for term in terms.filter({ $0.coefficient > 0 }) + terms.filter({ $0.coefficient < 0 }) {
      let magnitude = Int(term.coefficient.magnitude)
      let product = self.product(magnitude, term.factors)
      if let sum = result {
        result = .binary(term.coefficient < 0 ? "-" : "+", shallow(sum), product)
      } else if term.coefficient < 0 {
        result = product == .integer(magnitude) ? .integer(-magnitude) : .binary("-", .zero, product)
      } else {
        result = product
      }
    }
    return result ?? .zero
  }
  private func product(_ coefficient: Int, _ factors: [Dim.Factor]) -> Expr {
    if factors.isEmpty { return .integer(coefficient) }
    let parts = factors.map { factor -> Expr in
      switch factor {
      case .symbol(let symbol):
        if let index = indices[symbol] { return .variable(index.name) }
        return use(Variable(name: module.cName(ofDim: symbol), kind: .dim))
      case .floorQuotient(let a, let b):
        let (x, y) = (shallow(number(a)), shallow(number(b)))
        if isNonNegative(a), b.isAtLeast(1) == true { return .binary("/", x, y) }
        return .call("grad_floor_divide_i64", [x, y])
      }
    }
    var result = parts[0]
    for part in parts.dropFirst() { result = shallow(result) * part }
    return coefficient == 1 ? result : shallow(result) * .integer(coefficient)
  }
  /// An expression that may stand within another: libtcc takes little nesting.
  private func shallow(_ expression: Expr) -> Expr {
    func size(_ e: Expr) -> Int {
      switch e {
      case .binary(_, let a, let b): size(a) + size(b) + 1
      case .call(_, let arguments): arguments.reduce(1) { $0 + size($1) }
      default: 0
      }
    }
    if size(expression) < 8 { return expression }
    return declare(.index, "at", expression)
  }

  /// The value of a dim with index variables at their greatest, where they are bounded.
  func upper(_ dim: Dim) -> Dim? {
    var bounded = true
    let result = dim.substituting { symbol in
      guard let index = indices[symbol] else { return nil }
      guard let extent = index.extent else {
        bounded = false
        return nil
      }
      return extent - 1
    }
    return bounded ? result : nil
  }
  func isNonNegative(_ dim: Dim) -> Bool { dim.isAtLeast(0) == true }
}

extension Dim.Factor {
  fileprivate var symbols: [String] {
    switch self {
    case .symbol(let name): [name]
    case .floorQuotient(let a, let b): a.symbols + b.symbols
    }
  }
  var dim: Dim {
    switch self {
    case .symbol(let name): .symbol(name)
    case .floorQuotient(let a, let b): .floorQuotient(a, b)
    }
  }
}
extension Dim {
  init(terms: [Term]) {
    self = terms.reduce(Dim(0)) { sum, term in sum + term.factors.reduce(Dim(term.coefficient)) { $0 * $1.dim } }
  }
}
