import GradRuntime
import Testing

// A product of views has, element by element, the bits of grad_product_strided on what the views select: in every version of the code, by
// rows and by columns, whatever the axes are, and it writes nothing else.

/// The axes of one side of a product in an array: extents and strides, outermost first.
private struct Axes {
  var extents: [Int]
  var strides: [Int]
  var count: Int { extents.reduce(1, *) }
  var words: [Int64] { [Int64(extents.count)] + zip(extents, strides).flatMap { [Int64($0), Int64($1)] } }

  func offset(_ index: Int) -> Int {
    var rest = index
    return zip(extents, strides).reversed().reduce(0) { offset, axis in
      defer { rest /= axis.0 }
      return offset + rest % axis.0 * axis.1
    }
  }
}

private typealias Call =
  @convention(c) (
    UnsafeRawPointer?, UnsafePointer<Int64>?, UnsafePointer<Int64>?, UnsafeRawPointer?, UnsafePointer<Int64>?, UnsafePointer<Int64>?,
    UnsafeMutableRawPointer?, Int64, Int64
  ) -> Void
private typealias Strided<Number> = (Int64, UnsafePointer<Number>?, Int64, UnsafePointer<Number>?, Int64) -> Number

private struct ViewChecker<Number: BinaryFloatingPoint> {
  let versions: [(name: String, call: Call, threads: Int64)]
  let strided: Strided<Number>
  let numbers: [Number]
  private var state: UInt64 = 11

  init(_ suffix: String, annihilating: Bool, _ strided: @escaping Strided<Number>) {
    self.strided = strided
    let name = "grad_\(annihilating ? "annihilating_" : "")view_product_\(suffix)"
    var versions = ["portable", "AVX2", "AVX-512"].enumerated().compactMap { index, version in
      grad_runtime_version_address(Int64(index), name).map { (version, unsafeBitCast($0, to: Call.self), Int64(1)) }
    }
    for threads in [2, 3, 7] as [Int64] {
      versions.append(("\(threads) threads", unsafeBitCast(grad_runtime_address(name), to: Call.self), threads))
    }
    self.versions = versions
    // Zeros of both signs, and what they annihilate, among them.
    numbers = (0..<600_000).map { i in
      switch i * 7919 % 101 {
      case 0: 0
      case 1: -0.0
      case 2: annihilating ? .infinity : 3
      default: Number(i * 7919 % 2003 - 1001) / 512
      }
    }
  }

  private mutating func random(_ limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % limit
  }
  /// Of one operand, the axes of two sides, as a window, a transpose or a slice has them: strides of either sign, some of them 1.
  private mutating func sides(_ first: [Int], _ second: [Int]) -> (Axes, Axes) {
    var stride = 1
    var strides = [Int](repeating: 0, count: first.count + second.count)
    let extents = first + second
    // In a random order each axis steps over what those before it span, or over less, as windows do.
    let order = extents.indices.map { (key: random(1000), place: $0) }.sorted { $0 < $1 }
    for (_, place) in order {
      strides[place] = random(5) == 0 ? -stride : stride
      stride = min(random(3) == 0 ? stride + 1 : stride * max(extents[place], 1), 400)
    }
    return (Axes(extents: first, strides: Array(strides[..<first.count])), Axes(extents: second, strides: Array(strides[first.count...])))
  }

  /// The first difference in words, or nil.
  mutating func difference(_ rows: [Int], _ columns: [Int], _ aDepth: [Int], _ bDepth: [Int], byRows: Bool) -> String? {
    let (aRows, aDepth) = sides(rows, aDepth)
    let (bDepth, bColumns) = sides(bDepth, columns)
    let gap = random(3)
    let (cRow, cColumn) = byRows ? (bColumns.count + gap, 1) : (1, aRows.count + gap)
    let (count, middle) = (max(aRows.count, bColumns.count + gap) * max(bColumns.count, aRows.count + gap) + 3, numbers.count / 2)
    var expected = [Number](repeating: 77, count: count)
    for i in 0..<aRows.count {
      for j in 0..<bColumns.count {
        let x = (0..<aDepth.count).map { numbers[middle + aRows.offset(i) + aDepth.offset($0)] }
        let y = (0..<bDepth.count).map { numbers[middle + bDepth.offset($0) + bColumns.offset(j)] }
        expected[i * cRow + j * cColumn] = strided(Int64(x.count), x, 1, y, 1)
      }
    }
    for version in versions {
      var found = [Number](repeating: 77, count: count)
      numbers.withUnsafeBufferPointer { numbers in
        let start = UnsafeRawPointer(numbers.baseAddress! + middle)
        found.withUnsafeMutableBytes { found in
          onThreads(version.threads) {
            version.call(
              start, aRows.words, aDepth.words, start, bDepth.words, bColumns.words, found.baseAddress, Int64(cRow), Int64(cColumn))
          }
        }
      }
      let isSame = expected.withUnsafeBytes { expected in
        found.withUnsafeBytes { found in
          expected.elementsEqual(found)
            || zip(expected.bindMemory(to: Number.self), found.bindMemory(to: Number.self)).allSatisfy {
              $0 == $1 && $0.sign == $1.sign || $0.isNaN && $1.isNaN
            }
        }
      }
      if !isSame { return "\(version.name): rows \(aRows), depth \(aDepth) and \(bDepth), columns \(bColumns), by rows \(byRows)" }
    }
    return nil
  }
}

/// Rows, columns and depth, the last split differently in the two operands: windows of all kinds of sizes, and none.
private let sizes: [(rows: [Int], columns: [Int], aDepth: [Int], bDepth: [Int])] = [
  ([1], [1], [1], [1]), ([2, 3], [5], [3, 2], [6]), ([32], [4, 9], [2, 3, 3], [18]), ([5, 7], [17], [3, 3], [3, 3]),
  ([4, 3, 3], [33], [2, 40], [80]), ([3], [2, 64], [4, 70], [280]), ([40], [3, 3], [16, 17], [272]), ([13], [50], [300], [3, 100]),
  ([0], [4, 2], [3], [3]), ([4, 2], [3], [0, 2], [0]), ([2], [0, 3], [2, 2], [4]), ([6, 6], [6, 6], [5, 3, 3], [5, 9]),
  ([61], [3, 50], [150], [5, 30]), ([2, 70], [1, 66], [2, 3], [6]), ([1, 19], [8, 2], [257], [257]), ([7], [7, 7, 2], [2, 128], [4, 64]),
]

@Test(arguments: [false, true])
func productsOfViewsHaveTheBitsOfProducts(annihilating: Bool) {
  var (single, double): (Strided<Float>, Strided<Double>) = (grad_product_strided_f32, grad_product_strided_f64)
  if annihilating { (single, double) = (grad_annihilating_product_strided_f32, grad_annihilating_product_strided_f64) }
  var singles = ViewChecker<Float>("f32", annihilating: annihilating, single)
  var doubles = ViewChecker<Double>("f64", annihilating: annihilating, double)
  for round in 0..<6 {
    for (rows, columns, aDepth, bDepth) in sizes {
      let (ofSingles, ofDoubles) = (
        singles.difference(rows, columns, aDepth, bDepth, byRows: round % 2 == 0),
        doubles.difference(rows, columns, aDepth, bDepth, byRows: round % 2 == 0)
      )
      #expect(ofSingles == nil)
      #expect(ofDoubles == nil)
    }
  }
}
