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

  private static let tiers = [Tier.tcc] + (Program.path(of: "cc") == nil ? [] : [.cc])

  @Test(arguments: [2, 3, 10, 16], ["f32", "f64"]) func theBitsAreTheInterpreters(columns: Int, type: String) throws {
    let open = try model(columns, type, rows: nil)
    for tier in Self.tiers {
      let compiled = try CompiledModel(open, tier: tier, verifying: false)
      for rows in Self.counts {
        let bound = try open.bind(data(rows, columns, type))
        expectSameBits(try compiled.run(bound), try bound.interpreted(), "\(rows) rows of \(columns), \(tier)")
        guard tier == .tcc || rows == 129 else { continue }
        let own = try model(columns, type, rows: rows)
        let results = try CompiledModel(own, tier: tier, verifying: false).run(own.bind(data(rows, columns, type)))
        expectSameBits(results, try bound.interpreted(), "always \(rows) rows of \(columns), \(tier)")
      }
    }
  }

  /// What is read and written across the memory goes through arrays of its own in the C of libraries, so that the system's compiler makes vectors of
  /// the functions, and functions go by blocks in libtcc's: where a row is stored over what it reads too.
  @Test func columnsOverWhatIsReadHaveTheInterpretersBits() throws {
    let text = """
      dim n
      input h: [n, 4]
      input y: [n, 10]
      param W: [4, 10]
      logits = h @ W
      loss = mean(logsumexp(logits, axis=1) - sum(y * logits, axis=1))
      output loss, grad(loss, W)
      """
    let model = try Model(source: SourceFile(name: "classes.gd", text: text))
    let source = generateC(model.optimized, options: COptions(name: "classes", target: .library)).source
    #expect(source.contains(" = logits[(start + place) * 10];") && source.contains("logits[(start + place) * 10 + 9] = apart"))
    let blocks = generateC(model.optimized, options: COptions(name: "classes", target: .jit)).source
    #expect(blocks.contains("grad_exp_block_f32(") && !blocks.contains("grad_exp_f32("))
    for tier in Self.tiers {
      let compiled = try CompiledModel(model, tier: tier, verifying: false)
      for rows in Self.counts {
        var data = ModelData()
        data.set("h", .spread([rows, 4], "f32", by: 7))
        data.set("y", .spread([rows, 10], "f32", by: 5))
        data.set("W", .spread([4, 10], "f32", by: 3))
        let bound = try model.bind(data)
        expectSameBits(try compiled.run(bound), try bound.interpreted(), "\(rows) rows, \(tier)")
      }
    }
  }

  private func expectSameBits(_ own: [NamedTensor], _ expected: [NamedTensor], _ what: String) {
    for (own, expected) in zip(own, expected) { #expect(own.tensor.hasSameBits(as: expected.tensor), "\(own.name), \(what)") }
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
    let expected = #expect(throws: (any Error).self) { try bound.interpreted() }
    for tier in Self.tiers {
      let compiled = try CompiledModel(model, tier: tier)
      let found = #expect(throws: (any Error).self) { try compiled.run(bound) }
      #expect(expected.map { "\($0)" } == found.map { "\($0)" })
      #expect(found.map { "\($0)".contains("the index -1 at [\(wrong)]") } == true)
    }
  }
}
