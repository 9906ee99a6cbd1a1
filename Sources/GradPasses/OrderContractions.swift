import GradIR

extension Pass {
  /// Makes sums of products contractions and computes chains of them in the cheapest order, over forward and backward together. Changes
  /// bits: numerics.md.
  ///
  ///     contract(xᵖ, y) = contract(x, y), labels permuted       contract(broadcast(x), y) = contract(x, y), fewer labels
  ///     contract(x, y)ᵖ = contract(x, y), the result's permuted  contract(x, 1) = Σ x
  ///     Σ broadcast(x) ∘ broadcast(y) = contract(x, y)          Σ contract(x, y) = contract(Σ x, y)
  ///     (x y) z = x (y z), Σ (x y) ∘ g = Σ x ∘ (g yᵀ)           where the new order is cheaper for all sizes, products that are
  ///                                                             computed anyway being free; signs and scalars are pulled through
  public static let orderContractions = Pass(
    "order-contractions", "make sums of products contractions, in the cheapest order", isExact: false, run: ordered)

  private static func ordered(_ graph: Graph) -> Graph {
    let live = graph.liveNodes
    let reader = ProductReader(graph, live: live)
    var chains: [Int: GeneralProduct] = [:]
    var inner: Set<Int> = []
    var changes = false
    // From the end, so that a contraction within another's chain is known as such.
    for (index, node) in graph.nodes.enumerated().reversed() where live[index] && !inner.contains(index) {
      if case .loop = node.op { changes = true }
      if case .transpose = node.op, case .contract = graph.node(of: node.operands[0]).op { changes = true }
      guard let product = reader.product(node, deep: true) else { continue }
      inner.formUnion(product.replaced.filter { $0 != index })
      chains[index] = product
      changes = changes || product.seesThroughViews || product.hasOnes || !product.replaced.allSatisfy { $0 == index }
    }
    if !changes { return graph }
    var shared = SharedProducts()
    for (index, product) in chains { if case .contract = graph.nodes[index].op { shared.insert(product) } }

    var new = [ValueID](repeating: ValueID(0), count: graph.valueCount)
    return graph.rebuilt { node, operands, builder in
      for (old, value) in zip(node.operands, operands) { new[Int(old.index)] = value }
      switch node.op {
      case .loop(var loop):
        loop.body = ordered(loop.body)
        return builder.addAll(.loop(loop), operands)
      case .reduce(.sum, _), .contract:
        let index = graph.nodeIndex(of: node.firstResult)
        if let value = chains[index].flatMap({ reordered($0, node, shared, builder) { new[Int($0.index)] } }) { return [value] }
        return viewsAbsorbed(node, reader, builder) { new[Int($0.index)] }.map { [$0] }
      case .transpose(let permutation):
        return resultPermuted(permutation, node, operands[0], reader, builder).map { [$0] }
      default: return nil
      }
    }
  }

  // (x y) z = x (y z), …
  private static func reordered(
    _ product: GeneralProduct, _ node: Node, _ shared: SharedProducts, _ builder: GraphBuilder, _ value: @escaping (ValueID) -> ValueID
  ) -> ValueID? {
    var isSum = false
    if case .reduce = node.op { isSum = true }
    // Factors that each lack a label of the sum's space are an outer product, whose elements need not be formed.
    let all = LabelSet(Array(product.extents.indices))
    let isOuter = isSum && product.replaced.isEmpty && product.factors.allSatisfy { $0.mask != all }
    guard isOuter || product.replaced.count > (isSum ? 0 : 1),
      let plan = ProductPlan(product, shared, accepts: { $0.isLess(than: product.cost) || isOuter && $0 == product.cost })
    else { return nil }
    return ProductWriter(product: product, builder: builder, value: value).write(plan.step)
  }

  // contract(xᵖ, y) = contract(x, y)     contract(broadcast(x), y) = contract(x, y)     contract(x, 1) = Σ x
  private static func viewsAbsorbed(
    _ node: Node, _ reader: ProductReader, _ builder: GraphBuilder, _ value: @escaping (ValueID) -> ValueID
  ) -> ValueID? {
    guard case .contract = node.op, let product = reader.product(node, deep: false), product.seesThroughViews || product.hasOnes,
      let plan = ProductPlan(product, SharedProducts())
    else { return nil }
    return ProductWriter(product: product, builder: builder, value: value).write(plan.step)
  }

  // contract(x, y)ᵖ = contract(x, y), the result's labels permuted
  private static func resultPermuted(
    _ permutation: [Int], _ node: Node, _ operand: ValueID, _ reader: ProductReader, _ builder: GraphBuilder
  ) -> ValueID? {
    let inner = builder.node(of: operand)
    guard case .contract(var contraction) = inner.op, reader.uses[Int(node.operands[0].index)] == 1 else { return nil }
    contraction.result = permutation.map { contraction.result[$0] }
    return builder.contract(inner.operands[0], inner.operands[1], contraction)
  }
}
