extension Graph {
  /// The requirements that do not hold under a binding; one whose dims are not all bound does not hold.
  public func checkRequirements(_ dims: [String: Int]) -> [Requirement] {
    requirements.filter { requirement in
      guard let left = requirement.left.value(dims), let right = requirement.right.value(dims) else { return true }
      switch requirement.relation {
      case .equal: return left != right
      case .atLeast: return left < right
      }
    }
  }

  /// The symbols of all types, requirements, counts and dimension nodes, bodies included, sorted.
  public var symbols: [String] {
    var dims: Set<Dim> = []
    collectDims(into: &dims)
    return Set(dims.flatMap(\.symbols)).sorted()
  }
  private func collectDims(into dims: inout Set<Dim>) {
    for parameter in parameters { dims.formUnion(parameter.type.shape.dims) }
    for requirement in requirements { dims.formUnion([requirement.left, requirement.right]) }
    for node in nodes {
      for type in node.types { dims.formUnion(type.shape.dims) }
      switch node.op {
      case .dimension(let dim): dims.insert(dim)
      case .slice(let axes): dims.formUnion(axes.map(\.start))
      case .pad(let axes): dims.formUnion(axes.flatMap { [$0.low, $0.high] })
      case .window(let axes), .windowAdd(let axes, _): dims.formUnion(axes.map(\.size))
      case .loop(let loop):
        dims.insert(loop.count)
        loop.body.collectDims(into: &dims)
      default: break
      }
    }
  }

  /// Binds every symbol of the graph; a symbol that nothing binds is a conflict too. See `bindDims(_:extents:explicit:)`.
  public func bindDims(extents: [[Int]?], explicit: [String: Int] = [:]) -> Result<[String: Int], DimConflicts> {
    let bound = GradIR.bindDims(parameters, extents: extents, explicit: explicit)
    guard case .success(let dims) = bound else { return bound }
    let unbound = symbols.filter { dims[$0] == nil }
    return unbound.isEmpty ? bound : .failure(DimConflicts(unbound.map { .unbound($0) }))
  }
}

/// Where the value of a dim comes from.
public enum DimOrigin: Hashable, Sendable {
  /// Given by hand, as by `-D`.
  case explicit
  /// An axis of a parameter's data.
  case parameter(index: Int, axis: Int)
}

/// Why data and dims do not agree: facts; the words are in `DimConflict+Diagnostics.swift`.
public enum DimConflict: Hashable, Sendable {
  /// A dim's value and where it comes from.
  public struct Bound: Hashable, Sendable {
    public var symbol: String
    public var value: Int
    public var origin: DimOrigin
  }
  /// The data of the parameter has another number of axes.
  case rank(parameter: Int, expected: Shape, found: [Int])
  /// An axis is not as long as its dim, whose symbols have values from elsewhere.
  case extent(parameter: Int, axis: Int, dim: Dim, expected: Int?, found: Int, bound: [Bound])
  /// No dim ≥ 0 makes the axis as long as it is: 2*n of 5.
  case unsolvable(parameter: Int, axis: Int, dim: Dim, symbol: String, found: Int, bound: [Bound])
  /// A dim given by hand is negative.
  case negative(String, value: Int)
  /// No data and no hand binds it.
  case unbound(String)
}

/// All conflicts of one binding.
public struct DimConflicts: Error, Hashable, Sendable {
  public var conflicts: [DimConflict]
  public init(_ conflicts: [DimConflict]) { self.conflicts = conflicts }
}

/// Finds the dims from the shapes of data: given by hand first, then symbols that stand alone as an axis, then those linear in one
/// unknown, again while some are found; last, every axis is compared.
///
/// - Parameters:
///   - extents: the shape of each parameter's data, nil where none is given.
///   - explicit: dims given by hand.
/// - Returns: the values found (not all symbols need be among them), or every conflict.
public func bindDims(
  _ parameters: [Parameter], extents: [[Int]?], explicit: [String: Int] = [:]
) -> Result<[String: Int], DimConflicts> {
  var dims = explicit
  var origins = explicit.mapValues { _ in DimOrigin.explicit }
  var conflicts: [DimConflict] = explicit.filter { $0.value < 0 }.sorted { $0.key < $1.key }.map { .negative($0.key, value: $0.value) }

  var axes: [(parameter: Int, axis: Int, dim: Dim, found: Int)] = []
  for (index, (parameter, extents)) in zip(parameters, extents).enumerated() {
    guard let extents else { continue }
    guard extents.count == parameter.type.rank else {
      conflicts.append(.rank(parameter: index, expected: parameter.type.shape, found: extents))
      continue
    }
    for (axis, dim) in parameter.type.shape.dims.enumerated() { axes.append((index, axis, dim, extents[axis])) }
  }
  func known(_ dim: Dim) -> [DimConflict.Bound] {
    dim.symbols.compactMap { symbol in
      guard let value = dims[symbol], let origin = origins[symbol] else { return nil }
      return .init(symbol: symbol, value: value, origin: origin)
    }
  }

  for axis in axes {
    guard let symbol = axis.dim.symbolName, dims[symbol] == nil else { continue }
    dims[symbol] = axis.found
    origins[symbol] = .parameter(index: axis.parameter, axis: axis.axis)
  }
  var failed: Set<Int> = []
  var progress = true
  while progress {
    progress = false
    for (index, axis) in axes.enumerated() where !failed.contains(index) {
      let unknown = axis.dim.symbols.filter { dims[$0] == nil }
      // Products with dims that are known by now are numbers.
      let dim = axis.dim.substituting { dims[$0].map { Dim($0) } }
      guard unknown.count == 1, let linear = dim.linear(in: unknown[0]), let rest = linear.rest.constant else { continue }
      let (difference, overflow) = axis.found.subtractingReportingOverflow(rest)
      guard !overflow, difference % linear.coefficient == 0, difference / linear.coefficient >= 0 else {
        conflicts.append(
          .unsolvable(
            parameter: axis.parameter, axis: axis.axis, dim: axis.dim, symbol: unknown[0], found: axis.found, bound: known(axis.dim)))
        failed.insert(index)
        continue
      }
      dims[unknown[0]] = difference / linear.coefficient
      origins[unknown[0]] = .parameter(index: axis.parameter, axis: axis.axis)
      progress = true
    }
  }
  for (index, axis) in axes.enumerated() where !failed.contains(index) && axis.dim.symbols.allSatisfy({ dims[$0] != nil }) {
    let value = axis.dim.value(dims)
    if value != axis.found {
      conflicts.append(
        .extent(
          parameter: axis.parameter, axis: axis.axis, dim: axis.dim, expected: value, found: axis.found, bound: known(axis.dim)))
    }
  }
  return conflicts.isEmpty ? .success(dims) : .failure(DimConflicts(conflicts))
}
