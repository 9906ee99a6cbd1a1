import GradIR

/// Joins kernels that walk over one space: what one computes the next has in a local, and what only they read is never stored.
///
/// Each kernel has a stage, greater than those of all that it reads from outside itself. So kernels of one stage do not depend on each
/// other, a kernel may join one whose stage is greater than those of what it reads elsewhere, and no circle can come about.
struct Fusion {
  let graph: Graph
  var plan: Plan
  private(set) var groups: [Group] = []
  /// By node, nil for what is in no group.
  private(set) var groupOf: [Int?]
  /// Of each node that is a step of the program: of its kernel, or of the kernels that a scalar comes after.
  private var stages: [Int]
  /// The last groups that read each array.
  private var readers: [ValueID: [Int]] = [:]
  /// What each step reads, by node; nil for what is no step.
  private(set) var reads: [KernelReads?]

  /// Kernels that run together.
  struct Group {
    var members: [Kernel.Member]
    var stage: Int
    /// The loops that are around all members.
    var rows: [Dim]
    /// True where rows are more than any member's own choice: some member is a row's or rows' reduction, or members differ in space.
    var isPinned: Bool
    var size: Int
    /// The arrays that it reads and writes.
    var arrays: Set<ValueID>
    var reasons: [String] = []
  }

  /// So many ops at most, and arrays, has a joined kernel: what is more does not stay in registers and caches.
  private static let sizeLimit = 160
  private static let arrayLimit = 32
  private static let passLimit = 8
  private static let memberLimit = 40

  init(_ graph: Graph, _ plan: Plan) {
    self.graph = graph
    self.plan = plan
    stages = Array(repeating: 0, count: graph.nodes.count)
    groupOf = Array(repeating: nil, count: graph.nodes.count)
    reads = Array(repeating: nil, count: graph.nodes.count)
    run()
    place()
    order()
  }

  private mutating func run() {
    for (index, node) in graph.nodes.enumerated() {
      if let kernel = plan.kernels[index] {
        add(kernel.members[0], node)
      } else if isScalarStep(node) {
        let own = KernelReads(node.operands.map { ($0, AxisMap(repeating: nil, count: graph.type(of: $0).rank)) }, graph, plan)
        reads[index] = own
        stages[index] = own.values.map { stage(of: $0) }.max() ?? 0
      }
    }
  }
  private func isScalarStep(_ node: Node) -> Bool {
    if case .scalar = plan.placements[Int(node.firstResult.index)] { node.types[0].isScalar } else { false }
  }

  /// The node whose step gives a value; nil for parameters.
  private func producer(_ value: ValueID) -> Int? {
    if case .parameter = plan.placement(value) { return nil }
    return graph.nodeIndex(of: value)
  }
  private func stage(of value: ValueID) -> Int { producer(value).map { stages[$0] } ?? 0 }
  private func isArray(_ value: ValueID) -> Bool { !graph.type(of: value).isScalar }

