import GradIR
import Testing

@testable import GradCodegen

/// Functions stay short, however long the model is: the time of an optimising compiler grows faster than their length.
@Suite struct LongTextTests {
  /// The statements of each function but the entry, with those of the functions that it calls in their place.
  private func weights(_ graph: Graph) -> [Int] {
    let functions = generateC(graph, options: COptions(name: "long", target: .library)).functions
    var known: [String: Int] = [:]
    func weight(_ statements: [Stmt]) -> Int {
      statements.reduce(0) { sum, statement in
        var own = 1
        if case .call(let name, _) = statement { own += known[name] ?? 0 }
        return statement.lists.reduce(sum + own) { $0 + weight($1) }
      }
    }
    return functions.dropLast().map { function in
      known[function.name] = weight(function.body)
      return known[function.name] ?? 0
    }
  }

  /// yₖ = sin(yₖ₋₁ + yₖ₋₁), all of them outputs of their own.
  private func chain(_ count: Int) -> Graph {
    let builder = GraphBuilder()
    var y = builder.parameter(Parameter(name: "y", type: TensorType(.f32, [3]), role: .input))
    for index in 0..<count {
      y = builder.map("sin", builder.add(y, y))
      // A reversed reader, so that no two join.
      y = builder.slice(y, [SliceAxis(start: 2, count: 3, step: -1)])
      builder.output("y\(index)", y)
    }
    return builder.finish()
  }

  @Test func partsOfALongListAreBoundedWithWhatTheyCall() {
    let (short, long) = (weights(chain(300)), weights(chain(900)))
    #expect(long.count > 2 * short.count)
    #expect((long.max() ?? 0) <= 1200, "\(long.max() ?? 0)")
  }

  @Test func manyPartsOfAConcatenationAreWrittenByManyFunctions() {
    let builder = GraphBuilder()
    let parts = (0..<500).map { builder.parameter(Parameter(name: "x\($0)", type: TensorType(.f32, [3]), role: .input)) }
    builder.output("y", builder.concatenate(parts, axis: 0))
    #expect((weights(builder.finish()).max() ?? 0) <= 600)
  }
}
