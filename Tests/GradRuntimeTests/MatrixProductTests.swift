import GradRuntime
import Testing

// Every matrix product has the bits of grad_product_strided for each of its elements: in every version of the code, for every size,
// every order of every operand in memory, on any number of threads, and it writes nothing else.

/// A product as it lies in memory: a and b transposed or not, c by rows, by columns or by every other column, gaps between the rows.
private struct Product: CustomStringConvertible {
  var (rows, columns, depth): (Int, Int, Int)
  var order: Int
  var gap = 0
  var a: (row: Int, depth: Int) { order & 1 == 0 ? (depth + gap, 1) : (1, rows + gap) }
  var b: (depth: Int, column: Int) { order & 2 == 0 ? (columns + gap, 1) : (1, depth + gap) }
  var c: (row: Int, column: Int) {
    switch order >> 2 % 3 {
    case 1: (1, rows + gap)
    case 2: (2 * columns + gap, 2)
    default: (columns + gap, 1)
    }
  }
  var description: String { "\(rows) × \(columns) × \(depth), order \(order), gap \(gap)" }
}

fileprivate protocol Element: BinaryFloatingPoint, Sendable {
  typealias Strided = (Int64, UnsafePointer<Self>?, Int64, UnsafePointer<Self>?, Int64) -> Self
  static var suffix: String { get }
  static var strided: Strided { get }
  static var annihilatingStrided: Strided { get }
}
extension Float: Element {
  static var suffix: String { "f32" }
  fileprivate static var strided: Strided { grad_product_strided_f32 }
  fileprivate static var annihilatingStrided: Strided { grad_annihilating_product_strided_f32 }
}
extension Double: Element {
  static var suffix: String { "f64" }
  fileprivate static var strided: Strided { grad_product_strided_f64 }
  fileprivate static var annihilatingStrided: Strided { grad_annihilating_product_strided_f64 }
}

/// A matrix product of either number type.
private typealias Call =
  @convention(c) (
    Int64, Int64, Int64, UnsafeRawPointer?, Int64, Int64, UnsafeRawPointer?, Int64, Int64, UnsafeMutableRawPointer?, Int64, Int64
  ) -> Void

private struct Checker<Number: Element> {
  let annihilating: Bool
  let versions: [(name: String, call: Call, threads: Int64)]
  let a: [Number]
  let b: [Number]

  init(annihilating: Bool, size: Int) {
    self.annihilating = annihilating
    let name = "grad_\(annihilating ? "annihilating_" : "")matrix_product_\(Number.suffix)"
    var versions = ["portable", "AVX2", "AVX-512"].enumerated().compactMap { index, version in
      grad_runtime_version_address(Int64(index), name).map { (version, unsafeBitCast($0, to: Call.self), Int64(1)) }
    }
    for threads in [2, 3, 7] as [Int64] {
      versions.append(("\(threads) threads", unsafeBitCast(grad_runtime_address(name), to: Call.self), threads))
    }
    self.versions = versions
    var state: UInt64 = 7
    func random() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    // Zeros of both signs among them, and numbers whose products are subnormal.
    func numbers() -> [Number] {
      (0..<size).map { _ in
        switch random() % 16 {
        case 0: 0
        case 1: -0.0
        case 2: Number.leastNormalMagnitude * Number(random() % 8)
        default: Number(Int64(random() % 2_000_001) - 1_000_000) / 524_288
        }
      }
    }
    a = numbers()
    b = numbers()
  }

  /// The first difference in words, or nil. The portable version calls the C library for each term, and threads wait for each other:
  /// these are asked where `all`.
  func difference(_ product: Product, all: Bool) -> String? {
    let (rows, columns, depth) = (product.rows, product.columns, product.depth)
    let count = max((rows - 1) * product.c.row + (columns - 1) * product.c.column + 1, 0) + 3
    var expected = [Number](repeating: 77, count: count)
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        for i in 0..<rows {
          for j in 0..<columns {
            expected[i * product.c.row + j * product.c.column] = (annihilating ? Number.annihilatingStrided : Number.strided)(
              Int64(depth), a.baseAddress! + i * product.a.row, Int64(product.a.depth), b.baseAddress! + j * product.b.column,
              Int64(product.b.depth))
          }
        }
      }
    }
    for version in versions where all || version.name != "portable" && version.threads == 1 {
      var found = [Number](repeating: 77, count: count)
      onThreads(version.threads) { multiply(product, version.call, &found) }
      let isSame = expected.withUnsafeBytes { expected in found.withUnsafeBytes { expected.elementsEqual($0) } }
      if !isSame { return "\(version.name), annihilating \(annihilating): \(product)" }
    }
    return nil
  }
}

