extension Graph {
  /// The fault of a node that makes a NaN of operands without one, or an infinity of finite operands; nil for all others. What a loop
  /// makes is its body's affair; constants are what the model says.
  func finiteFault(_ node: Node, _ results: [Tensor], _ operands: [Tensor]) -> RunFault? {
    switch node.op {
    case .constant, .loop: return nil
    // Before the first element the greatest is −∞, by definition.
    case .cumulative(let cumulation) where cumulation.kind == .max && cumulation.exclusive: return nil
    default: break
    }
    for (id, result) in zip(node.results, results) {
      guard let first = result.firstNonFinite else { continue }
      // Of infinite operands only a NaN is something new.
      let isFromFinite = operands.allSatisfy { $0.firstNonFinite == nil }
      guard let place = isFromFinite ? first : operands.contains { $0.firstNaN != nil } ? nil : result.firstNaN else { continue }
      return .notFinite(
        RunFault.FiniteFault(
          operation: node.op.name, name: names[id], position: result.indices(of: place), value: result.double(at: place),
          source: node.source))
    }
    return nil
  }
}

extension Tensor {
  /// The first element that is NaN or infinite.
  public var firstNonFinite: Int? {
    switch storage {
    case .f32(let values): values.firstIndex { !$0.isFinite }
    case .f64(let values): values.firstIndex { !$0.isFinite }
    default: nil
    }
  }
  fileprivate var firstNaN: Int? {
    switch storage {
    case .f32(let values): values.firstIndex(where: \.isNaN)
    case .f64(let values): values.firstIndex(where: \.isNaN)
    default: nil
    }
  }
  /// Where element `index` (C order) stands.
  func indices(of index: Int) -> [Int] { zip(rowMajorStrides(shape), shape).map { index / $0 % $1 } }
}
