/// What a dim's polynomial is made of besides numbers.
enum DimAtom: Hashable, Sendable, Comparable {
  case symbol(String)
  case floorQuotient(Dim, Dim)

  static func < (a: DimAtom, b: DimAtom) -> Bool {
    switch (a, b) {
    case (.symbol(let x), .symbol(let y)): x < y
    case (.symbol, .floorQuotient): true
    case (.floorQuotient, .symbol): false
    case (.floorQuotient(let a1, let a2), .floorQuotient(let b1, let b2)): (a1.raw, a2.raw) < (b1.raw, b2.raw)
    }
  }
  /// True where the atom is ≥ 0 whatever its symbols (all ≥ 0) are.
  var isNonNegative: Bool {
    switch self {
    case .symbol: true
    case .floorQuotient(let a, let b): a.isAtLeast(0) == true && b.isAtLeast(1) == true
    }
  }
}

/// A sum of terms, each an integer times powers of atoms; the canonical form behind `Dim`.
struct Polynomial: Hashable, Sendable {
  struct Factor: Hashable, Sendable {
    var atom: DimAtom
    var power: Int
  }
  struct Term: Hashable, Sendable {
    var coefficient: Int
    /// Sorted by atom, each atom once; empty for the constant term.
    var factors: [Factor]
  }
  /// Sorted by their factors, no zero coefficient, each product of factors once; the constant term comes last.
  var terms: [Term]

  init(terms: [Term]) { self.terms = terms }
  init(constant: Int) { terms = constant == 0 ? [] : [Term(coefficient: constant, factors: [])] }
  init(atom: DimAtom) { terms = [Term(coefficient: 1, factors: [Factor(atom: atom, power: 1)])] }

  var constantValue: Int? {
    if terms.isEmpty { return 0 }
    return terms.count == 1 && terms[0].factors.isEmpty ? terms[0].coefficient : nil
  }

  private static func precedes(_ a: [Factor], _ b: [Factor]) -> Bool {
    let degreeA = a.reduce(0) { $0 + $1.power }
    let degreeB = b.reduce(0) { $0 + $1.power }
    if degreeA != degreeB { return degreeA > degreeB }
    for (x, y) in zip(a, b) where x != y { return x.atom == y.atom ? x.power > y.power : x.atom < y.atom }
    return a.count < b.count
  }

  /// The canonical sum of terms; nil on overflow.
  private static func canonical(_ terms: [Term]) -> Polynomial? {
    var merged: [[Factor]: Int] = [:]
    for term in terms {
      let (sum, overflow) = merged[term.factors, default: 0].addingReportingOverflow(term.coefficient)
      if overflow || sum.magnitude >= UInt(Dim.constantLimit) { return nil }
      merged[term.factors] = sum
    }
    return Polynomial(
      terms: merged.filter { $0.value != 0 }.map { Term(coefficient: $0.value, factors: $0.key) }
        .sorted { precedes($0.factors, $1.factors) })
  }

  func adding(_ other: Polynomial, times sign: Int) -> Polynomial? {
    Polynomial.canonical(terms + other.terms.map { Term(coefficient: $0.coefficient * sign, factors: $0.factors) })
  }

  func multiplied(by other: Polynomial) -> Polynomial? {
    guard terms.count * other.terms.count <= 8 * Dim.weightLimit else { return nil }
    var products: [Term] = []
    for a in terms {
      for b in other.terms {
        let (coefficient, overflow) = a.coefficient.multipliedReportingOverflow(by: b.coefficient)
        if overflow { return nil }
        var powers: [DimAtom: Int] = [:]
        for factor in a.factors + b.factors { powers[factor.atom, default: 0] += factor.power }
        if powers.values.contains(where: { $0 > 64 }) { return nil }
        let factors = powers.map { Factor(atom: $0.key, power: $0.value) }.sorted { $0.atom < $1.atom }
        products.append(Term(coefficient: coefficient, factors: factors))
      }
    }
    return Polynomial.canonical(products)
  }

  /// The quotient where every term divides by a divisor of one term; nil elsewhere.
  func dividedExactly(by divisor: Polynomial) -> Polynomial? {
    if self == divisor { return Polynomial(constant: 1) }
    guard divisor.terms.count == 1 else { return nil }
    let by = divisor.terms[0]
    var quotient: [Term] = []
    for term in terms {
      guard term.coefficient % by.coefficient == 0 else { return nil }
      var powers: [DimAtom: Int] = [:]
      for factor in term.factors { powers[factor.atom] = factor.power }
      for factor in by.factors {
        guard let own = powers[factor.atom], own >= factor.power else { return nil }
        powers[factor.atom] = own == factor.power ? nil : own - factor.power
      }
      let factors = powers.map { Factor(atom: $0.key, power: $0.value) }.sorted { $0.atom < $1.atom }
      quotient.append(Term(coefficient: term.coefficient / by.coefficient, factors: factors))
    }
    return Polynomial.canonical(quotient)
  }

  /// self = divisor · whole + rest, every coefficient of rest in 0 ..< divisor.
  func split(by divisor: Int) -> (whole: Polynomial, rest: Polynomial) {
    var whole: [Term] = []
    var rest: [Term] = []
    for term in terms {
      let remainder = ((term.coefficient % divisor) + divisor) % divisor
      let quotient = (term.coefficient - remainder) / divisor
      if quotient != 0 { whole.append(Term(coefficient: quotient, factors: term.factors)) }
      if remainder != 0 { rest.append(Term(coefficient: remainder, factors: term.factors)) }
    }
    return (Polynomial(terms: whole), Polynomial(terms: rest))
  }

  func value(_ binding: (String) -> Int?) -> Int? {
    var sum = 0
    for term in terms {
      var product = term.coefficient
      for factor in term.factors {
        let base: Int
        switch factor.atom {
        case .symbol(let name):
          guard let bound = binding(name) else { return nil }
          base = bound
        case .floorQuotient(let a, let b):
          guard let x = a.value(binding), let y = b.value(binding), y != 0 else { return nil }
          base = x / y - (x % y != 0 && (x < 0) != (y < 0) ? 1 : 0)
        }
        for _ in 0..<factor.power {
          let (next, overflow) = product.multipliedReportingOverflow(by: base)
          if overflow { return nil }
          product = next
        }
      }
      let (next, overflow) = sum.addingReportingOverflow(product)
      if overflow { return nil }
      sum = next
    }
    return sum.magnitude < UInt(Dim.constantLimit) ? sum : nil
  }
}

extension Polynomial: CustomStringConvertible {
  var description: String {
    var text = ""
    for term in terms {
      let factors = term.factors.map { factor in
        let atom =
          switch factor.atom {
          case .symbol(let name): name
          case .floorQuotient(let a, let b): "floor_divide(\(a), \(b))"
          }
        return factor.power == 1 ? atom : "\(atom)^\(factor.power)"
      }
      let magnitude = term.coefficient.magnitude
      let product = (magnitude == 1 && !factors.isEmpty ? factors : [String(magnitude)] + factors).joined(separator: "*")
      if text.isEmpty {
        text = (term.coefficient < 0 ? "-" : "") + product
      } else {
        text += (term.coefficient < 0 ? " - " : " + ") + product
      }
    }
    return text.isEmpty ? "0" : text
  }
}
