import GradCodegen
import GradIR
import GradJIT

/// Compares compiled code with the interpreter on small shapes before its first use: libtcc miscompiles some legal C silently.
///
/// Symbolic dims become small numbers. Where fixed dims make the model too large for about a millisecond, a twin of it is compared,
/// the same graph with its large extents made small: its C differs in those numbers only.
public enum Verification {
  /// What the comparison came to.
  public enum Outcome: Hashable, Sendable {
    /// The code itself was compared.
    case compared
    /// A twin with smaller fixed dims was compared.
    case comparedTwin
    /// No small shapes meet what the model asks of its dims, or the model is large at every shape.
    case tooLarge
    /// The code comes from the cache: it was compared before it was kept.
    case comparedWhenMade
    /// The caller wanted none.
    case notAsked
  }

  /// About a millisecond of interpreting.
  private static let greatestCost = 30_000
  /// So many operations take as long as a thread takes to start.
  private static let worthAThread = 2_000

  /// A comparison on its way: threads compute what they can of it while the model's code is written.
  struct Started: ~Copyable {
    private let own: Concurrent<Expectation>?
    private let twin: Concurrent<Outcome>?

    init(of model: Model) {
      let graph = model.optimized
      if let (dims, cost) = cheapRun(graph) {
        own = Concurrent(isWorthAThread: cost > worthAThread) { Expectation(graph, dims) }
        twin = nil
        return
      }
      own = nil
      let alteration = JITSource.alteration.value
      twin = Concurrent {
        guard let small = smallTwin(graph), let (dims, _) = cheapRun(small) else { return .tooLarge }
        let generated = JITSource.generate(model, twin: small, alteration: alteration)
        try Expectation(small, dims).compare(CompiledModule.compiling(generated), generated, by: "libtcc")
        return .comparedTwin
      }
    }

    /// Ends it, the model's code being there.
    /// - Throws: `Diagnostic` `jit.miscompiled` where code and interpreter differ.
    func outcome(_ module: borrowing CompiledModule, _ generated: GeneratedC) throws -> Outcome {
      if let expectation = try own?.value() {
        try expectation.compare(module, generated, by: "libtcc")
        return .compared
      }
      return try twin?.value() ?? .tooLarge
    }
  }

  /// The code itself, where some shapes of it are small.
  /// - Throws: `Diagnostic` `jit.miscompiled` where code and interpreter differ.
  static func verify(
    _ model: Model, _ module: borrowing CompiledModule, _ generated: GeneratedC, by compiler: String
  ) throws -> Outcome {
    guard let (dims, _) = cheapRun(model.optimized) else { return .tooLarge }
    try Expectation(model.optimized, dims).compare(module, generated, by: compiler)
    return .compared
  }

  /// Small dims at which the interpreter is quick, and what it takes.
  private static func cheapRun(_ graph: Graph) -> (dims: [String: Int], cost: Int)? {
    guard let dims = smallDims(graph), let cost = graph.cost(dims), cost <= greatestCost else { return nil }
    return (dims, cost)
  }

  /// The first small number that all symbolic dims can have together.
  static func smallDims(_ graph: Graph) -> [String: Int]? {
    let symbols = graph.symbols
    for candidate in [3, 4, 2, 5, 6, 8, 1, 12, 16] {
      let dims = Dictionary(uniqueKeysWithValues: symbols.map { ($0, candidate) })
      if graph.checkRequirements(dims).isEmpty, graph.parameters.allSatisfy({ $0.type.shape.extents(dims) != nil }) { return dims }
    }
    return nil
  }

  /// The graph with each extent beyond 4 made small, distinct extents kept apart where that is possible.
  private static func smallTwin(_ graph: Graph) -> Graph? {
    var small: [Int: Int] = [:]
    return graph.replacingDims { dim in
      guard let extent = dim.constant, extent > 4 else { return dim }
      if let known = small[extent] { return Dim(known) }
      let next = 2 + small.count % 5
      small[extent] = next
      return Dim(next)
    }
  }
}

/// What the interpreter says of a graph at small dims. Not private: Swift 6.3's debug builds of other files fail on a private type in the
/// layout of `Started`.
struct Expectation: Sendable {
  private let graph: Graph
  private let dims: [String: Int]
  private let inputs: [Tensor]
  /// Nil where the interpreter meets a fault: an index that lies outside at these sizes says nothing of the code.
  private let outputs: [Tensor]?

  init(_ graph: Graph, _ dims: [String: Int]) {
    inputs = graph.sampleInputs(dims)
    outputs = try? GraphInterpreter.run(graph, inputs: inputs, dims: dims)
    (self.graph, self.dims) = (graph, dims)
  }

  /// - Throws: `Diagnostic` `jit.miscompiled` where the code gives something else.
  func compare(_ module: borrowing CompiledModule, _ generated: GeneratedC, by compiler: String) throws {
    guard let outputs else { return }
    var workspace = Workspace()
    let (status, found) = try module.call(
      generated.signature, inputs: inputs, dims: dims, outputs: outputs.map { ($0.dtype, $0.shape) }, workspace: &workspace)
    for (index, tensor) in outputs.enumerated() {
      guard status == 0, tensor.hasSameBits(as: found[index]) else {
        throw Diagnostic(
          "jit.miscompiled",
          "the code that \(compiler) made of the model gives another '\(graph.results[index].name)' than the reference; it was not used",
          hint:
            "run with --backend interpreter, or --no-verify to use the code all the same; this is a bug of the compiler: please report it with the model"
        )
      }
    }
  }
}

extension Graph {
  /// Inputs to compare runs on: floats around 0, for all else zeros.
  func sampleInputs(_ dims: [String: Int]) -> [Tensor] {
    parameters.map { parameter in
      let initializer: Initializer = parameter.type.dtype.isFloat ? .uniform(low: -0.4, high: 0.9) : .zeros
      return initializer.tensor(name: parameter.name, dtype: parameter.type.dtype, extents: parameter.type.shape.extents(dims) ?? [])
    }
  }

  /// About how many element operations a run takes; nil where a shape is open or the count beyond all bounds.
  func cost(_ dims: [String: Int]) -> Int? {
    var total = 0
    // A parameter that nothing reads is drawn all the same.
    for parameter in parameters {
      guard let extents = parameter.type.shape.extents(dims) else { return nil }
      total += boundedProduct(extents)
    }
    for node in nodes {
      var own = 40
      for type in node.types {
        guard let extents = type.shape.extents(dims) else { return nil }
        own += boundedProduct(extents)
      }
      switch node.op {
      case .contract(let contraction):
        let left = shape(of: node.operands[0])
        let summed = contraction.contracted.compactMap { label in contraction.left.firstIndex(of: label).flatMap { left[$0].value(dims) } }
        own *= max(1, min(boundedProduct(summed), 1 << 20))
      case .reduce, .windowAdd, .scatterAdd:
        own += boundedProduct(shape(of: node.operands[0]).extents(dims) ?? [])
      case .loop(let loop):
        guard let count = loop.count.value(dims), let body = loop.body.cost(dims) else { return nil }
        own += min(count, 1 << 20) * body
      default: break
      }
      total += own
      if total > 1 << 40 { return nil }
    }
    return total
  }
}

/// The number of elements, 2^31 where there are more. Loops over the other axes of an empty tensor run all the same.
private func boundedProduct(_ extents: [Int]) -> Int {
  extents.reduce(1) { min($0 * min(max($1, 1), 1 << 31), 1 << 31) }
}
