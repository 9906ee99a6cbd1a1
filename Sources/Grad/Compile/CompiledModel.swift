import GradCodegen
import GradIR
import GradJIT

/// Who makes the machine code of a model.
public enum Tier: Sendable {
  /// libtcc, in the process: there in a millisecond.
  case tcc
  /// The system's C compiler at its best optimization: slow to make the first time, then in the user's cache; fast to run.
  case cc
  /// libtcc at first; when a thread in the background has it, the system's compiler's, with the same bits.
  case tiered
}

/// A model as machine code in the process: callable from any number of threads, each with a `Workspace` of its own.
///
///     let compiled = try CompiledModel(model)
///     let results = try compiled.run(try model.bind(data))
public struct CompiledModel: ~Copyable, Sendable {
  /// What was compiled.
  public let model: Model
  private let code: ModelCode
  private let entry: CompiledModule.Call
  private let faster: FasterCode?
  /// The threads that a call may use; any number gives the same bits.
  public let threads: Int
  /// What calls do with subnormal numbers.
  public let subnormals: Subnormals

  /// What callers know of the code.
  public var signature: CallSignature { code.signature }
  /// Of code that tells of its kernels: which they are.
  var kernels: [KernelSummary] { code.kernels }
  /// What the comparison with the interpreter came to before the first use.
  public var verification: Verification.Outcome { code.verification }

  /// - Parameters:
  ///   - threads: The threads that a call may use, the caller's own among them: 1 to 256. The others are the process's, for all models; a call
  ///     that finds them at work for another goes on alone.
  ///   - subnormals: Flushed, results are those of the reference where no number on the way is subnormal.
  ///   - verifying: Compares the code with the interpreter on small shapes first.
  ///   - report: Told once why a tiered model stays with libtcc's code; said on standard error unless the caller listens.
  /// - Throws: `Diagnostic`: `jit.rejected` or `jit.miscompiled`, bugs that come with the C; `jit.unavailable` without libtcc;
  ///   `cc.missing` and its kin for the tier cc.
  public init(
    _ model: Model, tier: Tier = .tcc, threads: Int = 1, subnormals: Subnormals = .kept, verifying: Bool = true,
    report: @escaping @Sendable (Diagnostic) -> Void = FasterCode.sayOnce
  ) throws {
    precondition(Threads.range.contains(threads), "a call runs on 1 to 256 threads")
    self.model = model
    self.threads = threads
    self.subnormals = subnormals
    let sharesLoops = threads > 1
    code =
      tier == .cc
      ? try ModelCode.bySystem(model, verifying: verifying, sharesLoops: sharesLoops)
      : try ModelCode(model, verifying: verifying, sharesLoops: sharesLoops)
    entry = code.entry
    faster = tier == .tiered ? FasterCode(model, code, verifying: verifying, sharesLoops: sharesLoops, report: report) : nil
  }

  /// Code that tells `grad_mark` of the end of each kernel.
  init(profiling model: Model, tier: Tier, threads: Int, subnormals: Subnormals) throws {
    self.model = model
    self.threads = threads
    self.subnormals = subnormals
    code =
      tier == .cc
      ? try ModelCode(bySystem: model, verifying: true, isProfiled: true, sharesLoops: threads > 1)
      : try ModelCode(model, verifying: true, isProfiled: true, sharesLoops: threads > 1)
    entry = code.entry
    faster = nil
  }

  /// The outputs for bound data, in a workspace of the call's own.
  public borrowing func run(_ bound: BoundModel) throws -> [NamedTensor] {
    var workspace = Workspace()
    return try run(bound, workspace: &workspace)
  }

  /// The outputs for bound data.
  /// - Throws: `ModelError` for a fault that only the values decide, with its tensor, position and value.
  public borrowing func run(_ bound: BoundModel, workspace: inout Workspace) throws -> [NamedTensor] {
    let code = faster?.code ?? code
    let types = try bound.outputTypes()
    let (status, outputs) = try Threads.use(threads) {
      try subnormals.use {
        try code.module.call(code.signature, inputs: bound.tensors, dims: bound.dims, outputs: types, workspace: &workspace)
      }
    }
    return try bound.results(status, outputs, code.signature)
  }

  /// Waits until a tiered model has settled; true where calls run the system's compiler's code.
  public borrowing func settle() -> Bool { faster?.settle() ?? false }

  /// Makes the workspace as large as calls with these dims need, and gives its start.
  borrowing func reserve(_ workspace: inout Workspace, dims: [Int64]) throws -> UnsafeMutableRawPointer? {
    do throws(JITError) {
      let bytes = code.module.withEntry(named: signature.entry) { $0.workspaceBytes(dims: dims) }
      return try workspace.reserve(bytes: bytes)
    } catch {
      throw error.diagnostic
    }
  }

  /// Calls the code on memory of the caller's.
  borrowing func enter(
    dims: UnsafePointer<Int64>?, inputs: UnsafePointer<UnsafeRawPointer?>?, outputs: UnsafePointer<UnsafeMutableRawPointer?>?,
    workspace: UnsafeMutableRawPointer?
  ) -> Int32 { Threads.use(threads) { subnormals.use { (faster?.entry ?? entry)(dims, inputs, outputs, workspace) } } }
}
