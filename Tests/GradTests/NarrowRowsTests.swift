import GradIR
import TestSupport
import Testing

@testable import Grad
@testable import GradCodegen

/// Rows of a few classes go by blocks, a list of statements each: whatever their number, the bits are the interpreter's, and so is the fault.
@Suite struct NarrowRowsTests {
  private static let counts = [1, 7, 8, 63, 64, 127, 128, 129, 300]

  private func model(_ columns: Int, _ type: String, rows: Int?) throws -> Model {
    let text = """
      precision \(type)
      \(rows == nil ? "dim n" : "")
      input x: [\(rows.map { "\($0)" } ?? "n"), \(columns)]
      param b: [\(columns)]
      input label: i32[\(rows.map { "\($0)" } ?? "n")]
      logits = x + b
      loss = mean(softmax_cross_entropy(logits, label))
      output loss, grad(loss, b, x), p = softmax(logits), z = logsumexp(logits, axis=1)
      """
    return try Model(source: SourceFile(name: "classes.gd", text: text))
  }
  private func data(_ rows: Int, _ columns: Int, _ type: String, wrong: Int? = nil) -> ModelData {
    var data = ModelData()
    data.set("x", .spread([rows, columns], type, by: 7))
    data.set("b", .spread([columns], type, by: 7))
    data.set("label", Tensor((0..<rows).map { Int32($0 == wrong ? -1 : $0 * 3 % columns) }))
    return data
  }

  @Test(arguments: [2, 3, 10, 16], ["f32", "f64"]) func theBitsAreTheInterpreters(columns: Int, type: String) throws {
    let open = try model(columns, type, rows: nil)
    for rows in Self.counts {
      for model in [open, try model(columns, type, rows: rows)] {
        let bound = try model.bind(data(rows, columns, type))
        let expected = try bound.interpreted()
        for tier in [Tier.tcc, .cc] where tier == .tcc || (rows == 129 && Program.path(of: "cc") != nil) {
          for (own, expected) in zip(try CompiledModel(model, tier: tier, verifying: false).run(bound), expected) {
            #expect(own.tensor.hasSameBits(as: expected.tensor), "\(own.name), \(rows) rows of \(columns), \(tier)")
          }
        }
      }
    }
  }

  /// As long as the arrays of a block fit, no function goes one by one.
  @Test(arguments: [2, 10, 16]) func functionsAreOfBlocks(columns: Int) throws {
    let model = try model(columns, "f32", rows: nil)
    let source = generateC(model.optimized, options: COptions(name: "classes", target: .jit)).source
    #expect(source.contains("grad_exp_block_f32(") && !source.contains("grad_exp_f32("))
  }

  @Test(arguments: [0, 127, 128, 299]) func aLabelOutsideTheClassesIsTold(wrong: Int) throws {
    let model = try model(10, "f32", rows: nil)
    let bound = try model.bind(data(300, 10, "f32", wrong: wrong))
    let compiled = try CompiledModel(model)
    let expected = #expect(throws: (any Error).self) { try bound.interpreted() }
    let found = #expect(throws: (any Error).self) { try compiled.run(bound) }
    #expect(expected.map { "\($0)" } == found.map { "\($0)" })
    #expect(found.map { "\($0)".contains("the index -1 at [\(wrong)]") } == true)
  }
}
