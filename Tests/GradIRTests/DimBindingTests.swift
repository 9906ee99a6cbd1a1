import GradIR
import Testing

@Suite struct DimBindingTests {
  private let n = Dim.symbol("n")
  private let m = Dim.symbol("m")
  private func parameter(_ name: String, _ shape: Shape) -> Parameter { Parameter(name: name, type: TensorType(.f32, shape), role: .input) }
  private func messages(_ result: Result<[String: Int], DimConflicts>, _ parameters: [Parameter]) -> [String] {
    guard case .failure(let conflicts) = result else { return [] }
    return conflicts.conflicts.map { conflict in
      let diagnostic = conflict.diagnostic(parameters)
      return ([diagnostic.message] + diagnostic.notes.map(\.message)).joined(separator: "; ")
    }
  }

  @Test func symbolsThatStandAloneBindFirst() throws {
    let parameters = [parameter("a", [n + m]), parameter("b", [n, 3])]
    #expect(try bindDims(parameters, extents: [[7], [2, 3]]).get() == ["n": 2, "m": 5])
  }

  @Test func linearDimsAreSolvedInTurn() throws {
    let k = Dim.symbol("k")
    let parameters = [parameter("a", [n * m + k]), parameter("b", [m * 2 + 1]), parameter("c", [n * m])]
    #expect(try bindDims(parameters, extents: [[13], [5], [12]]).get() == ["m": 2, "n": 6, "k": 1])
  }

  @Test func whatIsNotGivenBindsNothing() throws {
    #expect(try bindDims([parameter("a", [n])], extents: [nil], explicit: ["n": 4]).get() == ["n": 4])
    #expect(try bindDims([parameter("a", [n])], extents: [nil]).get() == [:])
  }

  @Test func conflictsNameBothPlaces() {
    let parameters = [parameter("x", [n, 3]), parameter("y", [n])]
    #expect(
      messages(bindDims(parameters, extents: [[4, 3], [5]]), parameters)
        == ["axis 0 of `y` is `n`, which is 4, the data has 5; `n` is 4 by axis 0 of `x`"])
    #expect(
      messages(bindDims(parameters, extents: [[4, 2], [4]], explicit: ["n": 9]), parameters) == [
        "axis 0 of `x` is `n`, which is 9, the data has 4; `n` is 9 by -D", "axis 1 of `x` is 3, the data has 2",
        "axis 0 of `y` is `n`, which is 9, the data has 4; `n` is 9 by -D",
      ])
    #expect(messages(bindDims(parameters, extents: [[4], nil]), parameters) == ["`x` is [n, 3], the data has the shape [4]"])
    let even = [parameter("z", [n * 2])]
    #expect(messages(bindDims(even, extents: [[5]]), even) == ["axis 0 of `z` is `2*n`, the data has 5: no `n` of 0 or more gives that"])
    let shifted = [parameter("z", [n + 3])]
    #expect(messages(bindDims(shifted, extents: [[1]]), shifted).count == 1)
  }

  @Test func aGraphAsksForEverySymbol() {
    let builder = GraphBuilder()
    _ = builder.parameter(parameter("x", [n]))
    builder.output("y", builder.dimension(m))
    let graph = builder.finish()
    #expect(graph.symbols == ["m", "n"])
    #expect(messages(graph.bindDims(extents: [[3]]), graph.parameters) == ["no data binds the dim `m`"])
    #expect(messages(graph.bindDims(extents: [[3]], explicit: ["m": -1]), graph.parameters) == ["the dim `m` is 0 or more, not -1"])
  }
}
