import GradCodegen
import GradIR
import GradJIT
import TestSupport
import Testing

/// Products whose sizes the system's compiler knows have the bits of the interpreter's, whichever way their operands lie.
@Suite struct FixedProductTests {
  @Test(arguments: [DType.f32, .f64]) func smallProductsOfKnownSizesHaveTheReferencesBits(dtype: DType) throws {
    guard (try? SystemCompiler.find()) != nil else { return }
    let random = RandomSource(seed: 11)
    let builder = GraphBuilder()
    var inputs: [Tensor] = []
    func operand(_ shape: [Int], isTurned: Bool) -> ValueID {
      let own = isTurned ? [shape[0], shape[2], shape[1]] : shape
      inputs.append(random.tensor(dtype, shape: own, specialShare: 0.02))
      let type = TensorType(dtype, Shape(own.map { Dim($0) }))
      let value = builder.parameter(Parameter(name: "p\(inputs.count)", type: type, role: .input))
      return isTurned ? builder.transpose(value, [0, 2, 1]) : value
    }
    // Each edge of tiles and vectors of 4, 8 and 16, and one size beyond.
    let sizes = [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 15, 16, 17, 24, 31, 32, 33]
    for place in 0..<120 {
      let (m, n, k) = (random.pick(sizes), random.pick(sizes), random.pick(sizes))
      let a = operand([2, m, k], isTurned: place % 2 == 1)
      let b = operand([2, k, n], isTurned: place / 2 % 2 == 1)
      let product = builder.contract(a, b, Contraction([0, 1, 3], [0, 3, 2], place / 4 % 2 == 1 ? [0, 2, 1] : [0, 1, 2]))
      builder.output("c\(place)", product)
    }
    let graph = builder.finish()
    let generated = generateC(graph, options: COptions(name: "products", target: .library))
    #expect(generated.source.contains("grad_matrix_fixed_\(dtype)(32, ") && generated.source.contains("grad_matrix_product_\(dtype)(33, "))
    try compareBackends(graph, inputs, [:], "\(dtype)", bySystem: true)
  }
}
