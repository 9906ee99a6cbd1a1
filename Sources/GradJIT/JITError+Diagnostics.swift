import GradIR

extension JITError {
  /// The error as users meet it.
  public var diagnostic: Diagnostic {
    switch self {
    case .unavailable:
      Diagnostic(
        "jit.unavailable", "this gradc was built without libtcc",
        hint: "run the model with --backend cc or --backend interpreter, or build with the trait JIT (it needs libtcc-dev)")
    case .rejected(let code):
      Diagnostic(
        "jit.rejected", "libtcc does not take the C that gradc made of this model: a bug of gradc, not of the model",
        hint: "--backend interpreter runs the model without C; please report the model and what 'gradc inspect --stage c' prints",
        notes: code.messages.prefix(5).map { Diagnostic.Note($0) })
    case .sourceTooLarge(let bytes, let limit):
      Diagnostic(
        "jit.size", "the model's C has \(bytes) bytes, more than the \(limit) that are compiled in the process",
        hint: "use --backend cc, or write loops where the model repeats itself")
    case .memory(let bytes):
      Diagnostic("jit.memory", "there is no memory for \(bytes) bytes of compiled code")
    case .executableMemoryDenied(let reason):
      Diagnostic(
        "jit.denied", "the system does not allow code made in the process: \(reason)",
        hint: "use --backend cc or --backend interpreter")
    case .compilerMissing(let reason):
      Diagnostic(
        "cc.missing", "cannot start the system's C compiler 'cc': \(reason)",
        hint: "install gcc or clang, or do without what needs it: --emit object and so, --backend cc")
    case .compilerFailed(let messages):
      Diagnostic(
        "cc.failed", "the system's C compiler refused the C of the model", notes: messages.map { Diagnostic.Note($0) })
    case .libraryRefused(let reason):
      Diagnostic("cc.load", "cannot load the code of the system's C compiler: \(reason)")
    case .folder(let path, let reason):
      Diagnostic("file.folder", "cannot write into the folder '\(path)': \(reason)")
    case .workspace(let bytes?):
      Diagnostic("jit.workspace", "the model needs \(bytes) bytes of workspace for these sizes, more than can be had")
    case .workspace(nil):
      Diagnostic("jit.workspace", "the model needs more workspace for these sizes than can be counted in bytes")
    }
  }
}
