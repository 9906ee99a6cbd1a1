import GradIR

// Element-wise kernels of as many elements each, made one loop: what one computes the next reads from a local, and what only they
// read is never stored.
extension Region {
  private static let fusedRootLimit = 24

  /// The kernels that join the one at a node: later ones that read, of what is computed from there on, only each other's results.
  func fusible(with first: Int) -> [Int] {
    let node = graph.nodes[first]
    guard fuses(node) else { return [first] }
    let count = node.types[0].shape.count
    var group = [first]
    var size = plan.kernels[first]?.inlined.count ?? 0
    for index in graph.nodes.indices[(first + 1)...].prefix(400) {
      guard group.count < Region.fusedRootLimit else { break }
      guard let kernel = plan.kernels[index], !lowered.contains(index), fuses(graph.nodes[index]),
        graph.nodes[index].types[0].shape.count == count, size + kernel.inlined.count < 2 * Grouping.groupLimit
      else { continue }
      let isReady = reads(of: index).allSatisfy { value in
        let producer = graph.nodeIndex(of: value)
        return producer < first || lowered.contains(producer) || group.contains(producer)
      }
      guard isReady else { continue }
      group.append(index)
      size += kernel.inlined.count + 1
    }
    return group
  }

  private func fuses(_ node: Node) -> Bool {
    switch node.op {
    case .map, .cast: return !node.types[0].isScalar && readsFlatRoot(node)
    default: return false
    }
  }

  /// The stored values and scalars that a node reads, through all that is computed inside it.
  func reads(of index: Int) -> [ValueID] {
    var found: Set<ValueID> = []
    var open = graph.nodes[index].operands
    var seen: Set<ValueID> = []
    while let operand = open.popLast() {
      let value = plan.resolve(operand)
      guard seen.insert(value).inserted else { continue }
      switch plan.placement(value) {
      case .inlined: open += graph.node(of: value).operands
      case .view(let base): found.insert(base)
      case .memory, .scalar: found.insert(value)
      case .parameter, .table, .immediate, .dead: break
      }
    }
    return Array(found)
  }

  /// Which nodes read each stored value; −1 stands for the results.
  func collectReaders() -> [ValueID: Set<Int>] {
    var readers: [ValueID: Set<Int>] = [:]
    for index in graph.nodes.indices {
      let isScalar = plan.placements[Int(graph.nodes[index].firstResult.index)] == .scalar
      guard plan.kernels[index] != nil || isScalar else { continue }
      for value in reads(of: index) { readers[value, default: []].insert(index) }
    }
    for result in graph.results {
      var value = plan.resolve(result.value)
      if case .view(let base) = plan.placement(value) { value = base }
      readers[value, default: []].insert(-1)
    }
    return readers
  }

  /// One loop for several kernels.
  func lowerFused(_ group: [Int], _ stem: String) {
    let f = kernelFunction(stem)
    let members = Set(group)
    var comment: [String] = []
    var targets: [Variable?] = []
    for index in group {
      let node = graph.nodes[index]
      let value = node.firstResult
      let name = self.stem(value) ?? NameTable.identifier(node.op.name)
      if let line = module.sourceLine(node.source), !comment.contains(line) { comment.append(line) }
      if readers[value, default: []].isSubset(of: members) {
        // Read here only: it has a name, but no memory.
        memory[value] = Variable(name: module.names.unique(name), kind: .pointer(node.types[0].dtype))
        targets.append(nil)
      } else {
        let variable = memory[value] ?? newBuffer(name, node.types[0])
        memory[value] = variable
        comment.append("\(name): \(node.types[0])")
        f.write(variable)
        targets.append(variable)
      }
    }
    f.loop("i", graph.nodes[group[0]].types[0].shape.count) { i in
      for (index, target) in zip(group, targets) {
        let value = graph.nodes[index].firstResult
        let element = computeOp(value, .flat(i), in: f, isRoot: true)
        if let target { f.emit(.store(target.name, f.number(i), element)) }
        let depth = f.depth
        f.scopes[depth].elements[.init(value: value, access: .flat(i))] = element
        if let pointer = memory[value] { f.scopes[depth].loads[pointer.name, default: [:]][i] = element }
      }
    }
    host.call(f, comment: comment)
  }
}
