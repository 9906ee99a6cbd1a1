import GradIR

/// The plan of a graph: which values are stored, and the kernels that store them, in order.
struct Plan {
  var placements: [Placement]
  /// What each value is under stopGradient and variable.
  var aliases: [ValueID]
  /// By node; nil for nodes without a kernel of their own.
  var kernels: [Kernel?]
  /// True of values that are one number at every place: made of scalars alone.
  var isUniform: [Bool]
  /// What runs, in order.
  var steps: [Step] = []
  /// What is computed in each kernel that reads it, to save the storing.
  var recomputed: Set<ValueID> = []
  /// The last step that reads each stored value, scalar or parameter.
  var lastRead: [ValueID: Int] = [:]

  enum Step {
    case kernel(Kernel)
    /// A node that the region computes itself.
    case scalar(Int)
  }

  func placement(_ value: ValueID) -> Placement { placements[Int(aliases[Int(value.index)].index)] }
  func resolve(_ value: ValueID) -> ValueID { aliases[Int(value.index)] }
}

/// The first grouping policy: an element-wise value is computed inside its reader where it has one reader, is read at one index
/// there, and not more often than it has elements; values that only move elements are always computed inside.
struct Grouping {
  let graph: Graph
  /// What was chosen once the kernels were known; nil while they are not.
  private let stored: StoredValues?
  private(set) var plan: Plan
  /// How the readers seen so far read each value.
  private var readings: [Reading]
  private var forced: [Bool]
  /// Read inside its readers, and not at every element: what checks its elements is then stored, so that each is checked.
  private var partial: [Bool]
  private var groupSize: [Int]
  private var inlinedInto: [[ValueID]]
  /// How many ops that only rearrange stand between a value and its kernel.
  private var freeDepth: [Int]
  private var nextSpace: Int

  /// So many values at most are computed inside one kernel: bounds its locals and the depth of recursion.
  static let groupLimit = 80
  /// Loops of fewer steps are no reason to compute what is outside of them one by one.
  private static let fewInside: Dim = 9

  /// Who reads a value, and where.
  enum Reading: Equatable {
    case none
    /// By one kernel at one index, which is named by a number; `repeats` where one element is read several times; `reordered` where
    /// the loops need not nest as the value's axes do.
    case one(root: Int, space: Int, repeats: Bool, reordered: Bool)
    case many
  }

  /// What to store and what to compute again is known when it is known which kernels join: then it is planned once more.
  static func plan(_ graph: Graph) -> Plan {
    let first = Fusion(graph, Grouping(graph, nil).plan)
    let stored = StoredValues(first)
    if stored.recomputed.isEmpty { return first.plan }
    let second = Fusion(graph, Grouping(graph, stored).plan)
    return StoredValues.bytes(graph, second.plan) < StoredValues.bytes(graph, first.plan) ? second.plan : first.plan
  }

  init(_ graph: Graph, _ stored: StoredValues?) {
    self.graph = graph
    self.stored = stored
    let values = graph.valueCount
    plan = Plan(
      placements: Array(repeating: .dead, count: values), aliases: (0..<values).map { ValueID($0) },
      kernels: Array(repeating: nil, count: graph.nodes.count), isUniform: Grouping.uniform(graph))
    readings = Array(repeating: .none, count: values)
    forced = Array(repeating: false, count: values)
    partial = Array(repeating: false, count: values)
    groupSize = Array(repeating: 0, count: graph.nodes.count)
    inlinedInto = Array(repeating: [], count: graph.nodes.count)
    freeDepth = Array(repeating: 0, count: values)
    nextSpace = graph.nodes.count
    run()
  }

  private static func uniform(_ graph: Graph) -> [Bool] {
    var result = [Bool](repeating: false, count: graph.valueCount)
    for node in graph.nodes where !node.types[0].isScalar {
      let isUniform =
        switch node.op {
        case .broadcast, .transpose, .reshape, .slice, .map, .cast, .stopGradient, .variable:
          node.operands.allSatisfy { graph.type(of: $0).isScalar || result[Int($0.index)] }
        default: false
        }
      result[Int(node.firstResult.index)] = isUniform
    }
    return result
  }

