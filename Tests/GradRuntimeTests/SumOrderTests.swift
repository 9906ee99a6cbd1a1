import GradRuntime
import Testing

/// The fixed order, written down once more and without any thought of speed.
private struct FixedOrder<T: BinaryFloatingPoint> {
  let lanes: Int

  func sum(_ terms: [(T) -> T]) -> T {
    var blocks: [T] = []
    var start = 0
    while start < terms.count {
      var lane = [T](repeating: 0, count: lanes)
      for (i, term) in terms[start..<min(start + 512, terms.count)].enumerated() { lane[i % lanes] = term(lane[i % lanes]) }
      while lane.count > 1 {
        let half = lane.count / 2
        lane = (0..<half).map { lane[$0] + lane[$0 + half] }
      }
      blocks.append(lane[0])
      start += 512
    }
    // A tree over blocks: perfect subtrees of the largest powers of two, from the oldest; folded from the newest.
    var subtotals: [T] = []
    var rest = blocks[...]
    while !rest.isEmpty {
      var size = 1
      while size * 2 <= rest.count { size *= 2 }
      subtotals.append(tree(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    guard var total = subtotals.popLast() else { return 0 }
    while let older = subtotals.popLast() { total = older + total }
    return total
  }

  private func tree(_ values: ArraySlice<T>) -> T {
    if values.count == 1 { return values[values.startIndex] }
    let half = values.count / 2
    return tree(values.prefix(half)) + tree(values.dropFirst(half))
  }

  func product(_ terms: [(T) -> T]) -> T {
    var total: T = 0
    for start in stride(from: 0, to: terms.count, by: 256) {
      let block = terms[start..<min(start + 256, terms.count)].reduce(0) { $1($0) }
      total = start == 0 ? block : total + block
    }
    return total
  }
}

private let lengths = [
  0, 1, 2, 7, 8, 15, 16, 17, 100, 255, 256, 257, 511, 512, 513, 1024, 1025, 1536, 2048, 3000, 4096 + 511, 7 * 512, 12_345,
]

/// Numbers of very different sizes, so that another order gives another sum; some zeros of both signs.
private func numbers(_ count: Int, seed: UInt64) -> [Double] {
  var state = seed
  return (0..<count).map { i in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    if state >> 59 == 3 { return i % 2 == 0 ? 0 : -0.0 }
    let size = Double(sign: .plus, exponent: Int(state >> 40 & 31) - 16, significand: 1)
    return (Double(state >> 11) * 0x1p-52 - 1) * size
  }
}

@Test func sumsOfF32KeepTheFixedOrder() {
  let order = FixedOrder<Float>(lanes: 16)
  for n in lengths {
    let a = numbers(2 * n, seed: 1).map(Float.init)
    let b = numbers(n, seed: 2).map(Float.init)
    let sum = order.sum(a.prefix(n).map { x in { $0 + x } })
    let dot = order.sum(zip(a, b).map { x, y in { $0.addingProduct(x, y) } })
    let product = order.product(zip(a, b).map { x, y in { $0.addingProduct(x, y) } })
    var s = grad_sum_f32()
    var d = grad_sum_f32()
    var p = grad_product_f32()
    grad_sum_begin_f32(&s)
    grad_sum_begin_f32(&d)
    grad_product_begin_f32(&p)
    for i in 0..<n {
      grad_sum_add_f32(&s, a[i])
      grad_sum_multiply_add_f32(&d, a[i], b[i])
      grad_product_add_f32(&p, a[i], b[i])
    }
    #expect(grad_sum_end_f32(&s).bitPattern == sum.bitPattern)
    #expect(grad_sum_end_f32(&d).bitPattern == dot.bitPattern)
    #expect(grad_product_end_f32(&p).bitPattern == product.bitPattern)
    #expect(grad_sum_strided_f32(Int64(n), a, 1).bitPattern == sum.bitPattern)
    #expect(grad_dot_strided_f32(Int64(n), a, 1, b, 1).bitPattern == dot.bitPattern)
    #expect(grad_product_strided_f32(Int64(n), a, 1, b, 1).bitPattern == product.bitPattern)
    let odd = (0..<n).map { a[2 * $0] }
    #expect(grad_sum_strided_f32(Int64(n), a, 2).bitPattern == order.sum(odd.map { x in { $0 + x } }).bitPattern)
    #expect(
      grad_dot_strided_f32(Int64(n), a, 2, b, 1).bitPattern == order.sum(zip(odd, b).map { x, y in { $0.addingProduct(x, y) } }).bitPattern)
    #expect(
      grad_product_strided_f32(Int64(n), a, 2, b, 1).bitPattern
        == order.product(zip(odd, b).map { x, y in { $0.addingProduct(x, y) } }).bitPattern)
  }
}

@Test func sumsOfF64KeepTheFixedOrder() {
  let order = FixedOrder<Double>(lanes: 8)
  for n in lengths {
    let a = numbers(2 * n, seed: 3)
    let b = numbers(n, seed: 4)
    let sum = order.sum(a.prefix(n).map { x in { $0 + x } })
    let dot = order.sum(zip(a, b).map { x, y in { $0.addingProduct(x, y) } })
    let product = order.product(zip(a, b).map { x, y in { $0.addingProduct(x, y) } })
    var s = grad_sum_f64()
    var d = grad_sum_f64()
    var p = grad_product_f64()
    grad_sum_begin_f64(&s)
    grad_sum_begin_f64(&d)
    grad_product_begin_f64(&p)
    for i in 0..<n {
      grad_sum_add_f64(&s, a[i])
      grad_sum_multiply_add_f64(&d, a[i], b[i])
      grad_product_add_f64(&p, a[i], b[i])
    }
    #expect(grad_sum_end_f64(&s).bitPattern == sum.bitPattern)
    #expect(grad_sum_end_f64(&d).bitPattern == dot.bitPattern)
    #expect(grad_product_end_f64(&p).bitPattern == product.bitPattern)
    #expect(grad_sum_strided_f64(Int64(n), a, 1).bitPattern == sum.bitPattern)
    #expect(grad_dot_strided_f64(Int64(n), a, 1, b, 1).bitPattern == dot.bitPattern)
    #expect(grad_product_strided_f64(Int64(n), a, 1, b, 1).bitPattern == product.bitPattern)
    let odd = (0..<n).map { a[2 * $0] }
    #expect(grad_sum_strided_f64(Int64(n), a, 2).bitPattern == order.sum(odd.map { x in { $0 + x } }).bitPattern)
  }
}

@Test func annihilatedTermsCountAsZero() {
  let a: [Float] = [.infinity, 2, .nan, -3, 1]
  let b: [Float] = [0, 3, -0.0, 5, 2]
  #expect(grad_annihilating_dot_strided_f32(5, a, 1, b, 1) == -7)
  #expect(grad_annihilating_product_strided_f32(5, a, 1, b, 1) == -7)
  var s = grad_sum_f32()
  var p = grad_product_f32()
  grad_sum_begin_f32(&s)
  grad_product_begin_f32(&p)
  for (x, y) in zip(a, b) {
    grad_sum_annihilating_add_f32(&s, x, y)
    grad_product_annihilating_add_f32(&p, x, y)
  }
  #expect(grad_sum_end_f32(&s) == -7 && grad_product_end_f32(&p) == -7)
  #expect(grad_dot_strided_f32(5, a, 1, b, 1).isNaN)
  #expect(grad_annihilating_dot_strided_f64(2, [.nan, 1], 1, [0, .nan], 1).isNaN)
}

@Test func integerSumsWrap() {
  var s = grad_sum_i64()
  grad_sum_begin_i64(&s)
  grad_sum_add_i64(&s, .max)
  grad_sum_add_i64(&s, 1)
  grad_sum_multiply_add_i64(&s, 3, -2)
  #expect(grad_sum_end_i64(&s) == .max - 5)
  #expect(grad_sum_strided_i32(3, [.max, 1, 5], 1) == Int32.min + 5)
  #expect(grad_dot_strided_i64(2, [1 << 62, 7], 1, [4, 6], 1) == 42)
}
