import Glibc
import GradCodegen
import GradIR
import GradJIT

/// The system's C compiler, `cc`.
enum SystemCompiler {
  /// Compiles without a shell, with the flags that keep the bits of the reference.
  /// - Throws: `Diagnostic` where there is no compiler, or it refuses.
  static func run(_ more: [String]) throws {
    let arguments = ["cc", "-std=c99", "-O3", "-march=native", "-ffp-contract=off"] + more
    var process = pid_t()
    var vector: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for pointer in vector { free(pointer) } }
    let code = posix_spawnp(&process, "cc", nil, nil, &vector, environ)
    guard code == 0 else {
      throw Diagnostic(
        "cc.missing", "cannot start the system's C compiler 'cc': \(systemErrorText(code))",
        hint: "install gcc or clang, or do without what needs it: --emit object and so, --backend cc")
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    guard status == 0 else {
      throw Diagnostic("cc.failed", "the system's C compiler refused the C of the model (its words stand above)")
    }
  }
}

/// A model's embedded C as a shared library in this process, made by the system's compiler in a private folder that is gone by the
/// time the code runs. It stays loaded as long as this lives.
struct SystemModule: ~Copyable {
  private typealias Call =
    @convention(c) (
      UnsafePointer<Int64>?, UnsafePointer<UnsafeRawPointer?>?, UnsafePointer<UnsafeMutableRawPointer?>?, UnsafeMutableRawPointer?
    ) -> Int32
  private typealias WorkspaceBytes = @convention(c) (UnsafePointer<Int64>?) -> UInt64

  let generated: GeneratedC
  private let library: UnsafeMutableRawPointer
  private let entry: Call
  private let workspaceBytes: WorkspaceBytes

  init(_ graph: Graph, _ source: SourceFile) throws {
    let generated = GradCodegen.generateC(graph, options: COptions(name: source.stem, target: .embedded, sourceFile: source))
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array((parent + "/gradc-XXXXXX").utf8CString)
    // Made with permissions for its owner alone.
    guard mkdtemp(&template) != nil else {
      throw Diagnostic("file.folder", "cannot make a folder in '\(parent)': \(systemErrorText())")
    }
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let files = [generated.entry + ".c", generated.entry + ".h", "library.so"].map { folder + "/" + $0 }
    defer {
      for file in files { unlink(file) }
      rmdir(folder)
    }
    try reportingDiagnostics {
      for (file, text) in zip(files, [generated.source + SystemModule.uniformEntry(generated), generated.header]) {
        try OutputFile.write(path: file) { output in try Array(text.utf8).withUnsafeBytes { try output.write($0) } }
      }
    }
    try SystemCompiler.run(["-shared", "-fPIC", "-o", files[2], files[0], "-lm"])
    guard let library = dlopen(files[2], RTLD_NOW | RTLD_LOCAL), let call = dlsym(library, generated.uniformEntry),
      let bytes = dlsym(library, generated.uniformWorkspaceFunction)
    else {
      throw Diagnostic("cc.load", "cannot load the code of the system's C compiler: \(dlerror().map { String(cString: $0) } ?? "")")
    }
    self.generated = generated
    self.library = library
    entry = unsafeBitCast(call, to: Call.self)
    workspaceBytes = unsafeBitCast(bytes, to: WorkspaceBytes.self)
  }
  deinit { dlclose(library) }

  /// Two functions of one signature for every model, as the code for libtcc has them.
  private static func uniformEntry(_ generated: GeneratedC) -> String {
    let dims = generated.dims.indices.map { "dims[\($0)]" }
    let arrays = generated.inputs.indices.map { "inputs[\($0)]" } + generated.outputs.indices.map { "outputs[\($0)]" }
    return """

      int \(generated.uniformEntry)(const int64_t *dims, const void *const *inputs, void *const *outputs, void *workspace) {
        (void)dims; (void)inputs; (void)outputs;
        return \(generated.entry)(\((dims + arrays + ["workspace"]).joined(separator: ", ")));
      }
      uint64_t \(generated.uniformWorkspaceFunction)(const int64_t *dims) {
        (void)dims;
        return \(generated.workspaceFunction)(\(dims.joined(separator: ", ")));
      }

      """
  }

  /// The status and, where it is 0, the outputs.
  borrowing func call(inputs: [Tensor], dims: [String: Int], outputs: [(DType, [Int])]) throws -> (status: Int32, outputs: [Tensor]) {
    let dimValues = generated.dims.map { Int64(dims[$0] ?? 0) }
    let bytes = dimValues.withUnsafeBufferPointer { workspaceBytes($0.baseAddress) }
    guard bytes < UInt64(Int64.max) else { throw JITError.workspace(bytes: nil).diagnostic }
    var arrays: [ArrayMemory] = []
    defer { for array in arrays { array.free() } }
    for tensor in inputs { arrays.append(try ArrayMemory(copying: tensor)) }
    for (dtype, extents) in outputs { arrays.append(try ArrayMemory(dtype, extents)) }
    let workspace = try ArrayMemory(.bool, [Int(bytes)])
    defer { workspace.free() }
    let given = arrays.prefix(inputs.count).map { UnsafeRawPointer($0.start) as UnsafeRawPointer? }
    let results = arrays.dropFirst(inputs.count)
    let targets = results.map { $0.start as UnsafeMutableRawPointer? }
    let status = dimValues.withUnsafeBufferPointer { dims in
      given.withUnsafeBufferPointer { given in
        targets.withUnsafeBufferPointer { targets in entry(dims.baseAddress, given.baseAddress, targets.baseAddress, workspace.start) }
      }
    }
    return (status, status == 0 ? results.map { $0.tensor() } : [])
  }
}
