import GradIR

extension Pass {
  /// Equal nodes are one by construction (`GraphBuilder`); this merges those that are equal by a formula as well, and what a loop is
  /// given twice.
  ///
  ///     f(a, b) = f(b, a) for add, multiply, max, min, equal, not_equal, and, or
  ///     Σ l r = Σ r l, with the sum in the same order
  public static let mergeEqualValues = Pass("merge-equal-values", "make common subexpressions one, operands in either order", run: merged)

  private static let commutative: Set<ScalarFunction> = [.add, .multiply, .maximum, .minimum, .equal, .notEqual, .and, .or]

  private static func merged(_ graph: Graph) -> Graph {
    graph.rebuilt { node, operands, builder in
      switch node.op {
      case .map(let function) where commutative.contains(function):
        return builder.existing(node.op, [operands[1], operands[0]]).map { [$0] }
      case .contract(let contraction):
        let canonical = contraction.canonical
        let swapped = canonical.swapped.canonical
        // The sum takes its labels in the left operand's order; what is zero by its right operand keeps it there.
        if !canonical.annihilating, canonical.swapped.contracted == canonical.contracted,
          let found = builder.existing(.contract(swapped), [operands[1], operands[0]])
        {
          return [found]
        }
        return [builder.contract(operands[0], operands[1], canonical)]
      case .loop(let loop): return mergeOperands(loop, operands, builder)
      default: return nil
      }
    }
  }

  // loop(…, x, x) = loop(…, x): captures and sequences that are the same value
  private static func mergeOperands(_ loop: Loop, _ operands: [ValueID], _ builder: GraphBuilder) -> [ValueID] {
    var slim = loop
    var replacement: [Int: Int] = [:]
    for places in [loop.states..<loop.states + loop.sequences, loop.states + loop.sequences..<operands.count] {
      var first: [ValueID: Int] = [:]
      for place in places {
        if let earlier = first[operands[place]] { replacement[place] = earlier } else { first[operands[place]] = place }
      }
    }
    if !replacement.isEmpty {
      // Parameters that nothing reads any more are dropped with the dead nodes.
      slim.body = loop.body.rebuilt { node, _, body in
        guard case .parameter(let index) = node.op, let first = replacement[index] else { return nil }
        return [body.add(.parameter(first), [])]
      }
    }
    slim.body = merged(slim.body)
    return builder.addAll(.loop(slim), operands)
  }
}

extension Contraction {
  /// The same with labels numbered as they appear, so that equal contractions are equal values.
  var canonical: Contraction {
    var numbers: [Int: Int] = [:]
    for label in left + right { if numbers[label] == nil { numbers[label] = numbers.count } }
    func renamed(_ labels: [Int]) -> [Int] { labels.map { numbers[$0] ?? $0 } }
    return Contraction(renamed(left), renamed(right), renamed(result), annihilating: annihilating)
  }
  /// Σ r l for Σ l r.
  var swapped: Contraction { Contraction(right, left, result, annihilating: annihilating) }
}
