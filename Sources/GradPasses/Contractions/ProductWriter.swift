import GradIR

/// Writes a general product into a graph, step by step of a plan.
struct ProductWriter {
  let product: GeneralProduct
  let builder: GraphBuilder
  /// The new value of a factor.
  let value: (ValueID) -> ValueID

  /// A value and the label of each of its axes.
  private struct Term {
    var value: ValueID
    var labels: [Int]
    var mask: LabelSet { LabelSet(labels) }
  }

  func write(_ step: ProductPlan.Step) -> ValueID {
    var term = write(step, left: LabelSet(product.result), order: product.result)
    for scalar in product.scalars {
      term.value = builder.multiply(term.value, builder.broadcast(scalar: value(scalar), to: builder.shape(of: term.value)))
    }
    // A label in no factor that the result lacks is counted: Σ_j x = n x.
    let known = product.factors.reduce(LabelSet(product.result)) { $0.union($1.mask) }
    let type = builder.type(of: term.value)
    for label in product.extents.indices where !known.contains(label) {
      term.value = builder.multiply(term.value, number(product.extents[label], type))
    }
    if product.isNegated { term.value = builder.negate(term.value) }
    return spread(term, product.result)
  }

  /// The product of the factors of a step, summed over all labels but `left`, its axes in the order wanted if that is for the asking.
  private func write(_ step: ProductPlan.Step, left: LabelSet, order: [Int]? = nil) -> Term {
    switch step {
    case .factor(let index):
      let factor = product.factors[index]
      return sum(Term(value: value(factor.value), labels: factor.labels), keeping: left)
    case .shared(let entry, let i, let j):
      let own = entry.product
      let term = ProductWriter(product: own, builder: builder, value: value).write(.pair(.factor(0), .factor(1)))
      var names: [Int: Int] = [:]
      for (factor, asked) in zip(own.factors, entry.isSwapped ? [j, i] : [i, j]) {
        for (label, name) in zip(factor.labels, product.factors[asked].labels) { names[label] = name }
      }
      return Term(value: term, labels: own.result.map { names[$0] ?? 0 })
    case .pair(let first, let second):
      let (inFirst, inSecond) = (labels(first), labels(second))
      let a = write(first, left: inFirst.intersection(inSecond.union(left)))
      let b = write(second, left: inSecond.intersection(inFirst.union(left)))
      let both = a.labels + b.labels.filter { !a.labels.contains($0) }
      let kept = (order ?? both).filter { left.contains($0) && both.contains($0) }
      if both.allSatisfy({ left.contains($0) }) { return multiply(a, b, kept) }
      return Term(value: builder.contract(a.value, b.value, Contraction(a.labels, b.labels, kept).canonical), labels: kept)
    }
  }

  private func labels(_ step: ProductPlan.Step) -> LabelSet {
    switch step {
    case .factor(let index): product.factors[index].mask
    case .pair(let a, let b): labels(a).union(labels(b))
    case .shared(_, let i, let j): product.factors[i].mask.union(product.factors[j].mask)
    }
  }

  private func sum(_ term: Term, keeping left: LabelSet) -> Term {
    let axes = term.labels.indices.filter { !left.contains(term.labels[$0]) }
    return Term(value: builder.sum(term.value, axes: axes), labels: term.labels.filter { left.contains($0) })
  }
  private func multiply(_ a: Term, _ b: Term, _ order: [Int]) -> Term {
    Term(value: builder.multiply(spread(a, order), spread(b, order)), labels: order)
  }
  /// The term with its axes in an order, new ones broadcast.
  private func spread(_ term: Term, _ order: [Int]) -> ValueID {
    let own = order.filter { term.labels.contains($0) }
    let sorted = builder.transpose(term.value, own.compactMap { term.labels.firstIndex(of: $0) })
    let axes = order.indices.filter { term.labels.contains(order[$0]) }
    return builder.broadcast(sorted, to: Shape(order.map { product.extents[$0] }), axes: axes)
  }
  /// A dim as a float of a type.
  private func number(_ dim: Dim, _ type: TensorType) -> ValueID {
    if let constant = dim.constant { return builder.constant(Double(constant), type) }
    return builder.broadcast(scalar: builder.cast(builder.dimension(dim), to: type.dtype), to: type.shape)
  }
}
