import GradIR
import GradJIT
import GradPasses
import TestSupport
import Testing

@testable import GradCodegen

#if canImport(Glibc)
  import Glibc
#endif

/// How many random graphs are tried: 300, or what GRADC_RANDOM_GRAPHS says.
let randomGraphCount = getenv("GRADC_RANDOM_GRAPHS").flatMap { Int(String(cString: $0)) } ?? 300

@Suite struct RandomGraphBackendTests {
  @Test func codeAndInterpreterAgreeToTheBit() throws {
    for seed in 0..<UInt64(randomGraphCount) { try compare(seed: seed) }
  }

  @Test func kernelsOverRowsAgreeToTheBit() throws {
    for seed in 0..<UInt64(randomGraphCount) {
      let sample = RowGraph.make(seed: seed)
      try compareBackends(sample.graph, sample.inputs, sample.dims, "rows, seed \(seed)")
    }
  }

  @Test func productsByBlocksAgreeToTheBit() throws {
    for seed in 0..<UInt64(randomGraphCount / 5) {
      let sample = ProductGraph.make(seed: seed)
      try compareBackends(sample.graph, sample.inputs, sample.dims, "products, seed \(seed)")
    }
  }

  /// What was once found among ten thousand graphs is tried in each run since: scalars made of dims alone, handed to a loop as state
  /// and as capture; one number at every place, read before the kernel that also stores it had done so.
  @Test(arguments: [3388, 7488, 4744] as [UInt64]) func graphsThatOnceFailedAgree(seed: UInt64) throws {
    try compare(seed: seed, stacksValues: false)
  }

  /// By the flags of the tier cc; it takes a hundred times as long as libtcc.
  @Test func codeOfTheSystemsCompilerAgreesToTheBit() throws {
    guard (try? SystemCompiler.find()) != nil else { return }
    for seed in 0..<UInt64(randomGraphCount / 30) { try compare(seed: seed, bySystem: true) }
  }

  private func compare(seed: UInt64, stacksValues: Bool = true, bySystem: Bool = false) throws {
    var options = RandomGraph.Options()
    options.allowsFaults = true
    options.stacksValues = stacksValues
    let sample = RandomGraph.make(seed: seed, options: options)
    // Of what no output reads the interpreter finds the faults too, the code does not.
    try compareBackends(Pass.eliminateDeadNodes.run(sample.graph), sample.inputs, sample.dims, "seed \(seed)", bySystem: bySystem)
  }
}

/// Runs a graph by the interpreter and by libtcc, or the system's compiler, and records where they differ; a fault of the one must be a fault of the other.
func compareBackends(_ graph: Graph, _ inputs: [Tensor], _ dims: [String: Int], _ title: String, bySystem: Bool = false) throws {
  var options = COptions(name: "random", target: bySystem ? .library : .jit, sourceFile: nil)
  options.leastStreamed = 0
  let generated = generateC(graph, options: options)
  let module: CompiledModule
  do {
    module = try bySystem ? CompiledModule.compilingBySystem(generated, cache: nil) : CompiledModule.compiling(generated)
  } catch {
    Issue.record("\(title): \(error)")
    return
  }
  var workspace = Workspace()
  let outputs = graph.results.map { (graph.type(of: $0.value).dtype, graph.shape(of: $0.value).extents(dims) ?? []) }
  let (status, found) = try module.call(generated.signature, inputs: inputs, dims: dims, outputs: outputs, workspace: &workspace)
  do {
    let expected = try GraphInterpreter.run(graph, inputs: inputs, dims: dims)
    #expect(status == 0, "\(title): status \(status)")
    guard status == 0 else { return }
    for (output, (a, b)) in zip(graph.results, zip(expected, found)) {
      if let difference = a.difference(from: b) { Issue.record("\(title), output \(output.name): \(difference)") }
    }
  } catch {
    #expect(status != 0, "\(title): the interpreter says \(error), the code nothing")
  }
}
