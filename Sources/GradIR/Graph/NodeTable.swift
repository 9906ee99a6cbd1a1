/// The nodes of a graph that is being built, found by op and operands. It holds indices only, and compares with the nodes themselves: a
/// dictionary of ops and operands costs more than the rest of building a graph.
struct NodeTable {
  /// A node's index and its hash; −1 where nothing stands. As many as a power of two, half of them empty at least.
  private var slots: [(node: Int32, hash: UInt32)] = Array(repeating: (-1, 0), count: 64)
  private var count = 0

  static func hash(_ op: Op, _ operands: [ValueID]) -> UInt32 {
    var mix = NodeHash()
    op.hash(into: &mix)
    for operand in operands { mix.combine(Int(operand.index)) }
    return mix.value
  }

  func find(_ op: Op, _ operands: [ValueID], _ hash: UInt32, in nodes: [Node]) -> Int? {
    var place = Int(hash) & (slots.count - 1)
    while slots[place].node >= 0 {
      let index = Int(slots[place].node)
      if slots[place].hash == hash, nodes[index].operands == operands, nodes[index].op == op { return index }
      place = (place + 1) & (slots.count - 1)
    }
    return nil
  }

  mutating func insert(_ node: Int, _ hash: UInt32) {
    if count * 2 >= slots.count {
      let old = slots
      slots = Array(repeating: (-1, 0), count: old.count * 4)
      for slot in old where slot.node >= 0 { place(slot) }
    }
    place((Int32(node), hash))
    count += 1
  }
  private mutating func place(_ slot: (node: Int32, hash: UInt32)) {
    var place = Int(slot.hash) & (slots.count - 1)
    while slots[place].node >= 0 { place = (place + 1) & (slots.count - 1) }
    slots[place] = slot
  }
}

/// A quick hash of small numbers.
struct NodeHash {
  private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

  mutating func combine(_ number: Int) {
    state = (state ^ UInt64(bitPattern: Int64(number))) &* 0xFF51_AFD7_ED55_8CCD
    state ^= state >> 32
  }
  mutating func combine(_ dims: [Dim]) {
    combine(dims.count)
    for dim in dims { combine(dim.raw) }
  }
  mutating func combine(_ numbers: [Int]) {
    combine(numbers.count)
    for number in numbers { combine(number) }
  }
  var value: UInt32 { UInt32(truncatingIfNeeded: state) }
}

extension Op {
  /// Enough of an op to tell most nodes apart.
  fileprivate func hash(into mix: inout NodeHash) {
    switch self {
    case .map(let function): mix.combine(Int(function.index))
    case .broadcast(let shape, let axes):
      mix.combine(1001)
      mix.combine(shape.dims)
      mix.combine(axes)
    case .constant(let constant):
      mix.combine(1002 + Int(constant.dtype.rawValue))
      mix.combine(constant.shape)
      for bits in constant.bits.prefix(4) { mix.combine(Int(truncatingIfNeeded: bits)) }
    case .parameter(let index): mix.combine(1010 + index)
    case .cast(let dtype): mix.combine(2000 + Int(dtype.rawValue))
    case .reshape(let shape):
      mix.combine(2010)
      mix.combine(shape.dims)
    case .reduce(let kind, let axes):
      mix.combine(2020 + kind.rawValue.utf8.count)
      mix.combine(axes)
    case .transpose(let permutation):
      mix.combine(2030)
      mix.combine(permutation)
    case .contract(let contraction):
      mix.combine(2040)
      mix.combine(contraction.left)
      mix.combine(contraction.right)
    case .slice(let axes):
      mix.combine(2050)
      for axis in axes { mix.combine([axis.start, axis.count, Dim(axis.step)]) }
    case .dimension, .iota, .variable, .stopGradient, .derivative, .cumulative, .pad, .concatenate, .diagonal, .window, .windowAdd, .gather,
      .scatterAdd, .argsort, .loop, .triangularSolve, .cholesky:
      mix.combine(hashValue)
    }
  }
}
