import GradIR

/// Which values may be stored where others stand: after all has been read that stands there, or by a kernel that reads each element
/// before it writes it and never again.
struct Overwriting {
  private let graph: Graph
  private let plan: Plan
  /// The last step that reads a value; beyond all steps where the graph gives it back.
  private var lastRead: [ValueID: Int]
  /// The values that each step is the last to read, the newest first: that is in the nearest cache, and that of the processor which wrote it.
  private var dying: [[ValueID]]

  init(_ graph: Graph, _ plan: Plan) {
    self.graph = graph
    self.plan = plan
    lastRead = plan.lastRead
    for result in graph.results {
      var value = plan.resolve(result.value)
      if case .view(let base) = plan.placement(value) { value = base }
      lastRead[value] = plan.steps.count
    }
    dying = Array(repeating: [], count: plan.steps.count)
    for (value, step) in lastRead where step < plan.steps.count { dying[step].append(value) }
    for step in dying.indices { dying[step].sort { $0.index > $1.index } }
  }

  /// True where the kernel of a step may store a value over another of the same type.
  func mayStore(_ value: ValueID, over old: ValueID, _ kernel: Kernel, step: Int) -> Bool {
    guard let last = lastRead[old], last >= step else { return true }
    return last == step && readsBeforeWriting(kernel, value, old)
  }

  /// True where a step is the last to read a value.
  func isLastRead(of value: ValueID, step: Int) -> Bool { lastRead[value] == step }

  /// The stored values over which the kernel of a step may store a value: nothing reads them afterwards.
  func candidates(for value: ValueID, _ kernel: Kernel, step: Int) -> [ValueID] {
    dying[step].filter { old in
      guard case .memory = plan.placement(old), graph.type(of: value) == graph.type(of: old) else { return false }
      return readsBeforeWriting(kernel, value, old)
    }
  }

  /// Reading an element of the old value is over when that place is written: in the pass that writes, members read it at the
  /// place where they are; in passes before, in the row where they are.
  private func readsBeforeWriting(_ kernel: Kernel, _ value: ValueID, _ old: ValueID) -> Bool {
    guard graph.type(of: value) == graph.type(of: old),
      let writer = kernel.members.first(where: { graph.nodes[$0.node].firstResult == value }), writer.role == .element
    else { return false }
    if !kernel.isFused, case .scatterAdd = graph.nodes[writer.node].op { return false }
    let shape = graph.shape(of: old)
    let significant = shape.dims.indices.filter { shape[$0] != 1 }
    for member in kernel.members where member.role != .element || plan.placement(graph.nodes[member.node].firstResult) == .memory {
      let reads = KernelReads(FusedRoles.operands(of: graph.nodes[member.node], member, in: graph), graph, plan)
      guard reads.isComplete else { return false }
      for map in reads.maps[old] ?? [] {
        let place = significant.map { map[$0] }
        let rows = kernel.schedule.rows
        if member.pass < writer.pass {
          guard place.count >= rows, Array(place.prefix(rows)) == Array(0..<rows) else { return false }
        } else {
          guard member.pass == writer.pass, member.space == writer.space, place == Array(0..<writer.space.count) else { return false }
        }
      }
    }
    return true
  }
}