  private mutating func add(_ member: Kernel.Member, _ node: Node) {
    var member = member
    if member.role == .product, !node.operands.allSatisfy(standsInMemory) { member.role = .alone }
    let own = KernelReads(FusedRoles.operands(of: node, member, in: graph), graph, plan)
    let dependencies = own.values.compactMap(producer)
    let near = dependencies.compactMap { groupOf[$0] }.sorted { groups[$0].stage > groups[$1].stage }
    var reasons: [String] = []
    if join(member, own, near, &reasons) { return }
    if let other = FusedRoles.alternative(to: member, graph) {
      var unused: [String] = []
      if join(other, KernelReads(FusedRoles.operands(of: node, other, in: graph), graph, plan), near, &unused) { return }
    }
    let stage = (dependencies.map { stages[$0] }.max() ?? 0) + 1
    var rows = member.space
    var isPinned = false
    switch member.role {
    case .row(let kept): (rows, isPinned) = (Array(rows.prefix(kept)), true)
    case .column(let count, _): (rows, isPinned) = (Array(rows.prefix(count)), true)
    default: break
    }
    groups.append(
      Group(
        members: [member], stage: stage, rows: rows, isPinned: isPinned, size: own.size + 1,
        arrays: Set(own.values.filter(isArray)).union([node.firstResult]), reasons: reasons))
    enter(member, own, groups.count - 1)
  }
  /// True of what is stored, and of its transposes.
  private func standsInMemory(_ value: ValueID) -> Bool {
    let value = plan.resolve(value)
    switch plan.placement(value) {
    case .parameter, .table, .memory, .view: return true
    case .inlined:
      guard case .transpose = graph.node(of: value).op else { return false }
      return standsInMemory(graph.node(of: value).operands[0])
    case .immediate, .held, .scalar, .dead: return false
    }
  }
  /// Adds a member to a group that it reads from, or that reads what it reads; false where it stays apart, and why.
  private mutating func join(_ member: Kernel.Member, _ own: KernelReads, _ near: [Int], _ reasons: inout [String]) -> Bool {
    guard member.role != .alone, member.role != .product, own.isComplete else { return false }
    var seen: Set<Int> = []
    let beside = own.values.filter(isArray).flatMap { readers[$0] ?? [] }.sorted(by: >)
    for group in (near.prefix(8) + beside.prefix(8)) where seen.insert(group).inserted {
      switch joined(member, own, group) {
      case .joins(let changed):
        groups[group] = changed
        enter(member, own, group)
        return true
      case .stays(let reason): if let reason, near.contains(group), !reasons.contains(reason) { reasons.append(reason) }
      }
    }
    return false
  }
  private mutating func enter(_ member: Kernel.Member, _ own: KernelReads, _ group: Int) {
    groupOf[member.node] = group
    reads[member.node] = own
    stages[member.node] = groups[group].stage
    for value in own.values where isArray(value) {
      var known = readers[value] ?? []
      if known.last == group { continue }
      known.append(group)
      readers[value] = known.suffix(4)
    }
  }

  private enum Answer {
    case joins(Group)
    case stays(String?)
  }

  /// The group with one more member, or why it cannot be.
  private func joined(_ member: Kernel.Member, _ own: KernelReads, _ number: Int) -> Answer {
    var group = groups[number]
    guard group.members[0].role != .alone else { return .stays(nil) }
    func name(_ value: ValueID) -> String { graph.names[value] ?? "\(value)" }
    for value in own.values {
      guard let producer = producer(value), groupOf[producer] != number else { continue }
      if stages[producer] >= group.stage { return .stays("reads \(name(value)), which is computed after or beside") }
    }

    func isRead(_ value: ValueID) -> Bool { producer(value).map { groupOf[$0] == number } ?? false }
    if group.members[0].role == .product, member.role != .element || !own.values.contains(where: isRead) {
      return .stays("is no element beside one of a product")
    }

    // The loops around all.
    var rows = group.rows
    switch member.role {
    case .element, .scattered, .total:
      if group.isPinned ? !member.space.starts(with: rows) : member.space != rows {
        guard member.space.starts(with: rows), member.space.count > rows.count, !rows.isEmpty,
          own.values.contains(where: isRead)
        else { return .stays("walks over another space") }
        group.isPinned = true
      }
    case .row(let count), .column(let count, _):
      let wanted = Array(member.space.prefix(count))
      if group.isPinned ? wanted != rows : !group.members.allSatisfy({ $0.space.starts(with: wanted) }) {
        return .stays("has rows of its own")
      }
      rows = wanted
      group.isPinned = true
    case .product, .alone: return .stays(nil)
    }
    group.rows = rows

    // What it reads of the members it finds in locals, or in a row that is done.
    var pass = 0
    for value in own.values {
      guard let producer = producer(value), groupOf[producer] == number,
        let source = group.members.first(where: { $0.node == producer })
      else { continue }
      let significant = graph.shape(of: value).dims.indices.filter { graph.shape(of: value)[$0] != 1 }
      for map in own.maps[value] ?? [] {
        let own = significant.map { map[$0] }
        let isSame = own == Array(0..<own.count)
        switch source.role {
        case .element, .product:
          if isSame, source.space == member.space || own.count == rows.count {
            pass = max(pass, source.pass)
          } else if own.count > rows.count, Array(own.prefix(rows.count)) == Array(0..<rows.count) {
            // Of the row, but elsewhere in it: there when the pass is over.
            pass = max(pass, source.pass + 1)
          } else {
            return .stays("reads \(name(value)) at other places")
          }
        case .row:
          guard isSame, own.count == rows.count else { return .stays("reads \(name(value)) of other rows") }
          pass = max(pass, source.pass + 1)
        case .total, .column, .scattered, .alone: return .stays("needs all of \(name(value)) first")
        }
      }
    }
    var member = member
    member.pass = pass
    group.members.append(member)
    group.size += own.size + 1
    group.arrays.formUnion(own.values.filter(isArray))
    group.arrays.insert(graph.nodes[member.node].firstResult)
    if group.size > Fusion.sizeLimit || group.members.count > Fusion.memberLimit { return .stays("would be too long") }
    if group.arrays.count > Fusion.arrayLimit { return .stays("would read and write too many arrays") }
    if pass >= Fusion.passLimit { return .stays("would need too many passes") }
    return .joins(group)
  }

