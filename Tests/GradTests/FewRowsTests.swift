import GradIR
import Testing

@testable import Grad

/// Few rows with totals are written out: what a row keeps for its passes is its own.
@Suite struct FewRowsTests {
  private static let formulas = [
    "sum(log(softmax(x)))", "sum(softmax(x) * sin(x))", "sum(softmax(x)^2) + sum(logsumexp(x, axis=1))", "sum(layer_norm(x, 1, 0) * x)",
    "prod(sum(exp(x), axis=1))", "max(cos(x) / sum(cos(x), axis=1, keepdims=true))", "sum((x @ w)^2)",
    "sum(tanh(x @ w) * sum(exp(x), axis=1))", "sum(where(x > 0, sqrt(x), 0)) + sum(max(x, axis=1))", "mean(std(exp(x), axis=1))",
  ]

  @Test(arguments: formulas, [(1, 5), (1, 16), (2, 3), (2, 5), (2, 8), (3, 4), (3, 5), (4, 4), (4, 2), (5, 3)])
  func compiledCodeHasTheInterpretersBits(_ formula: String, _ extents: (rows: Int, columns: Int)) throws {
    for type in ["f32", "f64"] {
      let text = """
        precision \(type)
        input x: [\(extents.rows), \(extents.columns)]
        input w: [\(extents.columns)]
        loss = \(formula)
        output loss, grad(loss, x), p = softmax(x), q = exp(x), r = sum(exp(x), axis=1)
        """
      let model = try Model(source: SourceFile(name: "rows.gd", text: text))
      var data = ModelData()
      data.set("x", .spread([extents.rows, extents.columns], type, by: 31))
      data.set("w", .spread([extents.columns], type, by: 31))
      let bound = try model.bind(data)
      let found = try CompiledModel(model, verifying: false).run(bound)
      for (own, expected) in zip(found, try bound.interpreted()) {
        #expect(own.tensor.hasSameBits(as: expected.tensor), "\(own.name) of \(formula)")
      }
    }
  }
}
