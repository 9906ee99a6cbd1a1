import Synchronization

/// A dimension: an integer polynomial over symbols and floor quotients, in canonical form.
///
/// Dims are interned: two dims that are equal for all values of their symbols (as polynomials) are the same value, so `==` compares
/// expressions. Symbols stand for integers ≥ 0. What reaches 2^61, or is no longer an expression that anyone could read, becomes
/// `Dim.overflow`, which absorbs everything and equals itself only; type rules refuse it.
///
///     Dim.symbol("n") * 2 + 1 == Dim(1) + Dim.symbol("n") + Dim.symbol("n")   // true
public struct Dim: Hashable, Numbered, Sendable, ExpressibleByIntegerLiteral {
  /// Even: a constant, doubled. Odd: the index of a polynomial in the table, doubled, plus one.
  @usableFromInline let raw: Int

  @inlinable init(raw: Int) { self.raw = raw }
  @inlinable public var number: Int { raw }
  public static let constantLimit = 1 << 61
  /// The most terms and factors of an expression, those within its quotients counted: products of sums grow without measure.
  public static let weightLimit = 1000

  /// A constant; beyond ±2^61 it is `overflow`.
  public init(_ value: Int) {
    raw = value.magnitude < UInt(Dim.constantLimit) ? value << 1 : Dim.overflow.raw
  }
  public init(integerLiteral value: Int) { self.init(value) }

  /// What does not fit; absorbs every operation.
  public static let overflow = Dim(raw: 1)
  /// The dim of that name.
  public static func symbol(_ name: String) -> Dim { DimTable.intern(Polynomial(atom: .symbol(name))) }

  /// The value of a constant, nil for anything with a symbol.
  @inlinable public var constant: Int? { raw & 1 == 0 ? raw >> 1 : nil }
  @inlinable public var isOverflow: Bool { raw == 1 }

  var polynomial: Polynomial { constant.map { Polynomial(constant: $0) } ?? DimTable.polynomial(raw >> 1) }

  public static func + (a: Dim, b: Dim) -> Dim {
    if let x = a.constant, let y = b.constant { return Dim(x + y) }
    if a.isOverflow || b.isOverflow { return .overflow }
    if a == 0 || b == 0 { return a == 0 ? b : a }
    return a.polynomial.adding(b.polynomial, times: 1).map(DimTable.intern) ?? .overflow
  }
  public static func - (a: Dim, b: Dim) -> Dim {
    if let x = a.constant, let y = b.constant { return Dim(x - y) }
    if a.isOverflow || b.isOverflow { return .overflow }
    return a.polynomial.adding(b.polynomial, times: -1).map(DimTable.intern) ?? .overflow
  }
  public static func * (a: Dim, b: Dim) -> Dim {
    if let x = a.constant, let y = b.constant {
      let (product, overflow) = x.multipliedReportingOverflow(by: y)
      return overflow ? .overflow : Dim(product)
    }
    if a.isOverflow || b.isOverflow { return .overflow }
    if a == 0 || b == 0 { return 0 }
    if a == 1 || b == 1 { return a == 1 ? b : a }
    let (one, other) = a.constant == nil ? (a, b) : (b, a)
    return one.polynomial.multiplied(by: other.polynomial).map(DimTable.intern) ?? .overflow
  }
  public static prefix func - (a: Dim) -> Dim { 0 - a }

  /// ⌊a / b⌋; exact quotients and whole parts are taken out. A divisor of constant zero gives `overflow`.
  public static func floorQuotient(_ a: Dim, _ b: Dim) -> Dim {
    if a.isOverflow || b.isOverflow || b == 0 { return .overflow }
    if b == 1 { return a }
    if let x = a.constant, let y = b.constant {
      let quotient = x / y
      return Dim(x % y != 0 && (x < 0) != (y < 0) ? quotient - 1 : quotient)
    }
    if let exact = a.polynomial.dividedExactly(by: b.polynomial) { return DimTable.intern(exact) }
    guard let divisor = b.constant, divisor > 0 else { return DimTable.intern(Polynomial(atom: .floorQuotient(a, b))) }
    let (whole, rest) = a.polynomial.split(by: divisor)
    let restDim = DimTable.intern(rest)
    return DimTable.intern(whole)
      + (restDim.constant.map { Dim.floorQuotient(Dim($0), b) } ?? DimTable.intern(Polynomial(atom: .floorQuotient(restDim, b))))
  }

  /// The value under a binding of the symbols; nil if a symbol is unbound, a divisor zero or the value beyond 2^61.
  public func value(_ binding: (String) -> Int?) -> Int? {
    if let constant { return constant }
    if isOverflow { return nil }
    return polynomial.value(binding)
  }
  /// The number under a binding of its symbols; nil where one is unbound.
  public func value(_ binding: [String: Int]) -> Int? { value { binding[$0] } }
  /// The value of `Op.dimension`, an integer as others: modulo 2^64; nil if a symbol is unbound.
  func wrappingValue(_ binding: (String) -> Int?) -> Int? { constant ?? (isOverflow ? nil : polynomial.wrappingValue(binding)) }

  /// A size to weigh costs by: symbols count as 1,024 each, so that where one size is larger than another for all dims, it is larger here.
  package var nominal: Int { min(max(0, value { _ in 1024 } ?? Dim.nominalLimit), Dim.nominalLimit) }
  package static let nominalLimit = 1 << 40

