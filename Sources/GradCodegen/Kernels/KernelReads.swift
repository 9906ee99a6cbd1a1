import GradIR

/// At which of its loops' indices a kernel reads each axis of a value: the number of the loop, nil where it is another index.
typealias AxisMap = [Int?]

/// What a kernel reads of what others compute, through all that is computed inside it.
struct KernelReads {
  /// The stored values, scalars and parameters, each with the ways it is read in: a few, each once.
  let maps: [ValueID: [AxisMap]]
  /// Those values in their order.
  let values: [ValueID]
  /// The values that are computed inside, and the ways in which.
  let inside: [ValueID: [AxisMap]]
  var size: Int { inside.count }
  /// False where there are too many ways to tell them apart.
  let isComplete: Bool

  private static let visitLimit = 500
  private static let scalar: [AxisMap] = [[]]

  /// - Parameter operands: of the kernel's root, each with how it is read.
  init(_ operands: [(ValueID, AxisMap)], _ graph: Graph, _ plan: Plan) {
    var (maps, inside): ([ValueID: [AxisMap]], [ValueID: [AxisMap]]) = ([:], [:])
    var isComplete = true
    var visits = 0
    for (operand, map) in operands {
      // Most models of many steps are of scalars: what each of them reads has one way to be read.
      if map.isEmpty, case .scalar = plan.placement(operand) {
        maps[plan.resolve(operand)] = KernelReads.scalar
      } else {
        visit(operand, map)
      }
    }
    values = maps.keys.sorted()
    (self.maps, self.inside, self.isComplete) = (maps, inside, isComplete)

    func visit(_ operand: ValueID, _ map: AxisMap) {
      let value = plan.resolve(operand)
      if visits > KernelReads.visitLimit { isComplete = false }
      let map = isComplete ? map : AxisMap(repeating: nil, count: map.count)
      switch plan.placement(value) {
      case .parameter, .memory, .scalar, .held: note(map, &maps[value, default: []])
      case .table, .immediate, .dead: break
      case .inlined, .view:
        guard note(map, &inside[value, default: []]) else { return }
        for (operand, map) in KernelReads.operands(of: graph.node(of: value), map, graph) { visit(operand, map) }
      }
    }
    /// False of a way that is known.
    @discardableResult func note(_ map: AxisMap, _ known: inout [AxisMap]) -> Bool {
      if known.contains(map) { return false }
      known.append(map)
      visits += 1
      return true
    }
  }

  /// How an element of a node reads those of its operands.
  static func operands(of node: Node, _ map: AxisMap, _ graph: Graph) -> [(ValueID, AxisMap)] {
    func rank(_ place: Int) -> Int { graph.type(of: node.operands[place]).rank }
    switch node.op {
    case .broadcast(_, let axes): return [(node.operands[0], axes.map { map[$0] })]
    case .transpose(let permutation):
      var own = map
      for (place, axis) in permutation.enumerated() { own[axis] = map[place] }
      return [(node.operands[0], own)]
    case .reshape(let shape):
      let from = graph.shape(of: node.operands[0])
      var own = AxisMap(repeating: nil, count: from.rank)
      for group in ReshapeMap(from: from, to: shape).groups {
        let (old, new) = (group.from.filter { from[$0] != 1 }, group.to.filter { shape[$0] != 1 })
        if old.count == 1, new.count == 1 { own[old[0]] = map[new[0]] }
      }
      return [(node.operands[0], own)]
    case .slice(let slices):
      return [(node.operands[0], zip(slices, map).map { $0.start == 0 && $0.step == 1 ? $1 : nil })]
    case .pad(let pads):
      let own = zip(pads, map).map { $0.low == 0 && $0.high == 0 && $0.interior == 0 ? $1 : nil }
      return [(node.operands[0], own), (node.operands[1], [])]
    case .concatenate(let axis):
      return node.operands.enumerated().map { place, operand in
        var own = map
        if place > 0 { own[axis] = nil }
        return (operand, own)
      }
    case .window(let windows):
      var own = Array(map.prefix(rank(0)))
      for window in windows { own[window.axis] = nil }
      return [(node.operands[0], own)]
    case .diagonal(let diagonal):
      var own = map
      if diagonal.mode == .extract {
        own.insert(nil, at: diagonal.second)
        own[diagonal.first] = nil
      } else {
        own.remove(at: diagonal.second)
      }
      return [(node.operands[0], own)]
    case .gather(let axis):
      let inner = rank(1) - axis.batch
      let own = Array(map[..<axis.axis]) + [nil] + Array(map[(axis.axis + inner)...])
      return [(node.operands[0], own), (node.operands[1], Array(map[..<axis.batch]) + Array(map[axis.axis..<(axis.axis + inner)]))]
    case .scatterAdd(let axis, _):
      var own = map
      own.remove(at: axis.axis)
      return [(node.operands[0], own), (node.operands[1], Array(map[..<axis.batch]))]
    case .map, .cast:
      return node.operands.map { ($0, graph.type(of: $0).isScalar ? [] : map) }
    default: return node.operands.map { ($0, AxisMap(repeating: nil, count: graph.type(of: $0).rank)) }
    }
  }
}
