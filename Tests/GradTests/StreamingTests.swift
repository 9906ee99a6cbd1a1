import GradIR
import GradLanguage
import Testing

@testable import Grad
@testable import GradCodegen
@testable import GradJIT

/// Arrays that are written past the caches: the same bits, wherever they begin.
@Suite struct StreamingTests {
  private static let models = [
    // The loop of a sum, and others.
    "param x: [N]\nparam w: [N]\nloss = sum(tanh(x * w) + x)\noutput loss, grad(loss, x, w), y = exp(x), z = -x",
    // Rows, most of which begin within a line of the cache.
    "param x: [37, N]\nparam b: [N]\noutput y = x * sigmoid(b), m = mean(x, axis=0), s = softmax(x, axis=1)",
    // What is not written side by side, or is written twice.
    "param x: [N, 7]\noutput y = transpose(x * 2), z = concat([x[:, 0], sin(x[:, 1])], axis=0)",
    // Arrays that are filled and then added to: places that meet, paddings, and the states of a loop.
    "param x: [N, 5]\nparam table: [N, 5]\noutput p = pad(x, [[1, 2], [3, 0]]), g = grad(sum(table[flip(iota(N))] * x), table)",
    "param x: [N]\nparam factors: [3]\nfn step(s, k) = s * k + 1\noutput y = fold(step, x, factors), w = grad(sum(x[1:] * x[:-1]), x)",
    "param x: f64[N]\nparam w: f64[N]\noutput y = x * w + 1, z = cos(x), s = sum(x * w)",
  ]

  private func compare(_ text: String, _ target: COptions.Target, _ compile: (GeneratedC) throws -> CompiledModule) throws {
    for count in [16, 31, 256, 271, 4099] {
      let model = try Model(source: SourceFile(name: "streamed.gd", text: text.replacing("N", with: "\(count)")))
      let bound = try model.bind(ModelData().completed(for: model, openDims: 1))
      let expected = try bound.interpreted()
      for sharesLoops in [false, true] {
        var options = COptions(name: "streamed", target: target, sharesLoops: sharesLoops)
        (options.leastShared, options.leastStreamed) = (0, 0)
        let generated = generateC(model.optimized, options: options)
        if count > 256 { #expect(generated.source.contains("grad_stream_end();"), "\(text): nothing is streamed") }
        let module = try compile(generated)
        var workspace = Workspace()
        let (status, outputs) = try Threads.useForAll(sharesLoops ? 3 : 1) {
          try module.call(
            generated.signature, inputs: bound.tensors, dims: bound.dims, outputs: bound.outputTypes(), workspace: &workspace)
        }
        #expect(status == 0)
        for (reference, found) in zip(expected, outputs) {
          #expect(reference.tensor.hasSameBits(as: found), "\(text), \(reference.name), \(count) elements")
        }
      }
    }
  }

  /// What is written has more bytes than an integer tells.
  @Test func sizesNearTheLimitHaveCode() throws {
    let model = try Model(source: SourceFile(name: "large.gd", text: "input x: f64[2305843009213693951]\noutput y = x + 1, z = x * 2"))
    for target in [COptions.Target.jit, .library] {
      #expect(!generateC(model.optimized, options: COptions(name: "large", target: target)).source.isEmpty)
    }
  }

  #if arch(x86_64)
    #if JIT
      @Test(arguments: models) func theBitsAreTheReferencesByLibtcc(text: String) throws {
        try compare(text, .jit) { try CompiledModule.compiling($0) }
      }
    #endif
    @Test(arguments: models) func theBitsAreTheReferencesByTheSystemsCompiler(text: String) throws {
      guard (try? SystemCompiler.find()) != nil else { return }
      try compare(text, .library) { try CompiledModule.compilingBySystem($0, cache: nil) }
    }
  #endif
}
