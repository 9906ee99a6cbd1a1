import GradRuntime
import Testing

/// The functions over arrays, against the functions of one number by their names.
@Suite struct BlockTests {
  private static let names: [String] = {
    var names: [String] = []
    while let name = grad_runtime_name(Int64(names.count)) { names.append(String(cString: name)) }
    return names
  }()
  private static let special: [Double] = [
    0, -0.0, 1, -1, 0.5, -0.5, .infinity, -.infinity, .nan, 0x1p-1030, -0x1p-1030, 1e-40, 1e300, -1e300, 1e10, -1e10, 700, -700, 745, -745,
    88, -104, 40, -40,
    50.5, 20.5, -6.5, 27, 1e-20, -1e-20, 0x1p-27, 3e5, -2e6,
  ]
  private static func arguments(_ seed: UInt64) -> [Double] {
    var state = seed
    let random = (0..<1000).map { i in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (Double(state >> 11) * 0x1p-52 - 1) * [1, 4, 30, 800][i / 250]
    }
    return special + random
  }

  @Test func arraysOfF32HaveTheBitsOfNumbers() {
    typealias One = @convention(c) (Float) -> Float
    typealias Block = @convention(c) (Int64, UnsafeMutablePointer<Float>, UnsafePointer<Float>) -> Void
    // A sum that is fed an array is no function of numbers.
    let names = BlockTests.names.filter { $0.hasSuffix("_block_f32") && $0 != "grad_sum_add_block_f32" && !$0.contains("_of_block") }
    #expect(names.count > 20)
    let x = BlockTests.arguments(1).map { Float($0) }
    for name in names {
      let one = unsafeBitCast(grad_runtime_address(name.replacing("_block", with: "")), to: One.self)
      let block = unsafeBitCast(grad_runtime_address(name), to: Block.self)
      for count in [0, 1, 7, 33, 300, x.count] {
        var y = Array(x.reversed().prefix(count))
        var inPlace = y
        block(Int64(count), &y, inPlace)
        let expected = inPlace.map { one($0) }
        inPlace.withUnsafeMutableBufferPointer { block(Int64(count), $0.baseAddress!, $0.baseAddress!) }
        for i in 0..<count where !expected[i].isNaN || !y[i].isNaN || !inPlace[i].isNaN {
          #expect(
            y[i].bitPattern == expected[i].bitPattern && inPlace[i].bitPattern == expected[i].bitPattern, "\(name) of \(x[x.count - 1 - i])"
          )
        }
      }
    }
  }

  @Test func arraysOfF64HaveTheBitsOfNumbers() {
    typealias One = @convention(c) (Double) -> Double
    typealias Block = @convention(c) (Int64, UnsafeMutablePointer<Double>, UnsafePointer<Double>) -> Void
    let names = BlockTests.names.filter { $0.hasSuffix("_block_f64") && $0 != "grad_sum_add_block_f64" && !$0.contains("_of_block") }
    #expect(names.count > 20)
    let x = BlockTests.arguments(2)
    for name in names {
      let one = unsafeBitCast(grad_runtime_address(name.replacing("_block", with: "")), to: One.self)
      let block = unsafeBitCast(grad_runtime_address(name), to: Block.self)
      for count in [0, 1, 7, 33, 300, x.count] {
        var y = Array(x.reversed().prefix(count))
        var inPlace = y
        block(Int64(count), &y, inPlace)
        let expected = inPlace.map { one($0) }
        inPlace.withUnsafeMutableBufferPointer { block(Int64(count), $0.baseAddress!, $0.baseAddress!) }
        for i in 0..<count where !expected[i].isNaN || !y[i].isNaN || !inPlace[i].isNaN {
          #expect(
            y[i].bitPattern == expected[i].bitPattern && inPlace[i].bitPattern == expected[i].bitPattern, "\(name) of \(x[x.count - 1 - i])"
          )
        }
      }
    }
  }
}