  private mutating func run() {
    for node in graph.nodes {
      switch node.op {
      case .stopGradient, .variable: plan.aliases[Int(node.firstResult.index)] = plan.resolve(node.operands[0])
      default: break
      }
    }
    for result in graph.results { demand(plan.resolve(result.value), forced: true) }
    for index in graph.nodes.indices.reversed() {
      let node = graph.nodes[index]
      if node.results.allSatisfy({ readings[Int($0.index)] == .none }) { continue }
      if case .stopGradient = node.op { continue }
      if case .variable = node.op { continue }
      place(index, node)
    }
    // Reshapes are views of what is stored, as far as it is stored: a scalar may be a local.
    for (index, node) in graph.nodes.enumerated() {
      guard case .reshape = node.op, case .view(let base) = plan.placements[Int(node.firstResult.index)] else { continue }
      switch plan.placements[Int(base.index)] {
      case .parameter where !graph.type(of: base).isScalar, .table, .memory: break
      case .view(let origin): plan.placements[Int(node.firstResult.index)] = .view(origin)
      default:
        plan.placements[Int(node.firstResult.index)] = .memory
        makeKernel(index, node)
      }
    }
    for index in graph.nodes.indices where plan.kernels[index] != nil { plan.kernels[index]?.inlined = inlinedInto[index].reversed() }
    keepUniformFromScalars()
  }

  /// What is read from memory may be read before its kernel has stored it, or have no elements: only what is computed from scalars on,
  /// memory nowhere between, is one number before all loops.
  private mutating func keepUniformFromScalars() {
    for node in graph.nodes {
      let value = node.firstResult
      guard plan.isUniform[Int(value.index)] else { continue }
      plan.isUniform[Int(value.index)] =
        plan.placement(value) == .inlined
        && node.operands.allSatisfy { graph.type(of: $0).isScalar || plan.isUniform[Int(plan.resolve($0).index)] }
    }
  }

  private mutating func demand(_ value: ValueID, forced isForced: Bool = false, _ reading: Reading = .many) {
    let index = Int(plan.resolve(value).index)
    if isForced { forced[index] = true }
    switch (readings[index], reading) {
    case (_, .none): break
    case (.none, _): readings[index] = reading
    case (let old, let new) where old == new: break
    default: readings[index] = .many
    }
  }
  private mutating func freshSpace() -> Int {
    nextSpace += 1
    return nextSpace
  }

  private mutating func place(_ index: Int, _ node: Node) {
    let first = Int(node.firstResult.index)
    let reading = readings[first]
    let scalar = node.types[0].isScalar
    func set(_ placement: Placement) { for result in node.results { plan.placements[Int(result.index)] = placement } }

    switch node.op {
    case .parameter(let parameter): return set(.parameter(parameter))
    case .constant(let constant): return set(constant.shape.isEmpty ? .immediate : .table)
    case .dimension: return set(.immediate)
    case .iota where !forced[first]: return set(.immediate)
    case .loop, .reduce, .contract, .cumulative, .windowAdd, .scatterAdd, .argsort, .triangularSolve, .cholesky:
      for (place, result) in node.results.enumerated() {
        plan.placements[Int(result.index)] = node.types[place].isScalar ? .scalar : .memory
      }
      makeKernel(index, node)
      return demandOperands(ofRoot: index, node)
    default: break
    }

    if scalar {
      set(.scalar)
      markPartial(node, false)
      for operand in node.operands { demand(operand, .one(root: index, space: freshSpace(), repeats: false, reordered: true)) }
      return
    }
    if case .reshape(let shape) = node.op {
      let operand = plan.resolve(node.operands[0])
      let simple = ReshapeMap(from: graph.shape(of: operand), to: shape).isSimple
      if forced[first] || !simple {
        // The operand is stored, and this is another view of it.
        set(.view(operand))
        return demand(operand, forced: true)
      }
    }
    guard !forced[first], stored?.kept.contains(node.firstResult) != true, inlines(index, node, reading) else {
      set(.memory)
      makeKernel(index, node)
      markPartial(node, false)
      for (place, operand) in node.operands.enumerated() {
        demandOperand(operand, place, of: node, .one(root: index, space: index, repeats: false, reordered: false))
      }
      return
    }
    set(.inlined)
    if stored?.recomputed.contains(node.firstResult) == true { plan.recomputed.insert(node.firstResult) }
    markPartial(node, partial[first])
    if case .one(let root, _, _, _) = reading, !plan.recomputed.contains(node.firstResult) {
      groupSize[root] += 1
      inlinedInto[root].append(node.firstResult)
    }
    for (place, operand) in node.operands.enumerated() {
      demandOperand(operand, place, of: node, reading)
      let index = Int(plan.resolve(operand).index)
      freeDepth[index] = max(freeDepth[index], freeDepth[first] + 1)
    }
  }

