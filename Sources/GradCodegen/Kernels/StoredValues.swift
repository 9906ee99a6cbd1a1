import GradIR

/// Which values are stored between kernels and which are computed again where they are read, by the least cut.
///
/// A value that several kernels read can be stored, which costs its bytes for the writing and for each kernel that reads it, or be
/// computed again in each from what it is made of, which costs operations and the reading of that. The values that are stored are a
/// cut of the graph between what is there anyway and what the kernels need: of all cuts the one of least cost. What is there anyway
/// is free, parameters and scalars, or costs a reading, such as the result of a contraction. Contractions, reductions and functions of analysis
/// are not computed twice. Bits do not change: each copy is computed by the same operations.
///
/// Sizes are nominal (`Dim.nominal`).
struct StoredValues {
  /// What is computed in each kernel that reads it.
  private(set) var recomputed: Set<ValueID> = []
  /// What is stored, though it was computed inside one kernel before.
  private(set) var kept: Set<ValueID> = []

  private let graph: Graph
  private let plan: Plan
  /// The kernels that read a value.
  private var readers: [ValueID: Set<Int>] = [:]

  /// The longest chain that is computed again.
  private static let depthLimit = 16

  /// A value that kernels need, or that such a value is made of.
  private struct Need {
    var kernels: Set<Int> = []
    var depth = 0
    /// How many elements of it are computed where it is computed again.
    var count = 0
  }

  init(_ fusion: Fusion) {
    graph = fusion.graph
    plan = fusion.plan
    let demanded = demanded(fusion)
    if !demanded.isEmpty { cut(demanded) }
  }

  private func bytes(_ value: ValueID) -> Int {
    graph.shape(of: value).count.nominal * graph.type(of: value).dtype.byteCount
  }

  /// The bytes of all that a plan stores, outputs aside.
  static func bytes(_ graph: Graph, _ plan: Plan) -> Int {
    let results = Set(graph.results.map { plan.resolve($0.value) })
    return graph.nodes.flatMap { zip($0.results, $0.types) }.reduce(0) { total, own in
      guard plan.placements[Int(own.0.index)] == .memory, !results.contains(own.0) else { return total }
      return total + own.1.shape.count.nominal * own.1.dtype.byteCount
    }
  }

  /// The stored values that other kernels than their own read element by element, each at no place twice.
  private mutating func demanded(_ fusion: Fusion) -> Set<ValueID> {
    var demanded: Set<ValueID> = []
    var pinned: Set<ValueID> = []
    for result in graph.results {
      var value = plan.resolve(result.value)
      if case .view(let base) = plan.placement(value) { value = base }
      pinned.insert(value)
    }
    for (node, reads) in fusion.reads.enumerated() {
      guard let reads else { continue }
      let group = fusion.groupOf[node]
      let member = group.flatMap { fusion.groups[$0].members.first { $0.node == node } }
      for (value, maps) in reads.maps {
        if let group { readers[value, default: []].insert(group) }
        guard plan.placement(value) == .memory, isRecomputable(value) else { continue }
        if let group, fusion.groupOf[graph.nodeIndex(of: value)] == group { continue }
        guard let member, member.role != .alone, maps.allSatisfy({ readsOnce(value, at: $0, member) }) else {
          pinned.insert(value)
          continue
        }
        demanded.insert(value)
      }
    }
    return demanded.subtracting(pinned)

    /// In all loops, or in the outermost ones, so that it is computed before the others.
    func readsOnce(_ value: ValueID, at map: AxisMap, _ member: Kernel.Member) -> Bool {
      let shape = graph.shape(of: value)
      let place = shape.dims.indices.filter { shape[$0] != 1 }.compactMap { map[$0] }
      guard place.count == shape.dims.count(where: { $0 != 1 }), Set(place).count == place.count else { return false }
      return place.count == member.space.count || place == Array(0..<place.count)
    }
  }

  /// What costs about as much to compute as to read.
  private func isRecomputable(_ value: ValueID) -> Bool {
    switch graph.node(of: value).op {
    case .cast: return true
    case .map(let function): return function.cost < ScalarFunction.costOfAnalysis
    default: return false
    }
  }
  /// What only says where its operand is read.
  private func isRearrangement(_ value: ValueID) -> Bool {
    switch graph.node(of: value).op {
    case .broadcast, .transpose, .slice, .reshape: plan.placement(value) == .inlined
    default: false
    }
  }
  private func isFree(_ value: ValueID) -> Bool {
    switch plan.placement(value) {
    case .parameter, .table, .immediate, .scalar, .dead: true
    default: plan.isUniform[Int(value.index)]
    }
  }

  private mutating func cut(_ demanded: Set<ValueID>) {
    var needs: [ValueID: Need] = [:]
    for value in demanded {
      needs[value] = Need(kernels: readers[value] ?? [], depth: 0, count: graph.shape(of: value).count.nominal)
    }
    var values: [ValueID] = []
    var isBanned: Set<ValueID> = []
    for node in graph.nodes.reversed() {
      let value = node.firstResult
      guard let need = needs[value] else { continue }
      values.append(value)
      let isInside = demanded.contains(value) || plan.placement(value) == .inlined
      guard isInside, isRearrangement(value) || isRecomputable(value), need.depth < StoredValues.depthLimit else {
        isBanned.insert(value)
        continue
      }
      for operand in node.operands.map(plan.resolve) where !isFree(operand) {
        var own = needs[operand] ?? Need()
        own.kernels.formUnion(need.kernels)
        own.depth = max(own.depth, need.depth + 1)
        own.count = max(own.count, need.count)
        needs[operand] = own
      }
    }

    // Each value is two nodes, before and after the place where it could be stored.
    let places = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, 2 + 2 * $0) })
    var flow = MaximumFlow(nodes: 2 + 2 * values.count)
    for value in values {
      guard let place = places[value], let need = needs[value] else { continue }
      flow.connect(place, place + 1, capacity: costOfStoring(value, need, isDemanded: demanded.contains(value)))
      if demanded.contains(value) { flow.connect(place + 1, 1, capacity: MaximumFlow.infinite) }
      if isBanned.contains(value) {
        flow.connect(0, place, capacity: MaximumFlow.infinite)
        continue
      }
      flow.connect(0, place, capacity: isRearrangement(value) ? 0 : need.count * need.kernels.count)
      for operand in graph.node(of: value).operands.map(plan.resolve) {
        if let own = places[operand] { flow.connect(own + 1, place, capacity: MaximumFlow.infinite) }
      }
    }
    let isBefore = flow.cut(from: 0, to: 1)
    for value in values {
      guard let place = places[value] else { continue }
      if !isBefore[place] {
        if !isRearrangement(value) { recomputed.insert(value) }
      } else if !isBefore[place + 1], plan.placement(value) == .inlined {
        kept.insert(value)
      }
    }
  }

  /// The bytes that are moved if a value is stored for those who need it, beyond those that are moved anyway.
  private func costOfStoring(_ value: ValueID, _ need: Need, isDemanded: Bool) -> Int {
    if isRearrangement(value) { return MaximumFlow.infinite }
    if isDemanded { return bytes(value) * (1 + need.kernels.count) }
    if plan.placement(value) == .memory { return bytes(value) * need.kernels.subtracting(readers[value] ?? []).count }
    return bytes(value) * (1 + need.kernels.count)
  }
}
