import GradCodegen
import GradIR
import GradJIT

/// A model as machine code in the process: callable from any number of threads, each with a `Workspace` of its own.
///
///     let compiled = try CompiledModel(model)
///     let results = try compiled.run(try model.bind(data))
public struct CompiledModel: ~Copyable, Sendable {
  public let model: Model
  /// The C that the code was made from, with its signature and faults.
  public let generated: GeneratedC
  /// What the comparison with the interpreter came to before the first use.
  public let verification: Verification.Outcome
  private let module: CompiledModule

  /// - Parameter verifying: Compares the code with the interpreter on small shapes first.
  /// - Throws: `Diagnostic` `jit.rejected` or `jit.miscompiled`, bugs that come with the C; `jit.unavailable` without libtcc.
  public init(_ model: Model, verifying: Bool = true) throws {
    let generated = JITSource.generate(model.optimized, model.source)
    let module = try CompiledModule.compiling(generated)
    verification = verifying ? try Verification.verify(model, module, generated) : .notAsked
    self.model = model
    self.generated = generated
    self.module = module
  }

  /// The outputs for bound data, in a workspace of the call's own.
  public borrowing func run(_ bound: BoundModel) throws -> [NamedTensor] {
    var workspace = Workspace()
    return try run(bound, workspace: &workspace)
  }

  /// The outputs for bound data.
  /// - Throws: `ModelError` for a fault that only the values decide, with its tensor, position and value.
  public borrowing func run(_ bound: BoundModel, workspace: inout Workspace) throws -> [NamedTensor] {
    let (status, outputs) = try module.call(
      generated, inputs: bound.tensors, dims: bound.dims, outputs: bound.outputTypes(), workspace: &workspace)
    return try bound.results(status, outputs, generated)
  }

  /// Makes the workspace as large as calls with these dims need, and gives its start.
  borrowing func reserve(_ workspace: inout Workspace, dims: [Int64]) throws -> UnsafeMutableRawPointer? {
    do throws(JITError) {
      let bytes = module.withEntry(named: generated.entry) { $0.workspaceBytes(dims: dims) }
      return try workspace.reserve(bytes: bytes)
    } catch {
      throw error.diagnostic
    }
  }

  /// Calls the code on memory of the caller's.
  borrowing func enter(
    dims: UnsafePointer<Int64>?, inputs: UnsafePointer<UnsafeRawPointer?>?, outputs: UnsafePointer<UnsafeMutableRawPointer?>?,
    workspace: UnsafeMutableRawPointer?
  ) -> Int32 { module.call(entryAt: 0, dims: dims, inputs: inputs, outputs: outputs, workspace: workspace) }
}

/// The C that is handed to libtcc.
enum JITSource {
  /// Changes the text on its way, as a compiler with a bug would: how the tests plant one.
  static let alteration = ThreadScoped<@Sendable (String) -> String>()

  static func generate(_ graph: Graph, _ source: SourceFile) -> GeneratedC {
    var generated = GradCodegen.generateC(graph, options: COptions(name: source.stem, target: .jit, sourceFile: source))
    if let alteration = alteration.value { generated.source = alteration(generated.source) }
    return generated
  }
}
