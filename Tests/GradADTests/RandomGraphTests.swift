import Foundation
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
    let written = builder.finish()
    // Each derivative can be told in words, whatever is on its way.
    #expect(describeJacobians(of: written).components(separatedBy: "vjp(").count > 2 * count)
    let results = try evaluate(written, inputs, dims: sample.dims).map(numbers)
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

  /// The whole Jacobian, by structure or by a vectorized basis, applied to v is the tangent; masks change no finite derivative.
  @Test(arguments: 1...40) func jacobiansAgreeWithTangents(seed: Int) throws {
    var options = RandomGraph.Options()
    options.specialShare = 0
    options.allowsLargeDims = false
    let sample = RandomGraph.make(seed: UInt64(seed) + 5000, size: 18, options: options)
    var graph = sample.graph
    graph.results = []
    let builder = GraphBuilder(graph)
    var inputs = sample.inputs
    var random = Numbers(seed: UInt64(seed))
    func count(_ value: ValueID) -> Int { builder.shape(of: value).extents(sample.dims)?.reduce(1, *) ?? 0 }
    let floats = sample.graph.parameterValues.compactMap { $0 }.filter { builder.type(of: $0).dtype == .f64 }
    let values = (0..<sample.graph.valueCount).map { ValueID($0) }.filter { builder.type(of: $0).dtype == .f64 }
    var pairs = 0
    for x in floats.prefix(2) {
      let type = builder.type(of: x)
      let extents = try #require(type.shape.extents(sample.dims))
      inputs.append(tensor(random.tensor(extents), extents, type.dtype))
      let v = builder.parameter(Parameter(name: "v", type: type, role: .input))
      for y in values.suffix(5) where y != x && count(x) * count(y) <= 3000 {
        let never = builder.constant(0, builder.type(of: y).with(.bool))
        let masked = builder.variable(builder.select(never, builder.zeros(builder.type(of: y)), y))
        builder.output("v", v)
        builder.output("pushed", builder.add(.derivative(.jacobianVector), [y, x, v]))
        builder.output("masked", builder.add(.derivative(.jacobianVector), [masked, x, v]))
        builder.output("jacobian", builder.add(.derivative(.jacobian), [y, x]))
        builder.output("maskedJacobian", builder.add(.derivative(.jacobian), [masked, x]))
        pairs += 1
      }
    }
    let results = try evaluate(builder.finish(), inputs, dims: sample.dims).map(numbers)
    for pair in 0..<pairs {
      let own = Array(results[5 * pair..<5 * pair + 5])
      let n = own[0].count
      for i in own[1].indices {
        let (row, maskedRow) = (Array(own[3][i * n..<(i + 1) * n]), Array(own[4][i * n..<(i + 1) * n]))
        let scale = zip(row, own[0]).reduce(1e-3) { $0 + abs($1.0 * $1.1) }
        guard scale.isFinite, own[1][i].isFinite else { continue }
        #expect(abs(dot(row, own[0]) - own[1][i]) <= 1e-5 * scale)
        #expect(abs(dot(maskedRow, own[0]) - own[1][i]) <= 1e-5 * scale)
        #expect(abs(own[2][i] - own[1][i]) <= 1e-5 * scale)
      }
    }
  }
}
