import GradIR

/// Reads general products out of a graph.
///
///     contract(l, r), sum(x)          roots: float, not annihilating
///     xᵖ, broadcast(x), −x            a permuted list of labels, fewer labels, a sign: looked through
///     contract(l, r), x · y           looked through where nothing else reads them, a contraction's labels renamed
///     1                               no factor
struct ProductReader {
  let graph: Graph
  /// How often live nodes and results read each value.
  let uses: [Int]
  /// Beyond this a product's factors stay what they are: all orders of them are compared.
  private static let factorLimit = 6
  /// Products of scalars, which are no factors, are not followed for ever.
  private static let lookLimit = 32

  init(_ graph: Graph, live: [Bool]) {
    self.graph = graph
    var uses = [Int](repeating: 0, count: graph.valueCount)
    for (index, node) in graph.nodes.enumerated() where live[index] { for operand in node.operands { uses[Int(operand.index)] += 1 } }
    // A result is read from outside too.
    for result in graph.results { uses[Int(result.value.index)] += 2 }
    self.uses = uses
  }

  /// The product that a node is.
  ///
  /// - Parameter deep: whether to look through contractions and products as well.
  func product(_ node: Node, deep: Bool) -> GeneralProduct? {
    guard let type = node.types.first, type.dtype.isFloat else { return nil }
    var product = GeneralProduct()
    switch node.op {
    case .contract(let c) where !c.annihilating:
      read(c, node, result: nil, &product, deep: deep)
    case .reduce(.sum, let axes) where deep:
      let shape = graph.shape(of: node.operands[0])
      let labels = product.newLabels(shape.dims)
      product.result = labels.filter { !axes.contains($0) }
      product.cost = product.cost + shape.count
      read(node.operands[0], labels, &product, deep: true)
    default: return nil
    }
    return product.extents.count <= LabelSet.capacity ? product : nil
  }

  /// A contraction whose result has given labels, or new ones for the root.
  private func read(_ c: Contraction, _ node: Node, result: [Int]?, _ product: inout GeneralProduct, deep: Bool) {
    var names: [Int: Int] = [:]
    for (own, given) in zip(c.result, result ?? []) { names[own] = given }
    for (labels, operand) in zip([c.left, c.right], node.operands) {
      for (label, extent) in zip(labels, graph.shape(of: operand).dims) where names[label] == nil {
        names[label] = product.newLabels([extent])[0]
      }
    }
    func named(_ labels: [Int]) -> [Int] { labels.map { names[$0] ?? 0 } }
    if result == nil { product.result = named(c.result) }
    product.replaced.append(graph.nodeIndex(of: node.firstResult))
    product.cost = product.cost + product.size(LabelSet(named(c.left) + named(c.right)))
    read(node.operands, [named(c.left), named(c.right)], &product, deep: deep)
  }

  /// The two operands of a product; while the first is read, the second is known to come.
  private func read(_ values: [ValueID], _ labels: [[Int]], _ product: inout GeneralProduct, deep: Bool) {
    product.looks += 1
    product.pending += isScalar(values[1]) ? 0 : 1
    read(values[0], labels[0], &product, deep: deep)
    product.pending -= isScalar(values[1]) ? 0 : 1
    read(values[1], labels[1], &product, deep: deep)
  }

  private func read(_ value: ValueID, _ labels: [Int], _ product: inout GeneralProduct, deep: Bool) {
    let node = graph.node(of: value)
    switch node.op {
    case .transpose(let permutation):
      var own = labels
      for (axis, label) in zip(permutation, labels) { own[axis] = label }
      product.seesThroughViews = true
      return read(node.operands[0], own, &product, deep: deep)
    case .broadcast(_, let axes):
      product.seesThroughViews = true
      return read(node.operands[0], axes.map { labels[$0] }, &product, deep: deep)
    case .map(.negate) where deep && uses[Int(value.index)] == 1:
      product.isNegated.toggle()
      return read(node.operands[0], labels, &product, deep: deep)
    case .map(.multiply) where deep && uses[Int(value.index)] == 1 && hasRoom(product):
      return read(node.operands, [labels, labels], &product, deep: deep)
    case .contract(let c)
    where deep && uses[Int(value.index)] == 1 && !c.annihilating && hasRoom(product)
      && product.extents.count + c.contracted.count < LabelSet.capacity:
      return read(c, node, result: labels, &product, deep: deep)
    default: break
    }
    if Rewrites.isOne(node) {
      product.hasOnes = true
    } else if labels.isEmpty {
      product.scalars.append(value)
    } else {
      product.factors.append(.init(value: value, labels: labels))
    }
  }

  /// Whether a factor may become two.
  private func hasRoom(_ product: GeneralProduct) -> Bool {
    product.factors.count + product.pending + 2 <= ProductReader.factorLimit && product.looks < ProductReader.lookLimit
  }

  private func isScalar(_ value: ValueID) -> Bool {
    if case .broadcast = graph.node(of: value).op { return isScalar(graph.node(of: value).operands[0]) }
    return graph.shape(of: value).rank == 0
  }
}
