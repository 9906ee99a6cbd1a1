import GradRuntime
import Testing

/// The operations on blocks, against the formula of each for one number, with arrays and numbers as operands, in every version that
/// this processor has.
@Suite struct BlockOperationTests {
  typealias Formula = @Sendable ([Float]) -> Float
  private static let formulas: [(name: String, arity: Int, formula: Formula)] = [
    ("copy", 1, { $0[0] }), ("negate", 1, { -$0[0] }),
    ("add", 2, { $0[0] + $0[1] }), ("subtract", 2, { $0[0] - $0[1] }), ("multiply", 2, { $0[0] * $0[1] }),
    ("divide", 2, { $0[0] / $0[1] }), ("max", 2, { grad_max_f32($0[0], $0[1]) }), ("min", 2, { grad_min_f32($0[0], $0[1]) }),
    ("annihilating_multiply", 2, { grad_annihilating_multiply_f32($0[0], $0[1]) }),
    ("sigmoid_derivative", 2, { $0[0] * (1 - $0[0]) * $0[1] }), ("tanh_derivative", 2, { (1 - $0[0] * $0[0]) * $0[1] }),
    ("multiply_add", 3, { $0[0] * $0[1] + $0[2] }), ("multiply_subtract", 3, { $0[0] * $0[1] - $0[2] }),
    ("subtract_product", 3, { $0[2] - $0[0] * $0[1] }),
    ("add_products", 4, { $0[0] * $0[1] + $0[2] * $0[3] }), ("subtract_products", 4, { $0[0] * $0[1] - $0[2] * $0[3] }),
    ("multiply_add_twice", 5, { $0[0] * $0[1] + ($0[2] * $0[3] + $0[4]) }),
    ("exp_of_multiply", 2, { grad_exp_f32($0[0] * $0[1]) }),
    ("tanh_of_add", 2, { grad_tanh_f32($0[0] + $0[1]) }), ("tanh_of_multiply", 2, { grad_tanh_f32($0[0] * $0[1]) }),
    ("tanh_of_multiply_add", 3, { grad_tanh_f32($0[0] * $0[1] + $0[2]) }),
    ("sigmoid_of_add", 2, { grad_sigmoid_f32($0[0] + $0[1]) }), ("sigmoid_of_multiply", 2, { grad_sigmoid_f32($0[0] * $0[1]) }),
    ("sigmoid_of_multiply_add", 3, { grad_sigmoid_f32($0[0] * $0[1] + $0[2]) }),
    ("select_less", 4, { $0[0] < $0[1] ? $0[2] : $0[3] }), ("select_less_equal", 4, { $0[0] <= $0[1] ? $0[2] : $0[3] }),
    ("select_equal", 4, { $0[0] == $0[1] ? $0[2] : $0[3] }),
  ]
  private static let numbers: [Float] = [0, -0.0, 1, -1, 0.5, .infinity, -.infinity, .nan, 1e-40, 3e38, -2.5, 7, 7]
  private static func array(_ seed: Int, _ count: Int) -> [Float] {
    (0..<count).map { i in i % 3 == 0 ? numbers[(i / 3 + seed) % numbers.count] : Float((i * 7919 + seed * 104_729) % 2000) / 500 - 2 }
  }

  @Test(arguments: [Int64(0), 1, 2], formulas.indices)
  func operationsHaveTheBitsOfTheirFormulas(version: Int64, index: Int) {
    let (name, arity, formula) = Self.formulas[index]
    guard let address = grad_runtime_version_address(version, "grad_\(name)_blocks_f32") else {
      // A processor without those instructions; the portable version is there on every one.
      #expect(version > 0)
      return
    }
    for count in [0, 1, 15, 16, 33, 255, 256] {
      for kinds in 0..<(1 << arity) {
        let steps = (0..<arity).map { Int64(kinds >> $0 & 1) }
        let operands = (0..<arity).map { Self.array(count + $0 * 31, max(count, 1)) }
        let expected = (0..<count).map { i in formula((0..<arity).map { operands[$0][steps[$0] == 0 ? 0 : i] }) }
        // The result goes elsewhere, or in the place of each array that is an operand.
        for inPlace in [nil] + (0..<arity).filter({ steps[$0] == 1 }) as [Int?] {
          let memory = (operands + [[Float](repeating: 9, count: count + 1)]).map { numbers in
            let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: numbers.count)
            _ = buffer.initialize(from: numbers)
            return buffer
          }
          defer { for buffer in memory { buffer.deallocate() } }
          let pointers = memory.compactMap(\.baseAddress)
          let y = pointers[inPlace ?? arity]
          call(address, arity, Int64(count), y, pointers.map { UnsafePointer($0) }, steps)
          for i in 0..<count where y[i].bitPattern != expected[i].bitPattern && !(y[i].isNaN && expected[i].isNaN) {
            Issue.record("\(name) \(steps) at \(i) of \(count), in the place of \(inPlace.map { "\($0)" } ?? "none"): \(y[i])")
          }
          if inPlace == nil { #expect(y[count] == 9) }
        }
      }
    }
  }

  @Test func extremesOfABlockAreThoseOfItsNumbers() {
    for count in [0, 1, 15, 16, 17, 256] {
      for hasNaN in [false, true] {
        let x = Self.array(count, count).map { $0.isNaN && !hasNaN ? 1 : $0 }
        let most = x.reduce(-.infinity) { grad_max_f32($0, $1) }
        let least = x.reduce(.infinity) { grad_min_f32($0, $1) }
        let (most2, least2) = (grad_max_of_block_f32(Int64(count), x), grad_min_of_block_f32(Int64(count), x))
        #expect(most2.bitPattern == most.bitPattern || (most.isNaN && most2.isNaN))
        #expect(least2.bitPattern == least.bitPattern || (least.isNaN && least2.isNaN))
      }
    }
  }

  private func call(
    _ address: UnsafeRawPointer, _ arity: Int, _ n: Int64, _ y: UnsafeMutablePointer<Float>, _ x: [UnsafePointer<Float>], _ step: [Int64]
  ) {
    typealias P = UnsafePointer<Float>
    typealias Y = UnsafeMutablePointer<Float>
    switch arity {
    case 1: unsafeBitCast(address, to: (@convention(c) (Int64, Y, P, Int64) -> Void).self)(n, y, x[0], step[0])
    case 2: unsafeBitCast(address, to: (@convention(c) (Int64, Y, P, Int64, P, Int64) -> Void).self)(n, y, x[0], step[0], x[1], step[1])
    case 3:
      unsafeBitCast(address, to: (@convention(c) (Int64, Y, P, Int64, P, Int64, P, Int64) -> Void).self)(
        n, y, x[0], step[0], x[1], step[1], x[2], step[2])
    case 4:
      unsafeBitCast(address, to: (@convention(c) (Int64, Y, P, Int64, P, Int64, P, Int64, P, Int64) -> Void).self)(
        n, y, x[0], step[0], x[1], step[1], x[2], step[2], x[3], step[3])
    default:
      unsafeBitCast(address, to: (@convention(c) (Int64, Y, P, Int64, P, Int64, P, Int64, P, Int64, P, Int64) -> Void).self)(
        n, y, x[0], step[0], x[1], step[1], x[2], step[2], x[3], step[3], x[4], step[4])
    }
  }
}
