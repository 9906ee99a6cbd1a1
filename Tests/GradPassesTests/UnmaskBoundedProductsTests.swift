import GradIR
import GradPasses
import TestSupport
import Testing

@Suite struct UnmaskBoundedProductsTests {
  private static let float = TensorType(.f32, [.symbol("n")])

  /// Whether d ∘̸ v, and Σ d ∘̸ v, become plain for a factor d made of x (float), k (integer) and c (bool).
  private func becomesPlain(_ factor: (GraphBuilder, ValueID, ValueID, ValueID) -> ValueID) -> Bool {
    let float = Self.float
    let builder = GraphBuilder()
    func parameter(_ name: String, _ type: TensorType) -> ValueID {
      builder.parameter(Parameter(name: name, type: type, role: .input))
    }
    let (x, v) = (parameter("x", float), parameter("v", float))
    let d = factor(builder, x, parameter("k", float.with(.i32)), parameter("c", float.with(.bool)))
    builder.output("product", builder.annihilatingMultiply(d, v))
    builder.output("sum", builder.contract(d, v, Contraction([0], [0], [], annihilating: true)))
    let words = GraphPrinter.print(Pass.unmaskBoundedProducts.run(builder.finish()))
    let masked = [words.contains("annihilating_multiply"), words.contains("->!]")]
    #expect(masked[0] == masked[1])
    return !masked[0]
  }

  @Test func whatChoosesBetweenNumbersIsBounded() {
    #expect(becomesPlain { b, x, _, c in b.select(c, b.ones(Self.float), b.constant(0.1, Self.float)) })
    #expect(becomesPlain { b, x, _, c in b.select(b.map("greater", x, b.zeros(Self.float)), b.ones(Self.float), b.zeros(Self.float)) })
  }
  @Test func integersAndTruthsAreNumbers() {
    #expect(becomesPlain { b, _, k, _ in b.cast(k, to: .f32) })
    #expect(becomesPlain { b, _, _, c in b.cast(c, to: .f32) })
    #expect(becomesPlain { b, _, k, c in b.map("sigmoid", b.multiply(b.cast(k, to: .f32), b.cast(c, to: .f32))) })
  }
  @Test func sumsAndProductsOfBoundedNumbersAreBounded() {
    #expect(becomesPlain { b, _, k, c in b.add(b.map("sin", b.cast(k, to: .f32)), b.cast(c, to: .f32)) })
    #expect(becomesPlain { b, _, k, c in b.divide(b.cast(k, to: .f32), b.constant(3, Self.float)) })
  }

  @Test func dataMayBeNaNAndSoIsAFunctionOfIt() {
    #expect(!becomesPlain { _, x, _, _ in x })
    #expect(!becomesPlain { b, x, _, _ in b.map("sigmoid", x) })
    #expect(!becomesPlain { b, x, _, _ in b.map("tanh", x) })
    #expect(!becomesPlain { b, x, _, c in b.select(c, x, b.zeros(Self.float)) })
  }
  @Test func constantsThatAreNoNumbersStayMasked() {
    #expect(!becomesPlain { b, _, _, _ in b.constant(.nan, Self.float) })
    #expect(!becomesPlain { b, _, _, c in b.select(c, b.ones(Self.float), b.constant(-.infinity, Self.float)) })
  }
  @Test func productsMayOverflow() {
    // (2³¹)⁵ is beyond f32, and so is 1 over a number that may be 0.
    #expect(!becomesPlain { b, _, k, _ in (0..<4).reduce(b.cast(k, to: .f32)) { product, _ in b.multiply(product, b.cast(k, to: .f32)) } })
    #expect(!becomesPlain { b, _, k, _ in b.divide(b.ones(Self.float), b.cast(k, to: .f32)) })
    #expect(!becomesPlain { b, _, k, _ in b.map("exp", b.cast(k, to: .f32)) })
  }

  @Test func aFactorFromOutsideALoopIsKnownInItAndAStateIsNot() {
    func masked(_ asState: Bool) -> Bool {
      let body = GraphBuilder()
      let s = body.parameter(Parameter(name: "s", type: TensorType(.f32)))
      let d = body.parameter(Parameter(name: "d", type: TensorType(.f32)))
      body.output("s", body.annihilatingMultiply(asState ? s : d, body.add(s, d)))
      let builder = GraphBuilder()
      let x = builder.parameter(Parameter(name: "x", type: TensorType(.f32), role: .input))
      let truth = builder.cast(builder.map("less", x, x), to: .f32)
      builder.output("y", builder.loop(Loop(body: body.finish(), count: 3, states: 1, sequences: 0), [truth, truth])[0])
      return GraphPrinter.print(Pass.unmaskBoundedProducts.run(builder.finish())).contains("annihilating_multiply")
    }
    #expect(!masked(false) && masked(true))
  }
}
