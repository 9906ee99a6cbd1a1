import GradRuntime

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
    var merged: [Term] = []
    for term in terms.sorted(by: { precedes($0.factors, $1.factors) }) {
      guard let last = merged.last, last.factors == term.factors else {
        merged.append(term)
        continue
      }
      guard let sum = Polynomial.sum(last.coefficient, term.coefficient) else { return nil }
      merged[merged.count - 1].coefficient = sum
    }
    if merged.contains(where: { $0.coefficient.magnitude >= UInt(Dim.constantLimit) }) { return nil }
    return Polynomial(terms: merged.filter { $0.coefficient != 0 })
  }
  private static func sum(_ a: Int, _ b: Int) -> Int? {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow || sum.magnitude >= UInt(Dim.constantLimit) ? nil : sum
  }

  /// self + sign · other, both merged in their order.
  func adding(_ other: Polynomial, times sign: Int) -> Polynomial? {
    var result: [Term] = []
    result.reserveCapacity(terms.count + other.terms.count)
    var own = terms[...]
    for term in other.terms {
      while let first = own.first, Polynomial.precedes(first.factors, term.factors) { result.append(own.removeFirst()) }
      var coefficient = term.coefficient * sign
      if let first = own.first, first.factors == term.factors {
        guard let sum = Polynomial.sum(first.coefficient, coefficient) else { return nil }
        own.removeFirst()
        coefficient = sum
      }
      if coefficient != 0 { result.append(Term(coefficient: coefficient, factors: term.factors)) }
    }
    return Polynomial(terms: result + own)
  }

  func multiplied(by other: Polynomial) -> Polynomial? {
    if let factor = other.constantValue { return scaled(by: factor) }
    guard terms.count * other.terms.count <= 8 * Dim.weightLimit else { return nil }
    var products: [Term] = []
    for a in terms {
      for b in other.terms {
        let (coefficient, overflow) = a.coefficient.multipliedReportingOverflow(by: b.coefficient)
        if overflow { return nil }
        let factors = Polynomial.product(a.factors, b.factors)
        if factors.contains(where: { $0.power > 64 }) { return nil }
        products.append(Term(coefficient: coefficient, factors: factors))
      }
    }
    return Polynomial.canonical(products)
  }

  private func scaled(by factor: Int) -> Polynomial? {
    if factor == 0 { return Polynomial(terms: []) }
    var result = self
    for place in terms.indices {
      let (coefficient, overflow) = terms[place].coefficient.multipliedReportingOverflow(by: factor)
      if overflow || coefficient.magnitude >= UInt(Dim.constantLimit) { return nil }
      result.terms[place].coefficient = coefficient
    }
    return result
  }

  /// What the value grows by where a symbol grows by one; nil where the symbol stands in a power or a quotient.
  func step(in name: String) -> Polynomial? {
    var steps: [Term] = []
    for var term in terms {
      for factor in term.factors {
        if case .floorQuotient(let a, let b) = factor.atom, (a.symbols + b.symbols).contains(name) { return nil }
      }
      guard let place = term.factors.firstIndex(where: { $0.atom == .symbol(name) }) else { continue }
      if term.factors[place].power > 1 { return nil }
      term.factors.remove(at: place)
      steps.append(term)
    }
    return Polynomial.canonical(steps)
  }

  /// The factors of both, merged in their order.
  private static func product(_ a: [Factor], _ b: [Factor]) -> [Factor] {
    if a.isEmpty || b.isEmpty { return a.isEmpty ? b : a }
    var result: [Factor] = []
    var rest = a[...]
    for factor in b {
      while let first = rest.first, first.atom < factor.atom { result.append(rest.removeFirst()) }
      let isShared = rest.first?.atom == factor.atom
      result.append(Factor(atom: factor.atom, power: factor.power + (isShared ? rest.removeFirst().power : 0)))
    }
    return result + rest
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

  /// Nil where a symbol is unbound, a divisor zero or a number on the way beyond `Int`, or the value beyond 2^61.
  func value(_ binding: (String) -> Int?) -> Int? {
    func exact(_ result: (partialValue: Int, overflow: Bool)) -> Int? { result.overflow ? nil : result.partialValue }
    let sum = value(
      binding, plus: { exact($0.addingReportingOverflow($1)) }, times: { exact($0.multipliedReportingOverflow(by: $1)) },
      quotient: { a, b in
        guard let x = a.value(binding), let y = b.value(binding), y != 0 else { return nil }
        return Int(grad_floor_divide_i64(Int64(x), Int64(y)))
      })
    return sum.flatMap { $0.magnitude < UInt(Dim.constantLimit) ? $0 : nil }
  }

  /// The value as 64-bit integers compute it: modulo 2^64; nil where a symbol is unbound.
  func wrappingValue(_ binding: (String) -> Int?) -> Int? {
    value(
      binding, plus: { $0 &+ $1 }, times: { $0 &* $1 },
      quotient: { a, b in
        guard let x = a.wrappingValue(binding), let y = b.wrappingValue(binding) else { return nil }
        return Int(grad_floor_divide_i64(Int64(x), Int64(y)))
      })
  }

  private func value(
    _ binding: (String) -> Int?, plus: (Int, Int) -> Int?, times: (Int, Int) -> Int?, quotient: (Dim, Dim) -> Int?
  ) -> Int? {
    var sum = 0
    for term in terms {
      var product = term.coefficient
      for factor in term.factors {
        let base: Int? =
          switch factor.atom {
          case .symbol(let name): binding(name)
          case .floorQuotient(let a, let b): quotient(a, b)
          }
        guard let base else { return nil }
        for _ in 0..<factor.power {
          guard let next = times(product, base) else { return nil }
          product = next
        }
      }
      guard let next = plus(sum, product) else { return nil }
      sum = next
    }
    return sum
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
