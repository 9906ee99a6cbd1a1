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
    #expect(words([vector]) { $0.map("relu", $1[0]) } == ["diag(1 if y > 0 else 0)"])
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

  @Test func matricesStandAtTheSideThatTheyMultiplyAt() {
    let (left, right) = (TensorType(.f64, [.symbol("m"), .symbol("n")]), TensorType(.f64, [.symbol("n"), .symbol("k")]))
    #expect(words([left, right]) { $0.contract($1[0], $1[1], Contraction([0, 1], [1, 2], [0, 2])) } == ["· w", "x ·"])
    let turned = TensorType(.f64, [.symbol("k"), .symbol("n")])
    #expect(words([left, turned]) { $0.contract($1[0], $1[1], Contraction([0, 1], [2, 1], [0, 2])) }[0] == "· wᵀ")
  }

  @Test func extentsAreTheirDims() {
    let matrix = TensorType(.f64, [.symbol("m"), .symbol("n")])
    func byCount(_ count: Dim) -> String {
      words([matrix]) { builder, x in
        let divisor = builder.cast(builder.add(.dimension(count), []), to: .f64)
        return builder.divide(builder.sum(x[0], axes: [0, 1]), divisor)
      }[0]
    }
    // The node in question is the division, whose first operand is the sum.
    #expect(byCount(.symbol("n")) == "1 / n" && byCount(.symbol("m") * .symbol("n")) == "1 / (m*n)")
  }

  @Test func aDerivativeIsListedFromItsValueBack() {
    let builder = GraphBuilder()
    let x = builder.parameter(Parameter(name: "x", type: vector))
    let u = builder.map("tanh", x)
    let y = builder.sum(builder.add(.map(.known("add")), [builder.map("sin", u), u]), axes: [0])
    builder.name(u, "u")
    builder.name(y, "y")
    builder.name(builder.add(.derivative(.gradient), [y, x]), "dy_dx")
    #expect(
      describeJacobians(of: builder.finish())
        == """
        dy_dx = gradient(y, x)
          y = reduce_sum(%3)    ∂/∂%3 = 1ᵀ
          %3 = add(%2, u)       ∂/∂%2 = I, ∂/∂u = I
          %2 = sin(u)           ∂/∂u = diag(cos(u))
          u = tanh(x)           ∂/∂x = diag(1 − u²)
        """)
    let plain = GraphBuilder()
    plain.output("x", plain.parameter(Parameter(name: "x", type: vector)))
    #expect(describeJacobians(of: plain.finish()) == "no derivatives")
  }
}
