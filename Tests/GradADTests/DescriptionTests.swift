import GradAD
import GradIR
import Testing

@Suite struct DescriptionTests {
  private let vector = TensorType(.f64, [.symbol("n")])

  /// What the Jacobian of one op by each operand is called, operands named x, w, the result y.
  private func words(_ types: [TensorType], _ build: (GraphBuilder, [ValueID]) -> ValueID) -> [String] {
    let builder = GraphBuilder()
    let names = ["x", "w"]
    let operands = types.enumerated().map { builder.parameter(Parameter(name: names[$0], type: $1)) }
    let y = build(builder, operands)
    builder.name(y, "y")
    let graph = builder.finish()
    return operands.indices.map { describeJacobian(of: graph.node(of: y), operandIndex: $0, in: graph) }
  }

  @Test func elementwiseFunctionsAreDiagonals() {
    #expect(words([vector]) { $0.map("tanh", $1[0]) } == ["diag(1 − y²)"])
    #expect(words([vector]) { $0.map("sigmoid", $1[0]) } == ["diag(y · (1 − y))"])
    #expect(words([vector]) { $0.map("sin", $1[0]) } == ["diag(cos(x))"])
    #expect(words([vector]) { $0.map("relu", $1[0]) } == ["diag(1 if x > 0 else 0)"])
    #expect(words([vector, vector]) { $0.multiply($1[0], $1[1]) } == ["diag(w)", "diag(x)"])
    #expect(words([vector, vector]) { $0.subtract($1[0], $1[1]) } == ["I", "−I"])
    #expect(words([vector, vector]) { $0.divide($1[0], $1[1]) } == ["diag(1 / w)", "diag(−y / w)"])
    #expect(words([vector]) { $0.map("floor", $1[0]) } == ["0"])
  }

  @Test func sumsAndProductsAreRowsAndMatrices() {
    let matrix = TensorType(.f64, [.symbol("m"), .symbol("n")])
    #expect(words([vector]) { $0.sum($1[0], axes: [0]) } == ["1ᵀ"])
    #expect(words([vector, vector]) { $0.contract($1[0], $1[1], Contraction([0], [0], [])) } == ["wᵀ", "xᵀ"])
    #expect(words([matrix, vector]) { $0.contract($1[0], $1[1], Contraction([0, 1], [1], [0])) }[1] == "x")
    #expect(words([vector, matrix]) { $0.contract($1[0], $1[1], Contraction([1], [0, 1], [0])) }[0] == "w")
    #expect(words([TensorType(.f64)]) { $0.broadcast($1[0], to: [3], axes: []) } == ["1"])
  }
}
