import GradIR

/// What a kernel computes and moves, at least: for measuring against what the machine can do.
public struct KernelCost: Sendable {
  /// Operations on floating-point numbers: an element-wise function is one, whatever it costs, a product and its sum two.
  public var flops: Dim
  /// Each array that is read or written counted once.
  public var bytes: Dim

  static let none = KernelCost(flops: 0, bytes: 0)
  static func + (a: KernelCost, b: KernelCost) -> KernelCost { KernelCost(flops: a.flops + b.flops, bytes: a.bytes + b.bytes) }
  static func - (a: KernelCost, b: KernelCost) -> KernelCost { KernelCost(flops: a.flops - b.flops, bytes: a.bytes - b.bytes) }
  static func * (a: KernelCost, count: Dim) -> KernelCost { KernelCost(flops: a.flops * count, bytes: a.bytes * count) }
}

/// A kernel of the entry, with what it computes and moves; a loop's with all its steps.
public struct KernelSummary: Sendable {
  public var name: String
  /// The line of the model.
  public var source: String
  public var cost: KernelCost
  /// Whether its results are f64.
  public var isDouble: Bool
}

extension Region {
  /// Counts what a kernel costs; marks its end in the entry.
  func account(for kernel: Kernel, since before: KernelCost) {
    let root = graph.nodes[kernel.root]
    if case .loop(let loop) = root.op {
      module.cost = before + (module.cost - before) * loop.count
    } else {
      module.cost = before + cost(kernel)
    }
    guard host.name == module.options.name else { return }
    let name = root.results.compactMap(stem).first ?? NameTable.identifier(root.op.name)
    host.emit(.call("grad_mark", [.integer(module.summaries.count)]))
    module.summaries.append(
      KernelSummary(
        name: name, source: module.sourceLine(root.source) ?? "", cost: module.cost - before,
        isDouble: root.types.contains { $0.dtype == .f64 }))
  }

  /// The cost of a kernel, but for what a loop's body costs.
  func cost(_ kernel: Kernel) -> KernelCost {
    var cost = KernelCost.none
    var seen: Set<ValueID> = []
    for node in kernel.members.map({ graph.nodes[$0.node] }) + kernel.inlined.map(graph.node(of:)) {
      if case .loop = node.op { continue }
      cost.flops = cost.flops + flops(node)
      for result in node.results { if case .memory = plan.placement(result) { cost.bytes = cost.bytes + bytes(result) } }
      for (place, operand) in node.operands.enumerated() { read(operand, selecting: selects(node, place) ? node : nil, &cost, &seen) }
    }
    return cost
  }

  private func bytes(_ value: ValueID) -> Dim { shape(value).count * Dim(type(value).dtype.byteCount) }

  private func selects(_ node: Node, _ place: Int) -> Bool {
    switch node.op {
    case .slice: true
    case .diagonal(let diagonal): diagonal.mode == .extract
    case .gather: place == 0
    default: false
    }
  }

  /// Adds what is read of a stored value; of one that is only partly read, what the reader gives.
  private func read(_ operand: ValueID, selecting reader: Node?, _ cost: inout KernelCost, _ seen: inout Set<ValueID>) {
    var value = plan.resolve(operand)
    if case .view(let base) = plan.placement(value) { value = base }
    switch plan.placement(value) {
    case .parameter, .memory:
      if type(value).isScalar || !seen.insert(value).inserted { return }
      let part = reader.map { $0.types[0].shape.count * Dim(type(value).dtype.byteCount) }
      cost.bytes = cost.bytes + (part ?? bytes(value))
    default: break
    }
  }

  private func flops(_ node: Node) -> Dim {
    func count(_ value: ValueID) -> Dim { shape(value).count }
    guard node.types[0].dtype.isFloat else { return 0 }
    switch node.op {
    case .map(let function): return count(node.firstResult) * (function.name == "fma" ? 2 : 1)
    case .reduce, .cumulative, .scatterAdd, .windowAdd: return count(node.operands[0])
    case .contract(let contraction):
      let left = shape(node.operands[0])
      let summed = contraction.contracted.compactMap { label in contraction.left.firstIndex(of: label).map { left[$0] } }
      return summed.reduce(2 * count(node.firstResult)) { $0 * $1 }
    case .triangularSolve: return count(node.firstResult) * (shape(node.operands[0]).dims.last ?? 1)
    case .cholesky: return Dim.floorQuotient(count(node.firstResult) * (shape(node.operands[0]).dims.last ?? 1), 3)
    default: return 0
    }
  }
}
