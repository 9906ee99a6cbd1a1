import Glibc
import GradIR
import TestSupport
import Testing

@testable import GradCodegen

/// What is stored between kernels, what is computed again, and what shares memory.
@Suite struct StoredValuesTests {
  private func graph(_ text: String) throws -> Graph { try GraphParser.parse("graph {\n\(text)\n}") }
  private func stored(_ graph: Graph) -> Set<String> {
    let plan = Grouping.plan(graph)
    let results = graph.results.map(\.value)
    return Set(graph.names.filter { plan.placement($0.key) == .memory && !results.contains($0.key) }.values)
  }

  /// Two products, of which the second reads what is made of the first and of what the first is made of: `u` and `v` are needed before and after it.
  private static let products = """
      input x: f32[n, n]
      input b: f32[n, n]
      x = parameter 0 : f32[n, n]
      b = parameter 1 : f32[n, n]
      z = contract[ab,bc->ac](x, x) : f32[n, n]
      u = add(z, b) : f32[n, n]
      v = multiply(z, b) : f32[n, n]
      h = FUNCTION(u, v) : f32[n, n]
      w = contract[ab,bc->ac](h, x) : f32[n, n]
      p = multiply(w, u) : f32[n, n]
      q = add(p, v) : f32[n, n]
      return q: q
    """

  @Test func cheapChainsAreComputedAgainFromWhatIsStoredAnyway() throws {
    let graph = try graph(Self.products.replacing("FUNCTION", with: "multiply"))
    #expect(stored(graph) == ["z", "h", "w"])
    #expect(Set(StoredValues(Fusion(graph, Grouping(graph, nil).plan)).recomputed.compactMap { graph.names[$0] }) == ["u", "v"])
  }

  @Test(arguments: ["exp", "tanh", "sin"]) func functionsOfAnalysisAreNotComputedTwice(_ name: String) throws {
    let text = Self.products.replacing("FUNCTION", with: "multiply")
      .replacing("u = add(z, b)", with: "t = add(z, b) : f32[n, n]\n  u = \(name)(t)")
    #expect(stored(try graph(text)).contains("u"))
  }

  /// One by one outside a part's loop of a few steps, or side by side in a kernel of their own.
  @Test(arguments: [("n", "3", true), ("n", "8", true), ("n", "9", false), ("n", "m", false), ("64", "3", true), ("63", "3", false)])
  func functionsOfAnalysisBesideShortPartsAreStored(rows: String, columns: String, areStored: Bool) throws {
    let text = """
        input x: f32[\(rows)]
        input y: f32[\(rows), \(columns)]
        x = parameter 0 : f32[\(rows)]
        y = parameter 1 : f32[\(rows), \(columns)]
        s = sin(x) : f32[\(rows)]
        b = broadcast[axes 0](s) : f32[\(rows), \(columns)]
        p = multiply(y, b) : f32[\(rows), \(columns)]
        z = concatenate[axis 0](p, y) : f32[2*\(rows), \(columns)]
        return z: z
      """
    #expect(stored(try graph(text.replacing("2*64", with: "128").replacing("2*63", with: "126"))) == (areStored ? ["s"] : []))
  }

  @Test func whatAContractionReadsIsStored() throws {
    let text = Self.products.replacing("FUNCTION", with: "multiply").replacing("p = multiply(w, u)", with: "p = contract[ab,bc->ac](w, u)")
    #expect(stored(try graph(text)).contains("u"))
  }

  /// Where several values are made of one that is stored nowhere, that one is stored instead of them.
  @Test func oneValueIsStoredForSeveralThatAreMadeOfIt() throws {
    let text = """
        input x: f32[n, n]
        x = parameter 0 : f32[n, n]
        t = exp(x) : f32[n, n]
        u = add(t, x) : f32[n, n]
        v = multiply(t, x) : f32[n, n]
        s = multiply(u, v) : f32[n, n]
        w = contract[ab,bc->ac](s, x) : f32[n, n]
        p = multiply(w, u) : f32[n, n]
        q = add(p, v) : f32[n, n]
        return q: q
      """
    #expect(stored(try graph(text)) == ["t", "s", "w"])
  }

  @Test func theSameBitsComeOut() throws {
    let graph = try graph(Self.products.replacing("FUNCTION", with: "multiply"))
    var random = RandomSource(seed: 3)
    let inputs = (0..<2).map { _ in Tensor((0..<49).map { _ in Float(random.unit() * 4 - 2) }, shape: [7, 7]) }
    let expected = try GraphInterpreter.run(graph, inputs: inputs, dims: ["n": 7])
    for compiler in CCompiler.all {
      guard case .outputs(let found) = compiler.run(generateC(graph, options: COptions(name: "products")), inputs, ["n": 7]) else {
        Issue.record("\(compiler)")
        continue
      }
      #expect(found[0].difference(from: expected[0]) == nil)
    }
  }

  // MARK: Minimum cut

  @Test(arguments: UInt64(0)..<60) func theCutIsTheLeastOfAll(seed: UInt64) {
    let random = RandomSource(seed: seed)
    let count = random.integer(3...8)
    let edges = (0..<random.integer(3...20)).map { _ in
      (random.integer(0...count - 1), random.integer(0...count - 1), random.integer(0...9))
    }
    var flow = MaximumFlow(nodes: count)
    for (from, to, capacity) in edges { flow.connect(from, to, capacity: capacity) }
    func cost(_ side: (Int) -> Bool) -> Int { edges.reduce(0) { $0 + (side($1.0) && !side($1.1) ? $1.2 : 0) } }
    let side = flow.cut(from: 0, to: 1)
    #expect(side[0] && !side[1])
    let least = (0..<(1 << count)).filter { $0 & 3 == 1 }.map { set in cost { set >> $0 & 1 == 1 } }.min()
    #expect(cost { side[$0] } == least)
  }

