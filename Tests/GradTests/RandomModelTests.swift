import Glibc
import GradAD
import GradIR
import GradJIT
import GradPasses
import TestSupport
import Testing

@testable import Grad
@testable import GradCodegen

/// Random graphs through every stage: derivatives asked for, expanded, optimized, compiled.
@Suite struct RandomModelTests {
  /// How many: 300, or what GRADC_RANDOM_GRAPHS says.
  static let count = getenv("GRADC_RANDOM_GRAPHS").flatMap { Int(String(cString: $0)) } ?? 300

  /// The interpreter on the differentiated graph as it is, against compiled code of what exact passes make of it; and where passes that
  /// may change bits changed it further, the interpreter on that against its compiled code: bit for bit, on any number of threads.
  @Test(arguments: 0..<10) func theOptimizedCodeHasTheBitsOfTheReference(part: Int) throws {
    for seed in stride(from: part, to: Self.count, by: 10) { try compare(seed: UInt64(seed)) }
  }

  private func compare(seed: UInt64) throws {
    var options = RandomGraph.Options()
    options.allowsFaults = seed % 4 == 0
    options.allowsLargeDims = seed % 8 == 0
    let sample = RandomGraph.make(seed: 50_000 + seed, size: 20, options: options)
    let (graph, inputs) = withDerivatives(sample.graph, sample.inputs, sample.dims, RandomSource(seed: seed))
    let reference = differentiate(graph)
    try GraphVerifier.verify(reference)
    var clock = StageClock()
    let exact = try Pipeline(passes: Pass.all.filter(\.isExact)).run(reference, &clock)
    try compare(reference, exact, inputs, sample.dims, "seed \(seed)")
    let optimized = try Pipeline().run(reference, &clock)
    if optimized != exact { try compare(optimized, optimized, inputs, sample.dims, "seed \(seed), all passes") }
  }

  private func compare(
    _ reference: Graph, _ compiled: Graph, _ inputs: [Tensor], _ dims: [String: Int], _ title: String
  ) throws {
    var options = COptions(name: "random", target: .jit, sharesLoops: true)
    (options.leastShared, options.leastStreamed) = (0, 0)
    let generated = generateC(compiled, options: options)
    let module = try CompiledModule.compiling(generated)
    let types = reference.results.map { (reference.type(of: $0.value).dtype, reference.shape(of: $0.value).extents(dims) ?? []) }
    let expected = Swift.Result { try GraphInterpreter.run(reference, inputs: inputs, dims: dims) }
    var workspace = Workspace()
    var firstStatus: Int32?
    for threads in [1, 2, 3, 7] {
      let (status, found) = try Threads.useForAll(threads) {
        try module.call(generated.signature, inputs: inputs, dims: dims, outputs: types, workspace: &workspace)
      }
      let title = "\(title), threads: \(threads)"
      #expect(status == firstStatus ?? status, "\(title): another fault than on one thread")
      firstStatus = status
      switch expected {
      case .success(let expected):
        #expect(status == 0, "\(title): status \(status)")
        guard status == 0 else { return }
        for (output, (a, b)) in zip(reference.results, zip(expected, found)) {
          if let difference = a.difference(from: b) { Issue.record("\(title), \(output.name): \(difference)") }
        }
      case .failure(let error): #expect(status != 0, "\(title): the interpreter says \(error), the code nothing")
      }
    }
  }

  /// The graph with up to four derivatives of its later values by its float parameters among the results.
  private func withDerivatives(
    _ graph: Graph, _ inputs: [Tensor], _ dims: [String: Int], _ random: RandomSource
  ) -> (Graph, [Tensor]) {
    let builder = GraphBuilder(graph)
    var inputs = inputs
    let sources = graph.parameterValues.compactMap { $0 }.filter { builder.type(of: $0).dtype.isFloat }
    let targets = (0..<graph.valueCount).map { ValueID($0) }.filter { builder.type(of: $0).dtype.isFloat }.suffix(8)
    guard !sources.isEmpty, !targets.isEmpty else { return (graph, inputs) }
    func parameter(like value: ValueID) -> ValueID? {
      let type = builder.type(of: value)
      guard let extents = type.shape.extents(dims) else { return nil }
      inputs.append(random.tensor(type.dtype, shape: extents, specialShare: 0.1))
      return builder.parameter(Parameter(name: "p\(inputs.count)", type: type, role: .input))
    }
    for place in 0..<4 {
      let (x, y) = (random.pick(sources), random.pick(targets))
      let kind: DerivativeKind = random.pick([.vectorJacobian, .jacobianVector, .vectorJacobian, .jacobianVector, .jacobian, .gradient])
      var operands = [y, x]
      switch kind {
      case .vectorJacobian: operands += parameter(like: y).map { [$0] } ?? []
      case .jacobianVector: operands += parameter(like: x).map { [$0] } ?? []
      case .jacobian:
        // A Jacobian is no larger than the arrays of these tests.
        let shape = builder.shape(of: y).dims + builder.shape(of: x).dims
        guard shape.count <= 4, (Shape(shape).extents(dims) ?? []).reduce(1, *) <= 2000 else { continue }
      case .gradient: operands = [builder.sum(y, axes: Array(0..<builder.rank(y))), x]
      }
      builder.output("derivative\(place)", builder.add(.derivative(kind), operands))
    }
    return (builder.finish(), inputs)
  }
}
