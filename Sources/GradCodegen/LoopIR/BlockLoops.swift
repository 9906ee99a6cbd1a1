import GradIR

// For a compiler that does not vectorise: a loop over elements goes in blocks of 256, and each operation is one call of the runtime on a
// whole block, which stays in the nearest cache. The same bits, for the runtime's operations on blocks give them.
//
//     for (i …) y[i] = grad_exp_f32(x[i]) * w[i] + b;
//
// becomes
//
//     for (start …) {
//       grad_exp_block_f32(count, block, x + start);
//       grad_multiply_add_blocks_f32(count, y + start, block, 1, w + start, 1, &b, 0);
//     }
//
// What has no such operation (integers, gathers) has a loop of its own over the elements of the block. Loops that branch, and those of
// a few elements, stay as they are.
struct BlockLoops {
  /// The number types of the names that the function sees, of what pointers point to for pointers.
  let types: [Name: DType]
  /// Those of them that the function is handed: its arrays lie in memory.
  var handed: Set<Name> = []
  /// How large some numbers of steps are at most.
  var limits: [Name: Int] = [:]
  /// Which arrays are written past the caches; nil: none.
  var streaming: Streaming?
  /// Gives local names that are free in the function.
  let local: (String) -> Name

  /// So many elements has a block: `GRAD_BLOCK_SIZE`.
  static let size = 256
  /// So few are done one by one.
  static let leastTrips = 16
  /// So many numbers of an array are more than the caches keep from call to call; from there on the next block is asked for meanwhile.
  static let leastPrefetched = 1 << 14

  func applied(_ statements: [Stmt]) -> [Stmt] {
    let result = statements.flatMap { statement -> [Stmt] in
      switch statement {
      case .loop(let variable, let from, let to, let step, let descends, let body):
        if step == .integer(1), !descends, let blocks = blocks(variable, from, to, body) { return blocks }
        return [.loop(variable: variable, from: from, to: to, step: step, descends: descends, body: applied(body))]
      case .whileLoop(let condition, let body): return [.whileLoop(condition, applied(body))]
      case .branch(let condition, let then, let otherwise): return [.branch(condition, then: applied(then), else: applied(otherwise))]
      default: return [statement]
      }
    }
    return takingWholeSums(result)
  }

  private func blocks(_ variable: Name, _ from: Expr, _ to: Expr, _ body: [Stmt]) -> [Stmt]? {
    var trips: Int?
    if case .integer(let a) = from, case .integer(let b) = to { trips = b - a }
    if let trips, trips < BlockLoops.leastTrips { return nil }
    guard Block.isIndependent(body, variable) else { return nil }
    if let trips, trips <= BlockLoops.size {
      return block(body, variable, start: from, count: .integer(trips), most: trips)
    }
    if case .variable(let count) = to, let most = limits[count], most <= BlockLoops.size, from == .zero {
      return block(body, variable, start: from, count: to, most: most)
    }
    let (start, count) = (local("start"), local("count"))
    let continuedArrays = trips ?? Int.max >= BlockLoops.leastPrefetched ? handed : []
    let streamed = Set((streaming?.arrays(body, variable, from, to) ?? [:]).keys)
    guard
      let inner = block(
        body, variable, start: .variable(start), count: .variable(count), continuedArrays: continuedArrays, streamed: streamed)
    else { return nil }
    let head: [Stmt] = [
      .declare(.index, count, .binary("-", to, .variable(start)), const: false),
      .branch(.binary(">", .variable(count), .integer(BlockLoops.size)), then: [.assign(count, .integer(BlockLoops.size))], else: []),
    ]
    return [.loop(variable: start, from: from, to: to, step: .integer(BlockLoops.size), descends: false, body: head + inner)]
      + (streamed.isEmpty ? [] : [Streaming.end])
  }

  private func block(
    _ body: [Stmt], _ variable: Name, start: Expr, count: Expr, most: Int = BlockLoops.size, continuedArrays: Set<Name> = [],
    streamed: Set<Name> = []
  ) -> [Stmt]? {
    Block(
      body, variable, start: start, count: count, most: most, continuedArrays: continuedArrays, streamed: streamed, types: types,
      local: local
    ).statements()
  }
}

extension Function {
  /// The number types of what a function declares.
  static func elementTypes(_ statements: [Stmt], into types: inout [Name: DType]) {
    for statement in statements {
      switch statement {
      case .declare(let type, let name, _, _), .declareArray(let type, let name, _): types[name] = type.dtype
      default: break
      }
      for list in statement.lists { elementTypes(list, into: &types) }
    }
  }
}

extension CType {
  /// The number type of a scalar or of what a pointer points to.
  var dtype: DType? {
    switch self {
    case .element(let dtype): dtype
    case .index: .i64
    case .pointer(let base, _, _): base.dtype
    default: nil
    }
  }
}
