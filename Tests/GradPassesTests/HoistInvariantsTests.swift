import GradIR
import GradPasses
import TestSupport
import Testing

@Suite struct HoistInvariantsTests {
  /// A loop over xs: [n] with state s, captures c (f64) and k (i64); the body as nodes in the words of graphs' text.
  private func graph(_ nodes: [String], state: String = "next", outputs: [String] = []) throws -> Graph {
    let types = outputs.map { _ in ", f64[n]" }.joined()
    let given = (["y"] + outputs.indices.map { "out\($0)" }).joined(separator: ", ")
    let body =
      ["body s: f64", "body x: f64", "body c: f64", "body table: f64[3]", "body k: i64"]
      + [
        "s = parameter 0 : f64", "x = parameter 1 : f64", "c = parameter 2 : f64", "table = parameter 3 : f64[3]", "k = parameter 4 : i64",
      ]
      + nodes + ["return next: \(state)"] + outputs.map { "return \($0): \($0)" }
    let lines =
      ["graph {", "input start: f64", "input xs: f64[n]", "input c: f64", "input table: f64[3]", "input k: i64"]
      + ["start = parameter 0 : f64", "xs = parameter 1 : f64[n]", "c = parameter 2 : f64", "table = parameter 3 : f64[3]"]
      + ["k = parameter 4 : i64", "\(given) = loop[count n, states 1, sequences 1](start, xs, c, table, k) : f64\(types) {"] + body
      + ["}", "return y: y"] + outputs.indices.map { "return out\($0): out\($0)" } + ["}"]
    return try GraphParser.parse(lines.joined(separator: "\n"))
  }

  /// The words of the loop's body and of the graph around it, once loops of 0 and 4 steps have given the same bits.
  private func hoisted(_ graph: Graph) throws -> (inside: [String], outside: [String]) {
    let after = Pass.eliminateDeadNodes.run(Pass.hoistInvariants.run(graph))
    try GraphVerifier.verify(after)
    for count in [0, 4] {
      let inputs = [
        Tensor([0.5], shape: []), Tensor((0..<count).map { Double($0) - 1 }, shape: [count]), Tensor([-0.3], shape: []),
        Tensor([1.0, 2, 3]), Tensor([Int64(2)], shape: []),
      ]
      let before = try GraphInterpreter.run(graph, inputs: inputs, dims: ["n": count])
      let found = try GraphInterpreter.run(after, inputs: inputs, dims: ["n": count])
      for (a, b) in zip(before, found) { #expect(a.difference(from: b) == nil) }
    }
    var inside: [String] = []
    for node in after.nodes { if case .loop(let loop) = node.op { inside = words(loop.body) } }
    return (inside, words(after))
  }
  private func words(_ graph: Graph) -> [String] { graph.nodes.map(\.op.name).filter { $0 != "parameter" && $0 != "loop" } }

  @Test func whatDependsOnCapturesAloneIsComputedOnce() throws {
    let found = try hoisted(
      graph(["e = exp(c) : f64", "f = sin(e) : f64", "p = multiply(f, x) : f64", "next = add(s, p) : f64"]))
    #expect(found.inside == ["multiply", "add"] && found.outside == ["exp", "sin"])
  }

  @Test func whatDependsOnAStateOrASliceStays() throws {
    let found = try hoisted(graph(["e = exp(x) : f64", "f = sin(s) : f64", "p = multiply(e, c) : f64", "next = add(f, p) : f64"]))
    #expect(found.inside == ["exp", "sin", "multiply", "add"] && found.outside.isEmpty)
  }

  @Test func whatMayFaultStaysForThereMayBeNoSteps() throws {
    let found = try hoisted(graph(["e = gather[axis 0](table, k) : f64", "next = add(s, e) : f64"]))
    #expect(found.inside == ["gather", "add"] && found.outside.isEmpty)
  }

  @Test func viewsStayInTheBody() throws {
    let found = try hoisted(
      graph([
        "e = exp(c) : f64", "b = broadcast(e) : f64[3]", "d = broadcast(x) : f64[3]", "p = multiply(b, d) : f64[3]",
        "r = reduce_sum[axes 0](p) : f64", "next = add(s, r) : f64",
      ]))
    #expect(found.inside == ["broadcast", "broadcast", "multiply", "reduce_sum", "add"] && found.outside == ["exp"])
  }

  @Test func anOutputThatIsTheSameAtEachStepIsBroadcast() throws {
    let found = try hoisted(graph(["e = exp(c) : f64", "next = add(s, x) : f64"], outputs: ["e"]))
    #expect(found.inside == ["add"] && found.outside == ["exp", "broadcast"])
  }

  @Test func theNextStateMayBeInvariantToo() throws {
    let found = try hoisted(graph(["e = exp(c) : f64"], state: "e"))
    #expect(found.inside.isEmpty && found.outside == ["exp"])
  }
}
