import GradIR

// I·J = J    0·J = 0    a·b = ab    a·diag(d) = diag(a d)    diag(d)·diag(e) = diag(d e)    choose(c)·diag(d) = diag(c ? d : 0)
// a + b = (a + b)I    diag(d) + diag(e) = diag(d + e)

/// A Jacobian of which the structure still holds: what `jacobian` writes down without a basis.
enum StructuredMap {
  /// One coefficient for each element of equal shapes; nil where the structure ends.
  case diagonal(LinearMap)
  /// The entries, shape(range) ++ shape(domain).
  case matrix(ValueID, domain: Shape, range: Shape)
}

extension LinearMap {
  /// The map as identity, scale or diagonal, where it is one.
  private func asDiagonal(in builder: GraphBuilder) -> LinearMap? {
    switch form {
    case .identity, .scale, .diagonal(_, .none), .diagonal(_, .argument): return self
    case .choose(let condition, let whereTrue):
      let (one, zero) = (builder.ones(domain), builder.zeros(domain))
      return .diagonal(whereTrue ? builder.select(condition, one, zero) : builder.select(condition, zero, one), domain, .argument)
    default: return nil
    }
  }

  /// The coefficients of an identity, scale or diagonal.
  func coefficients(in builder: GraphBuilder) -> ValueID {
    switch form {
    case .identity: return builder.ones(domain)
    case .scale(let factor): return builder.constant(factor, domain)
    case .diagonal(let coefficient, _): return coefficient
    default: preconditionFailure("\(form) has no coefficients of its domain's shape")
    }
  }

  private var isAnnihilating: Bool {
    if case .diagonal(_, .argument) = form { return true }
    return false
  }

  /// self · inner for diagonals, folded into one; nil where one is none.
  func folded(with inner: LinearMap, in builder: GraphBuilder) -> LinearMap? {
    if case .choose(let condition, let whereTrue) = form, case .some(let diagonal) = inner.asDiagonal(in: builder) {
      let (d, zero) = (diagonal.coefficients(in: builder), builder.zeros(domain))
      return .diagonal(whereTrue ? builder.select(condition, d, zero) : builder.select(condition, zero, d), domain, .argument)
    }
    guard let a = asDiagonal(in: builder), let b = inner.asDiagonal(in: builder) else { return nil }
    switch (a.form, b.form) {
    case (.identity, _): return b
    case (_, .identity): return a
    case (.scale(let x), .scale(let y)): return .scale(x * y, domain)
    default:
      let (d, e) = (a.coefficients(in: builder), b.coefficients(in: builder))
      let annihilating = a.isAnnihilating || b.isAnnihilating
      return .diagonal(
        annihilating ? builder.annihilatingMultiply(d, e) : builder.multiply(d, e), domain, annihilating ? .argument : .none)
    }
  }

  /// self + other for diagonals, folded into one; nil where one is none.
  func folded(adding other: LinearMap, in builder: GraphBuilder) -> LinearMap? {
    guard let a = asDiagonal(in: builder), let b = other.asDiagonal(in: builder) else { return nil }
    func factor(_ form: Form) -> Double? {
      switch form {
      case .identity: 1
      case .scale(let factor): factor
      default: nil
      }
    }
    if let x = factor(a.form), let y = factor(b.form) { return .scale(x + y, domain) }
    return .diagonal(
      builder.add(a.coefficients(in: builder), b.coefficients(in: builder)), domain,
      a.isAnnihilating || b.isAnnihilating ? .argument : .none)
  }
}

extension StructuredMap {
  /// outer · self; nil where the structure ends.
  func composed(with outer: LinearMap, in builder: GraphBuilder) -> StructuredMap? {
    switch self {
    case .diagonal(let inner):
      if let folded = outer.folded(with: inner, in: builder) { return .diagonal(folded) }
      // W diag(d): the entries of W with axes (range, domain), each column times its d.
      guard case .contract(let w, let labels, let annihilator) = outer.form, annihilator != .both,
        Set(labels.coefficient) == Set(labels.domain + labels.range), !labels.domain.contains(where: labels.range.contains)
      else { return nil }
      let order = (labels.range + labels.domain).map { label in labels.coefficient.firstIndex(of: label) ?? 0 }
      let (domain, range) = (outer.domain.shape, outer.range.shape)
      var entries = builder.transpose(w, order)
      if inner.form != .identity {
        let columns = builder.broadcast(
          inner.coefficients(in: builder), to: range + domain, axes: Array(range.rank..<range.rank + domain.rank))
        entries = annihilator == .argument ? builder.annihilatingMultiply(entries, columns) : builder.multiply(entries, columns)
      }
      return .matrix(entries, domain: domain, range: range)
    case .matrix(let entries, let domain, let range):
      let rows = { (x: ValueID) in builder.broadcast(x, to: range + domain, axes: Array(0..<range.rank)) }
      let product: ValueID
      switch outer.form {
      case .identity: return self
      case .scale(let factor): product = builder.multiply(builder.constant(factor, builder.type(of: entries)), entries)
      case .diagonal(let d, .none): product = builder.multiply(rows(d), entries)
      case .diagonal(let d, .argument): product = builder.annihilatingMultiply(rows(d), entries)
      case .choose(let condition, let whereTrue):
        let zeros = builder.zeros(builder.type(of: entries))
        product = whereTrue ? builder.select(rows(condition), entries, zeros) : builder.select(rows(condition), zeros, entries)
      default: return nil
      }
      return .matrix(product, domain: domain, range: range)
    }
  }

  /// self + other; nil where the structure ends.
  func adding(_ other: StructuredMap, in builder: GraphBuilder) -> StructuredMap? {
    switch (self, other) {
    case (.diagonal(let a), .diagonal(let b)): a.folded(adding: b, in: builder).map { .diagonal($0) }
    case (.matrix(let a, let domain, let range), .matrix(let b, _, _)): .matrix(builder.add(a, b), domain: domain, range: range)
    default: nil
    }
  }

  /// The entries, shape(range) ++ shape(domain).
  func entries(in builder: GraphBuilder) -> ValueID {
    switch self {
    case .matrix(let entries, _, _): return entries
    case .diagonal(let map):
      let shape = map.domain.shape
      let coefficients = map.coefficients(in: builder)
      if shape.rank == 0 { return coefficients }
      let flat = builder.reshape(coefficients, to: [shape.count])
      return builder.reshape(builder.diagonal(Diagonal(.embed, first: 0, second: 1), flat), to: shape + shape)
    }
  }
}