  /// Marks the operands that a node reads only some elements of; `inherited` where the node is itself read so.
  private mutating func markPartial(_ node: Node, _ inherited: Bool) {
    for (place, operand) in node.operands.enumerated() {
      let selects =
        switch node.op {
        case .slice, .window: true
        case .diagonal(let diagonal): diagonal.mode == .extract
        case .gather: place == 0
        default: false
        }
      if inherited || selects { partial[Int(plan.resolve(operand).index)] = true }
    }
  }

  /// Whether a value that is not forced into memory is computed inside its readers.
  private func inlines(_ index: Int, _ node: Node, _ reading: Reading) -> Bool {
    // A scalar is at hand wherever it is read.
    if case .reshape = node.op, graph.type(of: node.operands[0]).isScalar { return true }
    if case .one(let root, _, _, _) = reading, groupSize[root] >= Grouping.groupLimit { return false }
    if freeDepth[Int(node.firstResult.index)] >= Grouping.groupLimit { return false }
    if plan.isUniform[Int(node.firstResult.index)] || stored?.recomputed.contains(node.firstResult) == true { return true }
    if case .gather = node.op, partial[Int(node.firstResult.index)] { return false }
    switch node.op {
    case .broadcast, .transpose, .slice, .reshape, .window: return true
    case .diagonal(let diagonal) where diagonal.mode == .extract: return true
    case .concatenate:
      guard case .one(_, _, let repeats, _) = reading else { return false }
      return !repeats && node.operands.count <= 4
    case .map, .cast, .pad, .diagonal, .gather:
      guard case .one(_, _, let repeats, _) = reading else { return isCheap(node) }
      return !repeats
    default: return false
    }
  }

  /// True of what costs no more to compute again than to read again: a sign or a type changed in what is stored anyway.
  private func isCheap(_ node: Node) -> Bool {
    switch node.op {
    case .cast: break
    case .map(let function) where function.name == "negate": break
    default: return false
    }
    switch graph.node(of: plan.resolve(node.operands[0])).op {
    case .parameter, .contract, .reduce, .cumulative, .windowAdd, .scatterAdd, .loop, .triangularSolve, .cholesky, .argsort: return true
    default: return false
    }
  }

  private func isConcatenated(_ root: Int) -> Bool {
    if case .concatenate = graph.nodes[root].op { true } else { false }
  }
  /// True of functions of analysis that are better computed for many elements side by side, in a kernel of their own, than one by one
  /// outside a part's loop of a few steps.
  private func isAnalysisOfMany(_ value: ValueID) -> Bool {
    guard case .map(let function) = graph.node(of: plan.resolve(value)).op else { return false }
    return function.cost >= ScalarFunction.costOfAnalysis && graph.shape(of: value).count.isAtLeast(64) != false
  }

