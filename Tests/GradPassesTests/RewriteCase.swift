import GradIR
import GradPasses
import TestSupport
import Testing

/// y = build(x, y, c, d) with x, y of a number type and c, d bools, all of one shape; and the ops that a pass leaves of it.
struct RewriteCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let pass: Pass
  let dtype: DType
  let build: @Sendable (GraphBuilder, RewriteCase.Operands) -> ValueID
  let expected: [String]

  struct Operands {
    let x, y, c, d: ValueID
    let type: TensorType
  }

  /// - Parameter expected: The words of the live ops but for parameters.
  init(
    _ title: String, _ pass: Pass = .simplify, _ dtype: DType = .f64, gives expected: [String],
    _ build: @escaping @Sendable (GraphBuilder, RewriteCase.Operands) -> ValueID
  ) {
    testDescription = title
    self.pass = pass
    self.dtype = dtype
    self.build = build
    self.expected = expected
  }

  /// Compares the words, and the values of the graph before and after bit for bit on numbers that tell formulas apart.
  func check() throws {
    let graph = self.graph
    let rewritten = pass.run(graph)
    try GraphVerifier.verify(rewritten)
    let live = rewritten.liveNodes
    let words = rewritten.nodes.indices.filter { live[$0] }.map { rewritten.nodes[$0].op.name }.filter { $0 != "parameter" }
    #expect(words == expected, "\(testDescription)")
    let before = try GraphInterpreter.run(graph, inputs: inputs, dims: ["n": 14])
    let after = try GraphInterpreter.run(rewritten, inputs: inputs, dims: ["n": 14])
    #expect(before[0].difference(from: after[0]) == nil, "\(testDescription): \(before[0]) became \(after[0])")
  }

  private var graph: Graph {
    let builder = GraphBuilder()
    let type = TensorType(dtype, [14, 14])
    func parameter(_ name: String, _ type: TensorType) -> ValueID {
      builder.parameter(Parameter(name: name, type: type, role: .input))
    }
    let operands = Operands(
      x: parameter("x", type), y: parameter("y", type), c: parameter("c", type.with(.bool)), d: parameter("d", type.with(.bool)),
      type: type)
    builder.output("result", build(builder, operands))
    return builder.finish()
  }

  /// Every pair of special numbers stands somewhere in x and y.
  private var inputs: [Tensor] {
    let numbers = [0, -0.0, 1, -1, 0.5, -3, 1e300, -1e300, 1e-310, 0x1p-1074, .infinity, -.infinity, .nan, 7.25]
    let (n, shape) = (numbers.count, [numbers.count, numbers.count])
    func tensor(_ index: (Int) -> Int) -> Tensor {
      let chosen = (0..<n * n).map { numbers[index($0)] }
      switch dtype {
      case .f32: return Tensor(chosen.map { Float($0) }, shape: shape)
      case .f64: return Tensor(chosen, shape: shape)
      case .i32: return Tensor(chosen.map { Int32($0.isNaN ? 5 : max(-2e9, min(2e9, $0))) }, shape: shape)
      case .i64: return Tensor(chosen.map { $0.isNaN || abs($0) > 9e18 ? .min : Int64($0) }, shape: shape)
      case .bool: return Tensor(chosen.map { $0 > 0 }, shape: shape)
      }
    }
    func truths(_ divisor: Int) -> Tensor { Tensor((0..<n * n).map { $0 / divisor % 2 == 0 }, shape: shape) }
    return [tensor { $0 / n }, tensor { $0 % n }, truths(1), truths(2)]
  }
}
