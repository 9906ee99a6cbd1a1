import GradAD
import GradIR
import Testing

@Suite struct LinearMapTests {
  private let n = Dim.symbol("n")

  @Test func transposeOfBroadcastIsReduceSum() {
    let spread = LinearMap(.broadcast(axes: [1]), from: TensorType(.f64, [n]), to: TensorType(.f64, [3, n]))
    #expect(spread.transposed == LinearMap(.sum(axes: [0]), from: TensorType(.f64, [3, n]), to: TensorType(.f64, [n])))
  }

  @Test func transposeOfSliceIsPad() {
    let slice = LinearMap(
      .slice([SliceAxis(start: 1, count: 3, step: 2)]), from: TensorType(.f64, [n + 6]), to: TensorType(.f64, [3]))
    #expect(slice.transposed.form == .pad([PadAxis(low: 1, high: n, interior: 1)]))
  }

  @Test func productsFold() {
    let type = TensorType(.f64, [n])
    let half = LinearMap.scale(0.5, type)
    #expect(LinearMap.product([.identity(type), half, .identity(type)]) == half)
    #expect(LinearMap.product([half, .zero(type, type)]).isZero)
    #expect(LinearMap.total([.zero(type, type), half]) == half)
  }

  /// Aᵀᵀ = A for the Jacobian of every op of the table.
  @Test(arguments: structuralCases) func transposingTwiceChangesNothing(in structural: DerivativeCase) {
    let builder = GraphBuilder()
    let inputs = structural.inputs.map { builder.parameter(Parameter(name: "x", type: floats(.f64, $0.shape))) }
    _ = structural.build(builder, inputs)
    for node in builder.finish().nodes where node.op.name == structural.op && node.op.name != "loop" {
      // An empty slice forgets where it stood.
      if node.types[0].shape.count == 0 { continue }
      for operand in node.operands.indices {
        let map = localJacobian(node, operandIndex: operand, in: builder)
        #expect(map.transposed.domain == map.range && map.transposed.range == map.domain)
        #expect(map.transposed.transposed == map)
      }
    }
  }
}