extension Checker {
  private func multiply(_ product: Product, _ call: Call, _ result: inout [Number]) {
    a.withUnsafeBytes { a in
      b.withUnsafeBytes { b in
        result.withUnsafeMutableBytes { c in
          call(
            Int64(product.rows), Int64(product.columns), Int64(product.depth), a.baseAddress, Int64(product.a.row), Int64(product.a.depth),
            b.baseAddress, Int64(product.b.depth), Int64(product.b.column), c.baseAddress, Int64(product.c.row), Int64(product.c.column))
        }
      }
    }
  }
}

/// All sizes from 0 to 40 in each of rows, columns and depth; the order in memory changes from one to the next.
private func smallDifference<Number: Element>(_ type: Number.Type, annihilating: Bool) -> String? {
  let checker = Checker<Number>(annihilating: annihilating, size: 4000)
  var order = 0
  for rows in 0...40 {
    for columns in 0...40 {
      for depth in 0...40 {
        order = (order * 5 + 7) % 48
        let product = Product(rows: rows, columns: columns, depth: depth, order: order % 12, gap: order / 12 == 0 ? 3 : 0)
        if let difference = checker.difference(product, all: (rows + columns * 3 + depth * 5) % 16 == 0) { return difference }
      }
    }
  }
  return nil
}

@Test(arguments: [false, true])
func smallMatrixProductsHaveTheBitsOfProducts(annihilating: Bool) {
  #expect(smallDifference(Float.self, annihilating: annihilating) == nil)
  #expect(smallDifference(Double.self, annihilating: annihilating) == nil)
}

/// Sizes around those of blocks and panels, some so large that b is copied, one with columns that lie in few sets of the caches.
private let largeSizes = [
  (1, 1, 0, 0), (3, 100, 0, 0), (1, 40, 300, 0), (40, 1, 300, 0), (1, 150, 513, 0), (2, 70, 259, 0), (70, 2, 259, 0), (5, 17, 257, 0),
  (4, 16, 256, 0), (33, 34, 511, 0), (20, 20, 513, 0), (25, 40, 300, 472), (30, 300, 900, 0), (61, 530, 520, 0), (100, 272, 300, 0),
  (12, 3, 700, 1),
]

private func largeDifference<Number: Element>(_ type: Number.Type, annihilating: Bool) -> String? {
  let checker = Checker<Number>(annihilating: annihilating, size: 800_000)
  for (rows, columns, depth, gap) in largeSizes {
    for order in 0..<12 {
      let product = Product(rows: rows, columns: columns, depth: depth, order: order, gap: gap)
      if let difference = checker.difference(product, all: order % 5 == 0) { return difference }
    }
  }
  return nil
}

@Test(arguments: [false, true])
func largeMatrixProductsHaveTheBitsOfProducts(annihilating: Bool) {
  #expect(largeDifference(Float.self, annihilating: annihilating) == nil)
  #expect(largeDifference(Double.self, annihilating: annihilating) == nil)
}

/// Matrices that no cache holds, by few rows; the rows of the first lie in few sets of the caches. They are copied while what was copied before is read.
private func farDifference<Number: Element>(_ type: Number.Type) -> String? {
  let checker = Checker<Number>(annihilating: false, size: 4099 * 2051)
  for (rows, columns) in [(25, 4096), (7, 4099)] {
    for order in [0, 1] {
      let product = Product(rows: rows, columns: columns, depth: 2051, order: order)
      if let difference = checker.difference(product, all: false) { return difference }
    }
  }
  return nil
}

@Test func productsByWhatNoCacheHoldsHaveTheBitsOfProducts() {
  #expect(farDifference(Float.self) == nil)
  #expect(farDifference(Double.self) == nil)
}

@Test func whatAnnihilatesDoesSoInEveryVersion() {
  for name in ["f32", "f64"] {
    for version in 0..<Int64(3) {
      guard let address = grad_runtime_version_address(version, "grad_annihilating_matrix_product_\(name)") else { continue }
      if name == "f32" {
        #expect(annihilates(Float.self, unsafeBitCast(address, to: Call.self)))
      } else {
        #expect(annihilates(Double.self, unsafeBitCast(address, to: Call.self)))
      }
    }
  }
}

/// Rows of infinities and NaNs times zeros, for many columns, for many rows and for one of each.
private func annihilates<Number: Element>(_ type: Number.Type, _ call: Call) -> Bool {
  let a = (0..<400).map { $0 % 3 == 0 ? Number.infinity : $0 % 3 == 1 ? .nan : 1 }
  let b = (0..<400).map { $0 % 2 == 0 ? Number(0) : -0.0 }
  for (rows, columns) in [(1, 1), (2, 60), (60, 2), (7, 9)] {
    var c = [Number](repeating: 1, count: rows * columns)
    a.withUnsafeBytes { a in
      b.withUnsafeBytes { b in
        c.withUnsafeMutableBytes { c in
          call(
            Int64(rows), Int64(columns), 5, a.baseAddress, 5, 1, b.baseAddress, Int64(columns), 1, c.baseAddress, Int64(columns), 1)
        }
      }
    }
    if !c.allSatisfy({ $0 == 0 && $0.sign == .plus }) { return false }
  }
  return true
}
