import GradIR
import GradPasses
import TestSupport
import Testing

@Suite struct DropUnitAxesTests {
  /// A node in the words of graphs' text with the types of its operands, and what the pass makes of it; nil where it leaves it.
  static let cases: [(parameters: [String], node: String, expected: [String]?)] = [
    (
      ["f32[784, n]", "f32[1, n]"], "contract[ab,cb->ac](x, y) : f32[784, 1]",
      ["%2 = reshape(y) : f32[n]", "%3 = contract[ab,b->a](x, %2) : f32[784]", "z = reshape(%3) : f32[784, 1]"]
    ),
    (
      ["f32[1, 256]", "f32[784, 256]"], "contract[ab,cb->ac](x, y) : f32[1, 784]",
      ["%2 = reshape(x) : f32[256]", "%3 = contract[ab,b->a](y, %2) : f32[784]", "z = reshape(%3) : f32[1, 784]"]
    ),
    (
      ["f64[7, 784]", "f64[784, 1]"], "contract[ab,bc->ac](x, y) : f64[7, 1]",
      ["%2 = reshape(y) : f64[784]", "%3 = contract[ab,b->a](x, %2) : f64[7]", "z = reshape(%3) : f64[7, 1]"]
    ),
    (
      ["f64[3, 5, 16]", "f64[3, 1, 16]"], "contract[abc,adc->adb](x, y) : f64[3, 1, 5]",
      ["%2 = reshape(y) : f64[3, 16]", "%3 = contract[abc,ac->ab](x, %2) : f64[3, 5]", "z = reshape(%3) : f64[3, 1, 5]"]
    ),
    // Sums that would go across the memory, short ones, those below a where, integers, and rows whose number is not known.
    (["f32[1, 784]", "f32[784, 7]"], "contract[ab,bc->ac](x, y) : f32[1, 7]", nil),
    (["f32[7, 4, 5]", "f32[5, 4, 1]"], "contract[abc,cbd->ad](x, y) : f32[7, 1]", nil),
    (["f32[7, 15]", "f32[15, 1]"], "contract[ab,bc->ac](x, y) : f32[7, 1]", nil),
    (["f32[7, 20]", "f32[20, 1]"], "contract[ab,bc->ac!](x, y) : f32[7, 1]", nil),
    (["i32[7, 20]", "i32[20, 1]"], "contract[ab,bc->ac](x, y) : i32[7, 1]", nil),
    (["f32[7, 20]", "f32[20, n]"], "contract[ab,bc->ac](x, y) : f32[7, n]", nil),
    (["f32[7]", "f32[1]"], "contract[a,b->ab](x, y) : f32[7, 1]", nil),
  ]

  @Test(arguments: cases.indices) func productsByOneRowAreThoseByAVector(place: Int) throws {
    let (parameters, node, expected) = Self.cases[place]
    let named = Array(zip(["x", "y"], parameters))
    let text = named.map { "input \($0): \($1)" } + named.enumerated().map { "\($1.0) = parameter \($0) : \($1.1)" } + ["z = \(node)"]
    let graph = try GraphParser.parse((["graph {"] + text + ["return z: z", "}"]).joined(separator: "\n"))
    let found = Pass.dropUnitAxes.run(graph)
    try GraphVerifier.verify(found)
    let lines = GraphPrinter.print(found).split(separator: "\n").map { line in String(line.drop { $0 == " " }) }
    #expect(lines.filter { $0.contains(" = ") && !$0.contains("= parameter") } == expected ?? ["z = \(node)"])
    let random = RandomSource(seed: 3)
    for n in [1, 16, 600] {
      let inputs = graph.parameters.map { random.tensor($0.type.dtype, shape: $0.type.shape.extents(["n": n]) ?? [], specialShare: 0) }
      var comparison = BoundComparison()
      try comparison.compare(graph, found, inputs: inputs, dims: ["n": n], node)
      #expect(comparison.compared == comparison.all)
    }
  }
}