  // MARK: Memory

  private func plan(_ buffers: [(shape: Shape, start: Int, end: Int)]) -> (slots: [Int], size: WorkspaceSize) {
    let buffers = buffers.enumerated().map { index, own in
      let buffer = Buffer(name: "b\(index)", dtype: .f32, shape: own.shape, start: own.start)
      buffer.end = own.end
      return buffer
    }
    let plan = SlotPlan(buffers)
    return (buffers.map(\.slot), plan.size)
  }

  @Test func buffersWhoseLivesDoNotMeetShareMemory() {
    let (n, m) = (Dim.symbol("n"), Dim.symbol("m"))
    #expect(plan([([n], 0, 1), ([n], 1, 2), ([n], 2, 3)]).slots == [0, 1, 0])
    // Sizes that cannot be compared do not share; n + 1 is at least n.
    #expect(plan([([n], 0, 1), ([m], 2, 3)]).slots == [0, 1])
    let grown = plan([([n], 0, 1), ([n + 1], 2, 3)])
    #expect(grown.slots == [0, 0] && grown.size.bytes == 4 * n + 4)
    // The slot that wastes least.
    #expect(plan([([100], 0, 1), ([10], 0, 1), ([9], 2, 3)]).slots == [0, 1, 1])
    #expect(plan([([100], 0, 1), ([10], 0, 1), ([200], 2, 3)]).slots == [0, 1, 0])
  }

  @Test func theFormulaRoundsWhatItKnows() {
    let n = Dim.symbol("n")
    #expect("\(plan([([3], 0, 1), ([17], 0, 1)]).size)" == "192 bytes")
    #expect("\(plan([([16 * n], 0, 1), ([3], 0, 1)]).size)" == "64*n + 64 bytes")
    #expect("\(plan([([n], 0, 1), ([n, n], 0, 1)]).size)" == "4*n^2 + 4*n bytes, and what rounds each array up to 64")
  }

  /// The formula with numbers for the dims is what the compiled code counts, up to the rounding of arrays.
  @Test(arguments: UInt64(0)..<20) func theFormulaIsWhatTheCodeCounts(seed: UInt64) throws {
    guard let compiler = CCompiler.all.first, let folder = TemporaryDirectory() else { return }
    let sample = RandomGraph.make(seed: 600 + seed)
    let c = generateC(sample.graph, options: COptions(name: "sample"))
    let dims = c.dims.map { String(sample.dims[$0] ?? 0) }.joined(separator: ", ")
    folder.write(c.source, "sample.c")
    folder.write(c.header, "sample.h")
    folder.write(
      "#include <stdio.h>\n#include \"sample.h\"\nint main(void) { printf(\"%llu\", (unsigned long long)sample_workspace_bytes(\(dims))); return 0; }\n",
      "main.c")
    #expect(system("cd \(folder.path) && \(compiler.path) -o main main.c sample.c -lm 2> log && ./main > size") == 0)
    let counted = try #require(Int(folder.read("size")))
    let formula = try #require(c.workspace.bytes.value(sample.dims))
    let slots = c.kernels.split(separator: "\n").reversed().prefix { !$0.hasPrefix("workspace") }.count
    #expect(counted >= formula && counted <= formula + (c.workspace.isRounded ? 63 * slots : 0), "\(counted), \(formula)")
  }

  /// An element-wise kernel writes over an operand that is not read any more: a chain of products takes two arrays, however long.
  @Test func elementwiseKernelsWriteOverTheirOperands() throws {
    let builder = GraphBuilder()
    let type = TensorType(.f32, [.symbol("n"), .symbol("n")])
    let x = builder.parameter(Parameter(name: "x", type: type, role: .input))
    var value = x
    for _ in 0..<6 {
      value = builder.add(.contract(Contraction([0, 1], [1, 2], [0, 2])), [value, x])
      value = builder.map("tanh", value)
    }
    builder.output("y", builder.add(value, x))
    let c = generateC(builder.finish(), options: COptions(name: "chain"))
    #expect(c.workspace.bytes == 8 * .symbol("n") * .symbol("n"), "\(c.kernels)")
    #expect(c.kernels.contains("stored over contract"))
  }

  /// What is read at another place after it is written there is not written over.
  @Test(arguments: [
    ("r = slice[n from n - 1 by -1, n](z) : f32[n, n]\n  made = add(r, z)", false), ("made = negate(z)", true),
    ("r = tanh(z) : f32[n, n]\n  made = multiply(r, z)", true), ("made = cumulative_sum[axis 0](z)", false),
    ("r = transpose[axes 1 0](z) : f32[n, n]\n  made = add(r, z)", false), ("made = tanh(x)", false),
  ]) func readingComesBeforeWriting(_ lines: String, isOver: Bool) throws {
    let text = """
        input x: f32[n, n]
        x = parameter 0 : f32[n, n]
        z = contract[ab,bc->ac](x, x) : f32[n, n]
        \(lines) : f32[n, n]
        y = contract[ab,bc->ac](x, made) : f32[n, n]
        return y: y
      """
    let kernels = generateC(try graph(text), options: COptions(name: "order")).kernels
    #expect(kernels.contains("over z") == isOver, "\(kernels)")
  }
}
