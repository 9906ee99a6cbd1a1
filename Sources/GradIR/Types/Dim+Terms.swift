extension Dim {
  /// What a term of a dim is a product of.
  public enum Factor: Hashable, Sendable {
    case symbol(String)
    case floorQuotient(Dim, Dim)
  }
  /// One term of a dim's sum: the coefficient times the factors; a power stands as often as its exponent says.
  public struct Term: Hashable, Sendable {
    public var coefficient: Int
    public var factors: [Factor]
  }
  /// The dim as a sum of products, for those who compute it elsewhere, such as in C. `overflow` has no terms.
  public var terms: [Term] {
    if let constant { return [Term(coefficient: constant, factors: [])] }
    return polynomial.terms.map { term in
      Term(
        coefficient: term.coefficient,
        factors: term.factors.flatMap { factor in
          let own: Factor =
            switch factor.atom {
            case .symbol(let name): .symbol(name)
            case .floorQuotient(let a, let b): .floorQuotient(a, b)
            }
          return [Factor](repeating: own, count: factor.power)
        })
    }
  }
}
