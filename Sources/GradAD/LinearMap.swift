import GradIR

/// The Jacobian of one op, or of a chain of ops, as the structured linear map it is.
///
/// Coefficients are values of the graph being built, so a map costs nothing until it is applied. The set of maps is closed under
/// transposition: forward mode applies a map to a tangent, reverse mode its transpose to a cotangent.
///
///     tanh:  diag(1 − y²)        sum:  a row of ones        W x by x:  contract(W)
public struct LinearMap: Hashable, Sendable {
  /// What the map takes.
  public let domain: TensorType
  /// What the map gives.
  public let range: TensorType
  /// What it does, and what of.
  public let form: Form

  /// What keeps a product at zero in derivatives below a `where`.
  public enum Annihilator: Hashable, Sendable {
    /// c · v, so that 0 · ∞ is NaN.
    case none
    /// 0 where the argument is 0, whatever the coefficient is.
    case argument
    /// 0 where the coefficient is 0 and where the argument is: the Jacobian by d of `annihilating_multiply(d, v)`.
    case both
  }

  /// The kinds of maps; → is what the transpose is.
  public indirect enum Form: Hashable, Sendable {
    /// v ↦ 0 → zero
    case zero
    /// v ↦ v → itself
    case identity
    /// v ↦ c v → itself
    case scale(Double)
    /// v ↦ d ⊙ v → itself
    case diagonal(ValueID, Annihilator)
    /// v ↦ c ? v : 0 (or c ? 0 : v), never reading what is not chosen → itself
    case choose(ValueID, whereTrue: Bool)
    /// v ↦ Σ W v over the labels that the range lacks → the same with domain and range exchanged
    case contract(ValueID, ContractLabels, Annihilator)
    /// v ↦ v spread along new axes; `axes` are the old ones' places → sum
    case broadcast(axes: [Int])
    /// v ↦ the sum over axes → broadcast
    case sum(axes: [Int])
    /// v ↦ the same elements in the range's shape → reshape
    case reshape
    /// v ↦ axis k of the range is axis p[k] → the inverse permutation
    case permute([Int])
    /// v ↦ v[start, start + step, …], steps ≥ 1 → pad
    case slice([SliceAxis])
    /// v ↦ zeros around and between → slice
    case pad([PadAxis])
    /// v ↦ axes backwards → itself
    case flip(axes: [Int])
    /// v ↦ the diagonal of two axes, or a diagonal set into zeros → the other
    case diagonalAxes(Diagonal)
    /// v ↦ v at the indices → scatterAdd
    case gather(ValueID, GatherAxis)
    /// v ↦ zeros with v added at the indices → gather
    case scatterAdd(ValueID, GatherAxis)
    /// v ↦ its windows → windowAdd
    case window([WindowAxis])
    /// v ↦ overlapping windows added up → window
    case windowAdd([WindowAxis])
    /// v ↦ its running totals → those from the other end
    case cumulativeSum(Cumulation)
    /// v ↦ the solution of a linear recurrence along an axis → the one that runs the other way
    case recurrence(ValueID, Recurrence)
    /// v ↦ T⁻¹ v, T a triangle of the coefficient → T⁻ᵀ v
    case triangularSolve(ValueID, lower: Bool, transposed: Bool, annihilating: Bool)
    /// v ↦ v in the range's float type → the cast back
    case cast
    /// v ↦ A B … v, the outermost map first → … Bᵀ Aᵀ
    case product([LinearMap])
    /// v ↦ A v + B v + … → Aᵀ + Bᵀ + …
    case total([LinearMap])
  }

  /// The labels of a contraction's coefficient, argument and value.
  public struct ContractLabels: Hashable, Sendable {
    public var coefficient: [Int]
    public var domain: [Int]
    public var range: [Int]
  }

  /// r ← a r + v along an axis, from r = 0, with a and v of the domain's shape.
  public struct Recurrence: Hashable, Sendable {
    public enum Order: Hashable, Sendable {
      /// gives r, then r ← a r + v → itself
      case giveFirst
      /// r ← a r + v, gives r → addFirst
      case multiplyFirst
      /// gives r + v, then r ← a (r + v) → multiplyFirst
      case addFirst
    }
    public var axis: Int
    public var order: Order
    public var reverse: Bool
    public var annihilating: Bool
  }

  /// A map of that form between two types.
  public init(_ form: Form, from domain: TensorType, to range: TensorType) {
    self.form = form
    self.domain = domain
    self.range = range
  }

