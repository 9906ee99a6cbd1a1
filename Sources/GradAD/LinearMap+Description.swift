import GradIR

extension LinearMap: CustomStringConvertible {
  /// The map with coefficients by number: `diag(%7)`.
  public var description: String { description { $0.description } }

  /// The map as mathematics writes it, coefficients by a name that is given: `diag(1 − y²)`, `W`, `1ᵀ`.
  public func description(naming name: (ValueID) -> String) -> String {
    switch form {
    case .zero: return "0"
    case .identity: return "I"
    case .scale(-1): return "−I"
    case .scale(let factor): return "\(LinearMap.number(factor, domain.dtype)) I"
    case .diagonal(let coefficient, _): return domain.isScalar ? name(coefficient) : "diag(\(name(coefficient)))"
    case .choose(let condition, true): return "diag(\(name(condition)))"
    case .choose(let condition, false): return "diag(not \(name(condition)))"
    case .contract(let coefficient, let labels, _): return LinearMap.product(name(coefficient), labels)
    case .broadcast where domain.isScalar: return "1"
    case .broadcast(let axes): return "broadcast(axes \(axes) of \(range.shape))"
    case .sum where range.isScalar: return "1ᵀ"
    case .sum(let axes): return "sum(axes \(axes))"
    case .reshape: return "reshape(\(domain.shape) → \(range.shape))"
    case .permute(let permutation): return "transpose(\(permutation))"
    case .slice: return "slice(\(domain.shape) → \(range.shape))"
    case .pad: return "pad(\(domain.shape) → \(range.shape))"
    case .flip(let axes): return "flip(axes \(axes))"
    case .diagonalAxes(let diagonal): return "\(diagonal.mode.rawValue)_diagonal(axes \(diagonal.first), \(diagonal.second))"
    case .gather(let indices, _): return "gather(\(name(indices)))"
    case .scatterAdd(let indices, _): return "scatter_add(\(name(indices)))"
    case .window: return "window(\(domain.shape) → \(range.shape))"
    case .windowAdd: return "window_add(\(domain.shape) → \(range.shape))"
    case .cumulativeSum(let cumulation):
      return "cumulative_sum(axis \(cumulation.axis)\(cumulation.exclusive ? ", exclusive" : "")\(cumulation.reverse ? ", reverse" : ""))"
    case .recurrence(let coefficient, let recurrence):
      return "recurrence(\(name(coefficient)), axis \(recurrence.axis)\(recurrence.reverse ? ", reverse" : ""))"
    case .triangularSolve(let a, let lower, let transposed, _):
      return "\(lower ? "lower" : "upper")(\(name(a)))\(transposed ? "⁻ᵀ" : "⁻¹")"
    case .cast: return "cast(\(domain.dtype) → \(range.dtype))"
    case .product(let maps):
      return maps.map { map in
        if case .total = map.form { return "(\(map.description(naming: name)))" }
        return map.description(naming: name)
      }.joined(separator: " ")
    case .total(let maps): return maps.map { $0.description(naming: name) }.joined(separator: " + ")
    }
  }

  private static func product(_ w: String, _ labels: ContractLabels) -> String {
    let (c, d, r) = (labels.coefficient, labels.domain, labels.range)
    switch (c.count, d.count, r.count) {
    case (1, 1, 0): return "\(w)ᵀ"
    case (1, 0, 1): return w
    case (2, 1, 1) where c == r + d: return w
    case (2, 1, 1) where c == d + r: return "\(w)ᵀ"
    case (2, 2, 2) where d[0] == r[0] && c == [d[1], r[1]]: return "· \(w)"
    case (2, 2, 2) where d[0] == r[0] && c == [r[1], d[1]]: return "· \(w)ᵀ"
    case (2, 2, 2) where d[1] == r[1] && c == [r[0], d[0]]: return "\(w) ·"
    case (2, 2, 2) where d[1] == r[1] && c == [d[0], r[0]]: return "\(w)ᵀ ·"
    default: break
    }
    var letters: [Int: Character] = [:]
    let text = [c, d, r].map { own in
      String(
        own.map { label -> Character in
          if let known = letters[label] { return known }
          let letter = Character(Unicode.Scalar(UInt8(ascii: "i") + UInt8(letters.count % 18)))
          letters[label] = letter
          return letter
        })
    }
    return "einsum(\"\(text[0]),\(text[1])->\(text[2])\", \(w), ·)"
  }

  /// A number in the shortest form of its type, without a needless `.0`.
  static func number(_ value: Double, _ dtype: DType) -> String {
    let text = dtype == .f32 ? "\(Float(value.magnitude))" : "\(value.magnitude)"
    return (value.sign == .minus ? "−" : "") + (text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
  }
}