  /// The expression with symbols replaced.
  public func substituting(_ replacement: (String) -> Dim?) -> Dim {
    if constant != nil || isOverflow { return self }
    return polynomial.terms.reduce(Dim(0)) { sum, term in
      sum
        + term.factors.reduce(Dim(term.coefficient)) { product, factor in
          let base: Dim
          switch factor.atom {
          case .symbol(let name): base = replacement(name) ?? Dim.symbol(name)
          case .floorQuotient(let a, let b): base = Dim.floorQuotient(a.substituting(replacement), b.substituting(replacement))
          }
          return (0..<factor.power).reduce(product) { value, _ in value * base }
        }
    }
  }

  /// What the value grows by where the symbol grows by one.
  public func step(in name: String) -> Dim {
    if constant != nil { return 0 }
    if isOverflow { return .overflow }
    if let step = polynomial.step(in: name) { return DimTable.intern(step) }
    return substituting { $0 == name ? Dim.symbol(name) + 1 : nil } - self
  }

  /// The names of the symbols in it, sorted.
  public var symbols: [String] { constant != nil || isOverflow ? [] : DimTable.symbols(raw >> 1) }

  /// The name of a dim that is one symbol.
  public var symbolName: String? {
    guard constant == nil, !isOverflow else { return nil }
    let terms = polynomial.terms
    guard terms.count == 1, terms[0].coefficient == 1, terms[0].factors.count == 1, terms[0].factors[0].power == 1,
      case .symbol(let name) = terms[0].factors[0].atom
    else { return nil }
    return name
  }

  /// True where value ≥ bound for all values ≥ 0 of the symbols (decided by the signs of the coefficients), false where value
  /// < bound for all of them, nil where it is not decided.
  public func isAtLeast(_ bound: Dim) -> Bool? {
    let difference = bound == 0 ? self : self - bound
    if let constant = difference.constant { return constant >= 0 }
    if difference.isOverflow { return nil }
    var constant = 0
    var anyNegative = false
    var anyPositive = false
    for term in difference.polynomial.terms {
      if term.factors.isEmpty {
        constant = term.coefficient
      } else if term.factors.allSatisfy({ $0.atom.isNonNegative }) {
        if term.coefficient < 0 { anyNegative = true } else { anyPositive = true }
      } else {
        return nil
      }
    }
    if !anyNegative && constant >= 0 { return true }
    if !anyPositive && constant < 0 { return false }
    return nil
  }

  /// Coefficient and rest if the dim is `coefficient · symbol + rest` with `symbol` nowhere else: what solving one dim from a shape needs.
  public func linear(in name: String) -> (coefficient: Int, rest: Dim)? {
    guard constant == nil, !isOverflow else { return nil }
    let own = polynomial.terms.filter { $0.factors.count == 1 && $0.factors[0].power == 1 && $0.factors[0].atom == .symbol(name) }
    guard own.count == 1 else { return nil }
    let rest = self - Dim(own[0].coefficient) * Dim.symbol(name)
    return rest.symbols.contains(name) ? nil : (own[0].coefficient, rest)
  }
}

extension Dim: CustomStringConvertible {
  /// In the language's own words: `2*hidden + 1`, `floor_divide(n + 1, 2)`.
  public var description: String {
    if let constant { return String(constant) }
    if isOverflow { return "(too large)" }
    return polynomial.description
  }
}

/// The table of interned polynomials: index 0 is `overflow`.
enum DimTable {
  private struct State {
    var polynomials: [Polynomial] = [Polynomial(terms: [])]
    var weights = [0]
    /// Sorted.
    var symbols: [[String]] = [[]]
    var index: [Polynomial: Int] = [:]

    func weight(of polynomial: Polynomial) -> Int {
      polynomial.terms.reduce(0) { total, term in
        term.factors.reduce(total + 1) { total, factor in
          guard case .floorQuotient(let a, let b) = factor.atom else { return total + 1 }
          return total + 1 + [a, b].reduce(0) { $0 + ($1.constant == nil ? weights[$1.raw >> 1] : 1) }
        }
      }
    }
    func symbols(of polynomial: Polynomial) -> [String] {
      let found = polynomial.terms.flatMap(\.factors).flatMap { factor in
        switch factor.atom {
        case .symbol(let name): [name]
        case .floorQuotient(let a, let b): [a, b].flatMap { $0.constant == nil ? symbols[$0.raw >> 1] : [] }
        }
      }
      return found.count > 1 ? Set(found).sorted() : found
    }
  }
  private static let state = Mutex(State())

  static func intern(_ polynomial: Polynomial) -> Dim {
    if let constant = polynomial.constantValue { return Dim(constant) }
    return state.withLock { state in
      if let found = state.index[polynomial] { return Dim(raw: found << 1 | 1) }
      let weight = state.weight(of: polynomial)
      guard weight <= Dim.weightLimit else { return .overflow }
      state.weights.append(weight)
      state.symbols.append(state.symbols(of: polynomial))
      state.polynomials.append(polynomial)
      state.index[polynomial] = state.polynomials.count - 1
      return Dim(raw: (state.polynomials.count - 1) << 1 | 1)
    }
  }
  static func polynomial(_ index: Int) -> Polynomial { state.withLock { $0.polynomials[index] } }
  static func symbols(_ index: Int) -> [String] { state.withLock { $0.symbols[index] } }
}
