import Foundation
import GradCodegen
import GradIR
import GradJIT
import GradPasses
import TestSupport
import Testing

@testable import Grad

/// Outputs that take the places of inputs have the values that they have in arrays of their own.
@Suite struct InPlaceTests {
  private func model(_ text: String) throws -> Model { try Model(source: SourceFile(name: "model.gd", text: text + "\n")) }

  private static let networks = """
    dim n
    input x: [n, 6]
    input label: i32[n]
    param W1: [6, 6] ~ glorot
    param b1: [6] ~ normal(0.1)
    h = tanh(x @ W1 + b1)
    loss = mean(softmax_cross_entropy(h, label))

    """

  @Test(arguments: [
    // Training steps.
    (
      networks + "output loss, W1_next = W1 - 0.1 * grad(loss, W1), b1_next = b1 - 0.1 * grad(loss, b1)",
      ["W1": "W1_next", "b1": "b1_next"]
    ),
    (
      networks + """
        input m: [6, 6]
        input s: [6, 6]
        input t: []
        fn adam(p, m, s, g) {
          m2 = 0.9 * m + 0.1 * g
          s2 = 0.999 * s + 0.001 * g^2
          return p - 1e-3 * (m2 / (1 - 0.9^t)) / (sqrt(s2 / (1 - 0.999^t)) + 1e-8), m2, s2
        }
        W1_next, m_next, s_next = adam(W1, m, s, grad(loss, W1))
        output loss, W1_next, m_next, s_next, t_next = t + 1, before = W1
        """, ["W1": "W1_next", "m": "m_next", "s": "s_next", "t": "t_next"]
    ),
    // The order of reading and writing matters.
    ("param W: [7, 7] ~ normal(1)\noutput next = W @ W", ["W": "next"]),
    ("param W: [7, 7] ~ normal(1)\noutput next = W.T", ["W": "next"]),
    ("param W: [7, 7] ~ normal(1)\noutput next = W.T + W", ["W": "next"]),
    ("param W: [7, 7] ~ normal(1)\noutput next = cumsum(W, axis=0)", ["W": "next"]),
    ("param w: [9] ~ normal(1)\noutput next = w[::-1]", ["w": "next"]),
    ("param w: [9] ~ normal(1)\noutput next = concat([w[1:], w[:1]])", ["w": "next"]),
    ("param W: [5, 8] ~ normal(1)\noutput next = softmax(W, axis=1)", ["W": "next"]),
    ("param W: [5, 8] ~ normal(1)\noutput next = softmax(W, axis=0)", ["W": "next"]),
    ("param W: [5, 8] ~ normal(1)\noutput next = W / sum(W^2), s = sum(W)", ["W": "next"]),
    ("param W: [5, 8] ~ normal(1)\nu = exp(W)\noutput next = u + W, v = u * W, w = W", ["W": "next"]),
    ("param W: [5, 8] ~ normal(1)\ninput i: i32[5]\noutput next = W[i]", ["W": "next"]),
    ("param W: [5, 8] ~ normal(1)\ninput xs: [3]\nfn f(w, x) = x * tanh(w) + W\noutput next = fold(f, W, xs)", ["W": "next"]),
    ("param W: [5, 8] ~ normal(1)\ninput xs: [3]\nfn f(w, x) = tanh(w) - x\noutput next = fold(f, W, xs)", ["W": "next"]),
    ("param a: [8] ~ normal(1)\ninput xs: [3]\nfn f(a, b, x) = b + x, cumsum(a)\nu, v = fold(f, (a, 2 * a), xs)\noutput u, v", ["a": "v"]),
    // Each step reads what the step before wrote.
    (
      "param s: [2] ~ normal(1)\ninput xs: [3]\nfn step(s, u) = s + stack([s[1] * u, sin(s[0])])\noutput next = fold(step, s, xs)",
      ["s": "next"]
    ),
    // Exchanged, turned round, handed through.
    ("param a: [4] ~ normal(1)\nparam b: [4] ~ normal(1)\noutput a2 = b, b2 = a", ["a": "a2", "b": "b2"]),
    (
      "param a: [4] ~ normal(1)\nparam b: [4] ~ normal(1)\nparam c: [4] ~ normal(1)\noutput a2 = b, b2 = 2 * c, c2 = a, d = a + b",
      ["a": "a2", "b": "b2", "c": "c2"]
    ),
    ("param a: [] ~ normal(1)\nparam b: [] ~ normal(1)\noutput a2 = b, b2 = a, c = a", ["a": "a2", "b": "b2"]),
    ("param W: [4, 4] ~ normal(1)\noutput next = W, copy = W", ["W": "next"]),
    ("param W: [4, 4] ~ normal(1)\noutput next = zeros([4, 4]), copy = W", ["W": "next"]),
    ("dim n\ninput i: i64[n]\noutput next = i + sum(i)", ["i": "next"]),
  ])
  func theValuesAreThoseOfSeparateArrays(_ text: String, _ pairs: [String: String]) throws {
    let model = try model(text)
    let updating = try model.updating(pairs.sorted { $0.key < $1.key }.map { (input: $0.key, output: $0.value) })
    var data = ModelData()
    for parameter in model.parameters where parameter.role == .input {
      let extents = try #require(parameter.type.shape.extents(["n": 5]))
      var random = RandomSource(seed: 4)
      let count = extents.reduce(1, *)
      let tensor =
        parameter.type.dtype.isFloat
        ? Tensor((0..<count).map { _ in Float(random.unit() + 0.1) }, shape: extents)
        : Tensor((0..<count).map { Int64(($0 * 3 + 1) % 5) }, shape: extents)
      data.set(parameter.name, tensor)
    }
    let expected = try model.bind(data).run(on: .interpreter)
    for backend in [Backend.tcc, .cc] {
      if backend == .cc, !FileManager.default.isExecutableFile(atPath: "/usr/bin/cc") { continue }
      let found = try updating.bind(data).run(on: backend)
      for (a, b) in zip(expected, found) { #expect(a.tensor.difference(from: b.tensor) == nil, "\(backend), \(a.name)") }
    }
  }

  /// Where reading comes before writing there is no copy: not a byte of workspace.
  @Test(arguments: [
    ("dim n\nparam w: [n]\ninput g: [n]\noutput next = w - 0.1 * g", true),
    ("dim n\nparam w: [n]\ninput g: [n]\noutput next = w - 0.1 * g, twice = 2 * w", true),
    ("dim n\nparam w: [n, n]\noutput next = softmax(w, axis=1)", true),
    ("dim n\nparam w: [n]\noutput next = w[::-1]", false),
    ("dim n\nparam w: [n, n]\noutput next = w.T", false),
  ])
  func aCopyIsMadeOnlyWhereItMustBe(_ text: String, isDirect: Bool) throws {
    let c = try model(text).updating([("w", "next")]).generatedC(for: .embedded)
    #expect(c.source.contains("copy_next") != isDirect, "\(c.source)")
  }

  @Test func trainingIsCallsAlone() throws {
    let step = try model("param w: f64[2] ~ zeros\nloss = sum((w - [1, -2])^2)\noutput loss, w_next = w - 0.25 * grad(loss, w)")
      .updating([("w", "w_next")])
    let compiled = try CompiledModel(step)
    var memory = try CallMemory(for: compiled, step.bind(ModelData()))
    for _ in 0..<3 { try compiled.call(&memory) }
    #expect(memory.withOutput("loss", as: Double.self) { Array($0) } == [5.0 / 16])
    #expect(memory.withInput("w", as: Double.self) { Array($0) } == [0.875, -1.75])
    #expect(memory.withOutput("w_next", as: Double.self) { Array($0) } == [0.875, -1.75])
  }

  @Test(arguments: 0..<12) func randomGraphsAgreeToTheBit(part: UInt64) throws {
    for seed in (part * 25)..<(part * 25 + 25) {
      var options = RandomGraph.Options()
      options.allowsFaults = true
      let sample = RandomGraph.make(seed: 7_000 + seed, options: options)
      let (graph, pairs) = RandomGraph.updates(of: Pass.eliminateDeadNodes.run(sample.graph), seed: seed)
      let updates = pairs.map { InPlaceUpdate(input: $0.input, output: $0.output) }
      let generated = generateC(graph, options: COptions(name: "random", target: .jit, updates: updates))
      let module = try CompiledModule.compiling(generated)
      var workspace = Workspace()
      let outputs = graph.results.map { (graph.type(of: $0.value).dtype, graph.shape(of: $0.value).extents(sample.dims) ?? []) }
      let (status, found) = try module.call(
        generated.signature, inputs: sample.inputs, dims: sample.dims, outputs: outputs, workspace: &workspace)
      guard let expected = try? GraphInterpreter.run(graph, inputs: sample.inputs, dims: sample.dims) else {
        #expect(status != 0, "seed \(seed)")
        continue
      }
      #expect(status == 0, "seed \(seed): status \(status)")
      for (output, (a, b)) in zip(graph.results, zip(expected, found)) {
        if let difference = a.difference(from: b) { Issue.record("seed \(seed), output \(output.name): \(difference)") }
      }
    }
  }

  @Test(
    arguments: [
      ([("v", "w_next")], "update.input"), ([("w", "w2")], "update.output"), ([("w", "loss")], "update.type"),
      ([("w", "w_next"), ("w", "other")], "update.twice"), ([("w", "w_next"), ("u", "w_next")], "update.twice"),
    ] as [([(String, String)], String)])
  func wrongPairsHaveDiagnostics(_ pairs: [(String, String)], id: String) throws {
    let model = try model(
      "dim n\nparam w: [n]\nparam u: [n]\nloss = sum(w * u)\noutput loss, w_next = w - grad(loss, w), other = 2 * w")
    do {
      _ = try model.updating(pairs.map { (input: $0.0, output: $0.1) })
      Issue.record("\(pairs) are taken")
    } catch {
      #expect((error as? ModelError)?.diagnostics.map(\.id) == [id])
    }
  }
}
