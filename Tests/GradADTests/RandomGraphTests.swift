import GradAD
import GradIR
import TestSupport
import Testing

@Suite struct RandomGraphTests {
  /// Both modes on random graphs over every op, loops in loops among them: valid graphs, and ⟨u, J v⟩ = ⟨Jᵀ u, v⟩ wherever both are
  /// numbers. The second derivative runs through all that the first wrote down.
  @Test(arguments: 1...60) func modesAgree(seed: Int) throws {
    var options = RandomGraph.Options()
    options.specialShare = 0
    options.allowsLargeDims = false
    let sample = RandomGraph.make(seed: UInt64(seed), size: 22, options: options)
    var graph = sample.graph
    graph.results = []
    let builder = GraphBuilder(graph)
    var inputs = sample.inputs
    var random = Numbers(seed: UInt64(seed) + 1000)
    func parameter(like type: TensorType) throws -> ValueID {
      let extents = try #require(type.shape.extents(sample.dims))
      inputs.append(tensor(random.tensor(extents), extents, type.dtype))
      return builder.parameter(Parameter(name: "p\(inputs.count)", type: type, role: .input))
    }
    let floats = sample.graph.parameterValues.compactMap { $0 }.filter { builder.type(of: $0).dtype == .f64 }
    let values = (0..<sample.graph.valueCount).map { ValueID($0) }.filter { builder.type(of: $0).dtype == .f64 }
    var count = 0
    for x in floats.prefix(2) {
      let v = try parameter(like: builder.type(of: x))
      for y in values.suffix(4) where y != x {
        let u = try parameter(like: builder.type(of: y))
        let pulled = builder.add(.derivative(.vectorJacobian), [y, x, u])
        let pushed = builder.add(.derivative(.jacobianVector), [y, x, v])
        builder.output("u", u)
        builder.output("v", v)
        builder.output("pushed", pushed)
        builder.output("pulled", pulled)
        builder.output("pulledPushed", builder.add(.derivative(.jacobianVector), [pulled, x, v]))
        builder.output("pulledPulled", builder.add(.derivative(.vectorJacobian), [pulled, x, v]))
        count += 1
      }
    }
    let results = try evaluate(builder.finish(), inputs, dims: sample.dims).map(numbers)
    for place in 0..<count {
      let own = Array(results[6 * place..<6 * place + 6])
      // Second order: vᵀ (∂pulled/∂x v) both ways, which are transposes of one another.
      for (a, b, c, d) in [(own[0], own[2], own[3], own[1]), (own[1], own[4], own[5], own[1])] {
        let (left, right) = (dot(a, b), dot(c, d))
        let scale = zip(a + c, b + d).reduce(1e-3) { $0 + abs($1.0 * $1.1) }
        guard left.isFinite, right.isFinite else { continue }
        #expect(abs(left - right) <= 1e-5 * scale, "\(left) and \(right) of \(scale)")
      }
    }
  }
}
