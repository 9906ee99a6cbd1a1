import GradIR

/// In which order a product is computed: pairs of factors, and which of them the graph computes anyway.
///
/// Every order is looked at, cheapest subset by subset; of two whose costs no size decides the first stays.
struct ProductPlan {
  indirect enum Step {
    case factor(Int)
    case pair(Step, Step)
    /// A product of two factors that is computed anyway.
    case shared(SharedProducts.Entry, Int, Int)
  }
  let step: Step
  let cost: Cost

  /// - Parameter accepts: which costs of the whole will do.
  /// - Returns: nil where no order will do, and for a product without factors.
  init?(_ product: GeneralProduct, _ shared: SharedProducts, accepts: (Cost) -> Bool = { _ in true }) {
    let factors = product.factors
    guard !factors.isEmpty else { return nil }
    let all = (1 << factors.count) - 1
    let masks = factors.map(\.mask)
    let result = LabelSet(product.result)
    func labels(_ subset: Int) -> LabelSet {
      masks.indices.reduce(LabelSet()) { subset >> $1 & 1 == 1 ? $0.union(masks[$1]) : $0 }
    }
    /// The labels that are left of a subset once what it alone has is summed over.
    func left(_ subset: Int) -> LabelSet { labels(subset).intersection(labels(all & ~subset).union(result)) }

    var best = [(step: Step, cost: Cost)?](repeating: nil, count: all + 1)
    for subset in 1...all {
      if subset & (subset - 1) == 0 {
        let index = subset.trailingZeroBitCount
        best[subset] = (.factor(index), masks[index].isSubset(of: left(subset)) ? Cost(0) : Cost(product.size(masks[index])))
        continue
      }
      // Each split once: the part with the lowest factor is the left one.
      let lowest = subset & -subset
      for part in lowest..<subset where part & ~subset == 0 && part & lowest != 0 {
        guard let a = best[part], let b = best[subset & ~part] else { continue }
        var candidate = (step: Step.pair(a.step, b.step), cost: a.cost + b.cost.dim + product.size(left(part).union(left(subset & ~part))))
        if case .factor(let i) = a.step, case .factor(let j) = b.step, let entry = shared.find(factors[i], factors[j], left: left(subset)) {
          candidate = (.shared(entry, i, j), Cost(0))
        }
        if subset == all, !accepts(candidate.cost) { continue }
        if best[subset].map({ candidate.cost.isLess(than: $0.cost) }) ?? true { best[subset] = candidate }
      }
    }
    guard let found = best[all] else { return nil }
    (step, cost) = found
  }
}

/// The products of two factors that a graph computes whatever becomes of its other products.
struct SharedProducts {
  struct Entry {
    /// As the graph computes it: its factors are the two, in an order of its own.
    var product: GeneralProduct
    /// The factors are the other way around than they were asked for.
    var isSwapped: Bool
  }
  /// Two factors with their labels numbered as they appear, and those of the result.
  private struct Key: Hashable {
    var values: [ValueID]
    var labels: [[Int]]
    var result: Set<Int>

    init(_ a: GeneralProduct.Factor, _ b: GeneralProduct.Factor, _ result: LabelSet) {
      var numbers: [Int: Int] = [:]
      for label in a.labels + b.labels { if numbers[label] == nil { numbers[label] = numbers.count } }
      values = [a.value, b.value]
      labels = [a.labels, b.labels].map { $0.map { numbers[$0] ?? 0 } }
      self.result = Set(result.map { numbers[$0] ?? -1 })
    }
  }
  private var entries: [Key: GeneralProduct] = [:]

  mutating func insert(_ product: GeneralProduct) {
    guard product.factors.count == 2, product.scalars.isEmpty, !product.isNegated else { return }
    let (a, b) = (product.factors[0], product.factors[1])
    // Only what both factors have is summed over, and the result has no label of its own.
    let result = LabelSet(product.result)
    let both = a.mask.union(b.mask)
    guard result.isSubset(of: both), result != both,
      both.allSatisfy({ result.contains($0) || a.mask.contains($0) && b.mask.contains($0) })
    else { return }
    entries[Key(a, b, result)] = product
  }

  func find(_ a: GeneralProduct.Factor, _ b: GeneralProduct.Factor, left: LabelSet) -> Entry? {
    if entries.isEmpty { return nil }
    if let found = entries[Key(a, b, left)] { return Entry(product: found, isSwapped: false) }
    return entries[Key(b, a, left)].map { Entry(product: $0, isSwapped: true) }
  }
}
