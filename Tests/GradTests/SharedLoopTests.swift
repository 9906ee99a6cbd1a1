import GradIR
import GradJIT
import TestSupport
import Testing

@testable import Grad
@testable import GradCodegen

/// Loops that several threads share give the bits of the reference, whatever the sizes and the number of threads, and the same fault.
@Suite struct SharedLoopTests {
  private static let models = [
    // One loop, several arrays and a total.
    """
    dim n
    param x: [n]
    param a: [n]
    loss = sum(tanh(a * x) * sigmoid(x) + exp(-x * x))
    output loss, grad(loss, x, a)
    """,
    // Two totals, one of integers; f64.
    """
    dim n
    param x: f64[n]
    input k: i32[n]
    output s = sum(x * x), t = sum(k * k + 1)
    """,
    // Rows with reductions of their own, and a transpose.
    """
    dim n
    param x: [n, 7]
    output z = transpose(x * 2), m = max(tanh(x), axis=1)
    """,
    // A total over two axes that are one in memory.
    """
    dim n
    param x: [n, 3]
    output s = sum(sin(x))
    """,
  ]

  private static let counts = [1, 3, 511, 512, 513, 1024, 1500, 40_000, 131_073]
  /// A product by blocks of rows.
  private static let product = """
    input x: [9, 500]
    input g: [9, 130]
    param w: [500, 130]
    output next = w - 0.1 * tanh(transpose(x) @ g)
    """

  /// Sums of columns, some of them scaled: in parts of 64 and of 32 columns.
  private static let columns = [
    """
    dim n
    input x: [n, 200]
    input g: [n, 200]
    output y = tanh(x) * g, s = sum(tanh(x) * g, axis=0), e = sum(exp(-x * x), axis=0)
    """,
    """
    dim n
    input x: f64[n, 3, 70]
    output y = x * x, s = sum(x * x, axis=[0, 1])
    """,
    """
    dim n, m
    input x: [n, m]
    input r: [n]
    output y = sqrt(x * x + 1), s = (r * r + 1) @ sqrt(x * x + 1)
    """,
  ]

  private func generated(_ model: Model, _ target: COptions.Target) -> GeneratedC {
    var options = COptions(name: "shared", target: target, sharesLoops: true)
    options.leastShared = 0
    return generateC(model.optimized, options: options)
  }

  private func compare(
    _ model: Model, _ module: borrowing CompiledModule, _ generated: GeneratedC, _ words: String, counts: [Int]
  ) throws {
    #expect(generated.source.contains("grad_parallel("), "\(words): nothing is shared")
    for count in counts {
      let bound = try model.bind(ModelData().completed(for: model, openDims: count))
      let expected = try bound.interpreted()
      for threads in [1, 2, 3, 7] {
        var workspace = Workspace()
        let types = try bound.outputTypes()
        let (status, outputs) = try Threads.useForAll(threads) {
          try module.call(generated.signature, inputs: bound.tensors, dims: bound.dims, outputs: types, workspace: &workspace)
        }
        #expect(status == 0)
        for (reference, found) in zip(expected, outputs) {
          let isSame = reference.tensor.hasSameBits(as: found)
          #expect(isSame, "\(words), \(reference.name), \(count) elements, \(threads) threads")
        }
      }
    }
  }

  @Test(arguments: models) func theBitsAreTheReferences(text: String) throws { try compare(text, counts: Self.counts) }
  @Test func soAreThoseOfAProductByBlocks() throws { try compare(Self.product, counts: [1]) }

  /// The system's compiler alone is given parts.
  @Test(arguments: columns) func soAreThoseOfSumsOfColumns(text: String) throws {
    let model = try Model(source: SourceFile(name: "columns.gd", text: text))
    let library = generated(model, .library)
    #expect(library.source.contains("for (int64_t part = begin; "))
    guard Program.path(of: "cc") != nil else { return }
    let module = try CompiledModule.compilingBySystem(library, cache: nil)
    try compare(model, module, library, "cc", counts: [1, 3, 17, 64, 513, 1500])
  }

  /// Where parts would take more of the stack than a thread may have, find another fault first, or gain nothing, one thread adds.
  @Test(arguments: [
    "output \((0..<9).map { "s\($0) = sum(sin(\($0 + 2) * x), axis=0)" }.joined(separator: ", "))",
    "input i: i32[n, 100]\ninput table: [5]\noutput s = sum(exp(x) * table[i], axis=0)",
    "output s = sum(x, axis=0)",
  ]) func theseAreNot(text: String) throws {
    let model = try Model(source: SourceFile(name: "columns.gd", text: "dim n\ninput x: [n, 100]\n" + text))
    #expect(!generated(model, .library).source.contains("for (int64_t part = begin; "))
  }

  private func compare(_ text: String, counts: [Int]) throws {
    let model = try Model(source: SourceFile(name: "shared.gd", text: text))
    #if JIT
      let jit = generated(model, .jit)
      try compare(model, CompiledModule.compiling(jit), jit, "libtcc", counts: counts)
    #endif
    if Program.path(of: "cc") != nil {
      let library = generated(model, .library)
      try compare(model, CompiledModule.compilingBySystem(library, cache: nil), library, "cc", counts: counts)
    }
  }

  #if JIT
    /// Two places can fail; the first element that does decides which is told.
    @Test func theFaultIsThatOfTheFirstElement() throws {
      let text = """
        dim n
        input i: i32[n]
        input j: i32[n]
        param table: [5]
        output y = table[i] + table[j]
        """
      let model = try Model(source: SourceFile(name: "faults.gd", text: text))
      let code = generated(model, .jit)
      let module = try CompiledModule.compiling(code)
      for (first, second) in [(900, 700), (700, 900), (5000, 4999), (1, 9999)] {
        func places(_ wrong: Int) -> Tensor { Tensor((0..<10_000).map { Int32($0 == wrong ? 77 : $0 % 5) }) }
        let inputs = model.graph.parameters.map { parameter in
          switch parameter.name {
          case "i": places(first)
          case "j": places(second)
          default: Tensor((0..<5).map { Float($0) })
          }
        }
        var statuses: [Int32] = []
        for threads in [1, 2, 3, 7] {
          var workspace = Workspace()
          let (status, _) = try Threads.useForAll(threads) {
            try module.call(code.signature, inputs: inputs, dims: ["n": 10_000], outputs: [(.f32, [10_000])], workspace: &workspace)
          }
          statuses.append(status)
        }
        #expect(statuses[0] != 0 && statuses.allSatisfy { $0 == statuses[0] }, "\(statuses)")
      }
    }
  #endif
}