  // Placement
  /// What only members read is no longer stored.
  private mutating func place() {
    var outside: Set<ValueID> = []
    for (index, own) in reads.enumerated() {
      for value in own?.values ?? [] {
        guard let producer = producer(value) else { continue }
        if groupOf[producer] == nil || groupOf[producer] != groupOf[index] { outside.insert(value) }
      }
    }
    for result in graph.results {
      var value = plan.resolve(result.value)
      if case .view(let base) = plan.placement(value) { value = base }
      outside.insert(value)
    }
    for group in groups where group.members.count > 1 {
      let root = group.members[0].node
      var kernel = Kernel(members: group.members, schedule: schedule(of: group), reasons: group.reasons)
      for member in group.members {
        let value = graph.nodes[member.node].firstResult
        kernel.inlined += plan.kernels[member.node]?.inlined ?? []
        kernel.inlined += recomputed(in: member).filter { !kernel.inlined.contains($0) }
        plan.kernels[member.node] = nil
        if outside.contains(value) { continue }
        switch member.role {
        case .element, .product: plan.placements[Int(value.index)] = .inlined
        case .row: plan.placements[Int(value.index)] = .held
        case .total, .column, .scattered, .alone: break
        }
      }
      plan.kernels[root] = kernel
    }
    for group in groups where group.members.count == 1 {
      let member = group.members[0]
      plan.kernels[member.node]?.reasons = group.reasons
      let again = recomputed(in: member)
      plan.kernels[member.node]?.inlined += again
      // Columns alone are summed row by row too.
      guard case .column = member.role else { continue }
      let schedule = schedule(of: group)
      plan.kernels[member.node]?.schedule = schedule
    }
  }
  /// What a member computes again that others compute too.
  private func recomputed(in member: Kernel.Member) -> [ValueID] {
    plan.recomputed.isEmpty ? [] : (reads[member.node]?.inside.keys.filter(plan.recomputed.contains) ?? []).sorted { $0.index < $1.index }
  }
  private func schedule(of group: Group) -> Schedule {
    let longest = group.members.max { $0.space.count < $1.space.count }?.space ?? []
    let axes = longest.map { Schedule.Axis(extent: $0, kind: .parallel) }
    return Schedule(axes: axes, rows: group.rows.count, passes: (group.members.map(\.pass).max() ?? 0) + 1)
  }

  // Order
  /// The steps of the program, each after what it reads, else in the order of the model.
  private mutating func order() {
    var done = [Bool](repeating: false, count: graph.nodes.count)
    var steps: [Plan.Step] = []
    /// The node that stands for the step of a node.
    func head(_ node: Int) -> Int { groupOf[node].map { groups[$0].members[0].node } ?? node }
    func dependencies(_ head: Int) -> [Int] {
      let nodes = groupOf[head].map { groups[$0].members.map(\.node) } ?? [head]
      let values = nodes.flatMap { reads[$0]?.values ?? [] }
      return values.compactMap(producer).map { groupOf[$0] == nil ? $0 : self.groups[groupOf[$0] ?? 0].members[0].node }
    }
    for node in graph.nodes.indices where reads[node] != nil {
      var open: [(node: Int, isReady: Bool)] = [(head(node), false)]
      while let (next, isReady) = open.popLast() {
        if done[next] { continue }
        if isReady {
          done[next] = true
          for member in groupOf[next].map({ groups[$0].members.map(\.node) }) ?? [next] {
            for value in reads[member]?.values ?? [] { plan.lastRead[value] = steps.count }
          }
          steps.append(plan.kernels[next].map { .kernel($0) } ?? .scalar(next))
        } else {
          open.append((next, true))
          for dependency in dependencies(next).reversed() where dependency != next && !done[dependency] {
            open.append((dependency, false))
          }
        }
      }
    }
    plan.steps = steps
  }
}