  /// How an operand is read by a node that is read so itself.
  private mutating func demandOperand(_ operand: ValueID, _ place: Int, of node: Node, _ reading: Reading) {
    guard case .one(let root, _, var repeats, var reordered) = reading else { return demand(operand, .many) }
    switch node.op {
    case .map, .cast: return demand(operand, reading)
    case .broadcast where graph.type(of: operand).isScalar: break
    case .broadcast(let shape, let axes):
      // New axes inside those of x: x leaves those loops. New axes outside: x would be computed again and again.
      let new = (0..<shape.rank).filter { !axes.contains($0) && shape[$0] != 1 }
      let leaves = !reordered && (new.first ?? Int.max) > (axes.last ?? -1)
      if !leaves, !new.isEmpty { repeats = true }
      let inside = new.reduce(Dim(1)) { $0 * shape[$1] }
      let isShort = !new.isEmpty && inside.isAtLeast(Grouping.fewInside) == false
      if leaves, isShort, isConcatenated(root), isAnalysisOfMany(operand) { repeats = true }
    case .transpose: reordered = true
    case .window: (repeats, reordered) = (true, true)
    case .gather(let axis):
      if place == 0 { repeats = true } else if reordered || axis.axis != axis.batch { repeats = true }
    default: break
    }
    demand(operand, .one(root: root, space: freshSpace(), repeats: repeats, reordered: reordered))
  }

  private mutating func demandOperands(ofRoot index: Int, _ node: Node) {
    func one(_ repeats: Bool, _ reordered: Bool, _ space: Int) -> Reading {
      .one(root: index, space: space, repeats: repeats, reordered: reordered)
    }
    switch node.op {
    case .reduce(_, let axes):
      let rank = graph.type(of: node.operands[0]).rank
      let trailing = axes == Array((rank - axes.count)..<rank)
      demand(node.operands[0], one(false, !trailing, freshSpace()))
    case .contract(let c):
      demand(node.operands[0], one(!c.rightFree.isEmpty, true, freshSpace()))
      demand(node.operands[1], one(!c.leftFree.isEmpty, true, freshSpace()))
    case .cumulative(let cumulation):
      // An exclusive total does not need the last element.
      if cumulation.exclusive { partial[Int(plan.resolve(node.operands[0]).index)] = true }
      demand(node.operands[0], one(false, true, freshSpace()))
    case .windowAdd: demand(node.operands[0], one(false, true, freshSpace()))
    case .scatterAdd:
      demand(node.operands[0], one(false, true, freshSpace()))
      demand(node.operands[1], forced: !graph.type(of: node.operands[1]).isScalar)
    default:
      for operand in node.operands { demand(operand, forced: !graph.type(of: operand).isScalar) }
    }
  }

  private mutating func makeKernel(_ index: Int, _ node: Node) {
    func axes(_ dims: some Sequence<Dim>, _ kind: Schedule.Axis.Kind) -> [Schedule.Axis] {
      dims.map { Schedule.Axis(extent: $0, kind: kind) }
    }
    let result = node.types[0].shape.dims
    let operand = node.operands.first.map { graph.shape(of: $0).dims } ?? []
    let schedule: [Schedule.Axis] =
      switch node.op {
      case .reduce(_, let reduced): axes(result, .parallel) + axes(reduced.map { operand[$0] }, .reduction)
      case .contract(let c):
        axes(result, .parallel) + axes(c.contracted.compactMap { c.left.firstIndex(of: $0).map { operand[$0] } }, .reduction)
      case .cumulative(let c):
        axes(result.indices.filter { $0 != c.axis }.map { result[$0] }, .parallel) + axes([result[c.axis]], .sequential)
      case .loop(let loop): axes([loop.count], loop.states == 0 ? .parallel : .sequential)
      case .windowAdd, .scatterAdd: axes(operand, .sequential)
      case .argsort(let axis): axes(result.indices.filter { $0 != axis }.map { result[$0] }, .parallel) + axes([result[axis]], .sequential)
      case .triangularSolve, .cholesky: axes(result.dropLast(2), .parallel) + axes(result.suffix(2), .sequential)
      default: axes(result, .parallel)
      }
    plan.kernels[index] = Kernel(members: [FusedRoles.member(index, graph)], schedule: Schedule(axes: schedule))
  }
}
