import GradAD
import GradIR
import Testing

@testable import Grad

/// `check` finds a derivative that is wrong, and names the element.
@Suite struct BrokenDerivativeTests {
  private static let text = """
    input x: [2, 3]
    input v: [2, 3]
    y = tanh(x) * exp(x)
    loss = sum(y)
    output grad(loss, x), J = jacobian(y, x), t = jvp(y, x, v), u = vjp(y, x, v)
    """

  /// The derivative with 1 − y² of `tanh` taken for 1 + y².
  @Sendable private static func broken(_ graph: Graph) -> Graph {
    let right = differentiate(graph)
    return right.rebuilt { node, operands, builder in
      guard case .map(let function) = node.op, function.name == "subtract", let one = builder.graph.splat(operands[0]), one == 1 else {
        return nil
      }
      return [builder.add(operands[0], operands[1])]
    }
  }

  private func report(_ differentiate: @escaping @Sendable (Graph) -> Graph) throws -> DerivativeCheck.Report {
    try DerivativeCheck.run(
      source: SourceFile(name: "m.gd", text: Self.text), options: ModelOptions(), differentiate: differentiate
    ) { _ in ModelData() }
  }

  @Test func rightDerivativesPass() throws {
    let report = try report(differentiate)
    #expect(report.passed, "\(report.lines)")
    #expect(report.findings.count == 4)
  }

  @Test func aBrokenRuleFailsAndNamesTheWorstElement() throws {
    let report = try report(Self.broken)
    #expect(!report.passed)
    for finding in report.findings {
      #expect(!finding.passed, "\(finding.title)")
      let line = finding.line
      #expect(line.hasPrefix("FAIL") && line.contains("at m.gd:5"), "\(line)")
      let worst = try #require(finding.worst)
      #expect(worst.element.contains("[") && line.contains(worst.element), "\(line)")
      #expect(worst.derivative != worst.difference && worst.excess > 1)
    }
  }

  /// One mode wrong alone is found by comparing the modes.
  @Test func modesThatDisagreeAreFound() throws {
    let report = try report { graph in
      let asksForward = graph.nodes.contains { if case .derivative(.jacobianVector) = $0.op { true } else { false } }
      return asksForward ? Self.broken(graph) : differentiate(graph)
    }
    #expect(!report.passed)
  }
}

extension Graph {
  /// The number that a value is everywhere.
  fileprivate func splat(_ value: ValueID) -> Double? {
    let node = node(of: value)
    switch node.op {
    case .constant(let constant) where constant.shape.isEmpty: return constant.double(at: 0)
    case .broadcast: return splat(node.operands[0])
    default: return nil
    }
  }
}
