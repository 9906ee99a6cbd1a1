// The two orders of sums, written from their description in numerics.md and not from the runtime's code.
extension Kernels {
  static let blockLength = 512
  static let productBlockLength = 256

  /// Σ of `count` terms in the order of sums: element i belongs to block i / 512, there to lane i mod L; lanes start at +0; a block's
  /// lanes are halved pairwise; blocks join as the digits of a binary counter carry, older + newer; what is left is added from the
  /// newest to the oldest.
  ///
  /// - Parameters:
  ///   - lanes: room for `T.laneCount` numbers.
  ///   - accumulate: adds term i to a lane.
  @inline(__always)
  static func laneTotal<T: NumberElement>(
    _ count: Int, _ lanes: UnsafeMutableBufferPointer<T>, _ accumulate: (Int, T) -> T
  ) -> T {
    if count == 0 { return T.zero }
    let laneCount = T.laneCount
    var subtotals: [(blocks: Int, value: T)] = []
    var start = 0
    while true {
      for lane in 0..<laneCount { lanes[lane] = T.zero }
      let end = min(start &+ blockLength, count)
      var lane = 0
      for index in start..<end {
        lanes[lane] = accumulate(index, lanes[lane])
        lane = lane &+ 1 == laneCount ? 0 : lane &+ 1
      }
      var half = laneCount / 2
      while half > 0 {
        for lane in 0..<half { lanes[lane] = T.plus(lanes[lane], lanes[lane &+ half]) }
        half /= 2
      }
      var block = (blocks: 1, value: lanes[0])
      if end == count && subtotals.isEmpty { return block.value }
      while let older = subtotals.last, older.blocks == block.blocks {
        subtotals.removeLast()
        block = (older.blocks + block.blocks, T.plus(older.value, block.value))
      }
      subtotals.append(block)
      start = end
      if end == count { break }
    }
    guard var total = subtotals.popLast()?.value else { return T.zero }
    while let older = subtotals.popLast() { total = T.plus(older.value, total) }
    return total
  }

  /// Σ of `count` products in the order of matrix products: a chain of fma from +0 in each block of 256, the blocks added in order.
  @inline(__always)
  static func productTotal<T: NumberElement>(_ count: Int, _ accumulate: (Int, T) -> T) -> T {
    var total = T.zero
    var start = 0
    while start < count {
      let end = min(start &+ productBlockLength, count)
      var block = T.zero
      for index in start..<end { block = accumulate(index, block) }
      total = start == 0 ? block : T.plus(total, block)
      start = end
    }
    return total
  }

  static func contract(_ c: Contraction, _ left: Tensor, _ right: Tensor, shape: [Int]) -> Tensor {
    let leftStrides = rowMajorStrides(left.shape)
    let rightStrides = rowMajorStrides(right.shape)
    func strides(_ labels: [Int], _ own: [Int], _ strides: [Int]) -> [Int] {
      labels.map { label in own.firstIndex(of: label).map { strides[$0] } ?? 0 }
    }
    let contracted = c.contracted
    let inner = contracted.map { label in left.shape[c.left.firstIndex(of: label)!] }  // a contracted label is the left's own
    let leftOuter = offsets(shape, strides(c.result, c.left, leftStrides))
    let rightOuter = offsets(shape, strides(c.result, c.right, rightStrides))
    let leftInner = offsets(inner, strides(contracted, c.left, leftStrides))
    let rightInner = offsets(inner, strides(contracted, c.right, rightStrides))

    func go<T: NumberElement>(_ a: [T], _ b: [T]) -> Tensor {
      let lanes = UnsafeMutableBufferPointer<T>.allocate(capacity: T.laneCount)
      lanes.initialize(repeating: T.zero)
      defer { lanes.deallocate() }
      let count = leftInner.count
      // Outside of the loop: it looks through the labels.
      let (isProduct, annihilating) = (c.isMatrixProduct, c.annihilating)
      let values: [T] = a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          leftInner.withUnsafeBufferPointer { leftInner in
            rightInner.withUnsafeBufferPointer { rightInner in
              leftOuter.indices.map { place in
                let (i, j) = (leftOuter[place], rightOuter[place])
                if annihilating {
                  let term = { (k: Int, sum: T) in T.annihilatingMultiplyAdd(a[i &+ leftInner[k]], b[j &+ rightInner[k]], sum) }
                  return isProduct ? productTotal(count, term) : laneTotal(count, lanes, term)
                }
                let term = { (k: Int, sum: T) in T.multiplyAdd(a[i &+ leftInner[k]], b[j &+ rightInner[k]], sum) }
                return isProduct ? productTotal(count, term) : laneTotal(count, lanes, term)
              }
            }
          }
        }
      }
      return T.tensor(values, shape: shape)
    }
    switch (left.storage, right.storage) {
    case (.f32(let a), .f32(let b)): return go(a, b)
    case (.f64(let a), .f64(let b)): return go(a, b)
    case (.i32(let a), .i32(let b)): return go(a, b)
    case (.i64(let a), .i64(let b)): return go(a, b)
    default: preconditionFailure("contract of \(left.dtype) and \(right.dtype)")
    }
  }
}