  /// The map to zeros.
  public static func zero(_ domain: TensorType, _ range: TensorType) -> LinearMap { LinearMap(.zero, from: domain, to: range) }
  /// The map of each element to itself.
  public static func identity(_ type: TensorType) -> LinearMap { LinearMap(.identity, from: type, to: type) }
  /// Every element times one number.
  public static func scale(_ factor: Double, _ type: TensorType) -> LinearMap {
    factor == 1 ? .identity(type) : LinearMap(.scale(factor), from: type, to: type)
  }
  /// Each element times the one of a value that stands at its place.
  public static func diagonal(_ coefficient: ValueID, _ type: TensorType, _ annihilator: Annihilator = .none) -> LinearMap {
    LinearMap(.diagonal(coefficient, annihilator), from: type, to: type)
  }
  /// The product of maps, the outermost first; identities fall away, zero absorbs.
  public static func product(_ maps: [LinearMap]) -> LinearMap {
    guard let outermost = maps.first, let innermost = maps.last else { preconditionFailure("a product of no maps has no type") }
    if maps.contains(where: { $0.isZero }) { return .zero(innermost.domain, outermost.range) }
    let factors = maps.flatMap { $0.factors }.filter { $0.form != .identity }
    if factors.isEmpty { return .identity(innermost.domain) }
    return factors.count == 1 ? factors[0] : LinearMap(.product(factors), from: innermost.domain, to: outermost.range)
  }
  /// The sum of maps; zeros fall away.
  public static func total(_ maps: [LinearMap]) -> LinearMap {
    guard let first = maps.first else { preconditionFailure("a sum of no maps has no type") }
    let terms = maps.filter { !$0.isZero }
    if terms.isEmpty { return first }
    return terms.count == 1 ? terms[0] : LinearMap(.total(terms), from: first.domain, to: first.range)
  }

  /// True of the map to zeros, which the chain rule leaves out.
  public var isZero: Bool { form == .zero }

  /// The factors of a product, else the map itself.
  private var factors: [LinearMap] {
    if case .product(let maps) = form { return maps }
    return [self]
  }

  /// The transpose: ⟨u, A v⟩ = ⟨Aᵀ u, v⟩.
  public var transposed: LinearMap { LinearMap(transposedForm, from: range, to: domain) }

  private var transposedForm: Form {
    switch form {
    case .zero, .identity, .scale, .diagonal, .choose, .flip, .reshape, .cast: return form
    case .contract(let coefficient, let labels, let annihilator):
      return .contract(
        coefficient, ContractLabels(coefficient: labels.coefficient, domain: labels.range, range: labels.domain), annihilator)
    case .broadcast(let axes): return .sum(axes: (0..<range.rank).filter { !axes.contains($0) })
    case .sum(let axes): return .broadcast(axes: (0..<domain.rank).filter { !axes.contains($0) })
    case .permute(let permutation): return .permute(LinearMap.inverse(permutation))
    case .slice(let axes):
      return .pad(
        zip(axes, domain.shape.dims).map { axis, extent in
          // An empty slice leaves an axis of zeros; else what lies before, behind and between the elements taken.
          if axis.count == 0 { return PadAxis(high: extent) }
          let end = axis.start + (axis.count - 1) * Dim(axis.step) + 1
          return PadAxis(low: axis.start, high: extent - end, interior: axis.step - 1)
        })
    case .pad(let axes):
      return .slice(
        zip(axes, domain.shape.dims).map { SliceAxis(start: $0.low, count: $1, step: $0.interior + 1) })
    case .diagonalAxes(let diagonal):
      return .diagonalAxes(Diagonal(diagonal.mode == .embed ? .extract : .embed, first: diagonal.first, second: diagonal.second))
    case .gather(let indices, let axis): return .scatterAdd(indices, axis)
    case .scatterAdd(let indices, let axis): return .gather(indices, axis)
    case .window(let axes): return .windowAdd(axes)
    case .windowAdd(let axes): return .window(axes)
    case .cumulativeSum(var cumulation):
      cumulation.reverse.toggle()
      return .cumulativeSum(cumulation)
    case .recurrence(let coefficient, var recurrence):
      recurrence.reverse.toggle()
      switch recurrence.order {
      case .giveFirst: break
      case .multiplyFirst: recurrence.order = .addFirst
      case .addFirst: recurrence.order = .multiplyFirst
      }
      return .recurrence(coefficient, recurrence)
    case .triangularSolve(let a, let lower, let transposed, let annihilating):
      return .triangularSolve(a, lower: lower, transposed: !transposed, annihilating: annihilating)
    case .product(let maps): return .product(maps.reversed().map(\.transposed))
    case .total(let maps): return .total(maps.map(\.transposed))
    }
  }

  static func inverse(_ permutation: [Int]) -> [Int] {
    var inverse = permutation
    for (place, axis) in permutation.enumerated() { inverse[axis] = place }
    return inverse
  }
}
