import GradRuntime

/// Machine code in memory, made from C, with its entries.
///
/// The owner of the code: entries are lent for the time of a closure, and the pages go when this goes. The code has no state of
/// its own (what a library is lent is written once, when it is loaded), so that any number of threads may call it at once, each with its own
/// `Workspace`.
///
/// Every entry `NAME` comes as two functions of one signature, so that they can be called whatever the model's arguments:
/// ```c
/// int32_t NAME_call(const int64_t *dims, const void *const *inputs, void *const *outputs, void *workspace);
/// uint64_t NAME_call_workspace_bytes(const int64_t *dims);  // UINT64_MAX: more than can be counted
/// ```
/// - `dims` are the values of the symbolic dims, `inputs` and `outputs` the arrays, all in the order of the entry's signature.
/// - The result of `NAME_call` is the status, 0 where all went well.
public struct CompiledModule: ~Copyable, Sendable {
  private let code: LoadedCode
  /// The names of the entries.
  public let entries: [String]
  /// Their functions, in the same order.
  private let functions: [EntryFunctions]

  /// More C than that is not compiled in the process.
  public static let greatestSourceLength = 64 << 20

  /// Compiles the C by libtcc. Every function that it calls and does not define is among the symbols.
  public init(
    c source: String, entries: [String], symbols: [NativeSymbol] = RuntimeSymbols.all
  ) throws(JITError) {
    let exports = entries.flatMap { ["\($0)_call", "\($0)_call_workspace_bytes"] }
    let code = try TCCCompiler.compile(source, symbols: symbols, exports: exports)
    self.entries = entries
    functions = entries.indices.map { EntryFunctions(call: code.addresses[2 * $0], workspaceBytes: code.addresses[2 * $0 + 1]) }
    self.code = .pages(code.memory)
  }

  /// The one entry of a shared library.
  init(_ library: consuming SharedLibrary, entry: String) throws(JITError) {
    let call = try library.address(of: "\(entry)_call")
    // The C has a place for each function of the process that it calls.
    for symbol in RuntimeSymbols.lent { library.find(symbol.name)?.storeBytes(of: symbol.address, as: UnsafeRawPointer.self) }
    functions = [EntryFunctions(call: call, workspaceBytes: try library.address(of: "\(entry)_call_workspace_bytes"))]
    entries = [entry]
    code = .library(library)
  }

  /// The pages of code that libtcc made; nil for a shared library.
  var pages: UnsafeRawBufferPointer? {
    switch code {
    case .pages(let memory): UnsafeRawBufferPointer(start: memory.start, count: memory.byteCount)
    case .library: nil
    }
  }

  /// Lends the entry of that name, one of `entries`.
  public borrowing func withEntry<Result, Failure: Error>(
    named name: String, _ body: (borrowing ModuleEntry) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let index = entries.firstIndex(of: name) else { preconditionFailure("the module has no entry '\(name)'") }
    return try body(ModuleEntry(functions: functions[index]))
  }

  /// Calls the entry at that place of `entries` on memory of the caller's, laid out as the entry's contract says; gives its status.
  public borrowing func call(
    entryAt index: Int, dims: UnsafePointer<Int64>?, inputs: UnsafePointer<UnsafeRawPointer?>?,
    outputs: UnsafePointer<UnsafeMutableRawPointer?>?, workspace: UnsafeMutableRawPointer?
  ) -> Int32 { functions[index].call(dims, inputs, outputs, workspace) }

  /// The function that calls the entry at that place: good as long as the module.
  package borrowing func call(ofEntryAt index: Int) -> Call { functions[index].call }
}

/// Where a module's code lives, and goes with it.
enum LoadedCode: ~Copyable {
  case pages(ExecutableMemory)
  case library(SharedLibrary)
}

extension CompiledModule {
  /// `NAME_call`.
  package typealias Call =
    @convention(c) (
      UnsafePointer<Int64>?, UnsafePointer<UnsafeRawPointer?>?, UnsafePointer<UnsafeMutableRawPointer?>?, UnsafeMutableRawPointer?
    ) -> Int32
}

/// The two functions of an entry, with the types that the module's contract gives them.
private struct EntryFunctions: Sendable {
  typealias Call = CompiledModule.Call
  typealias WorkspaceBytes = @convention(c) (UnsafePointer<Int64>?) -> UInt64
  let call: Call
  let workspaceBytes: WorkspaceBytes

  init(call: UInt, workspaceBytes: UInt) {
    self.call = unsafeBitCast(call, to: Call.self)
    self.workspaceBytes = unsafeBitCast(workspaceBytes, to: WorkspaceBytes.self)
  }
}

/// An entry of a module, for as long as the module lends it.
public struct ModuleEntry: ~Copyable {
  private let functions: EntryFunctions
  fileprivate init(functions: EntryFunctions) { self.functions = functions }

  /// The bytes of workspace that a call with these dims needs, `UInt64.max` where they cannot be counted.
  public func workspaceBytes(dims: [Int64]) -> UInt64 { dims.withUnsafeBufferPointer { functions.workspaceBytes($0.baseAddress) } }

  /// Calls the code; gives its status, 0 where all went well.
  ///
  /// The arrays are as large as the entry's types say for the dims, and no output overlaps another array.
  public func call(
    dims: [Int64], inputs: [UnsafeRawPointer?], outputs: [UnsafeMutableRawPointer?], workspace: inout Workspace
  ) throws(JITError) -> Int32 {
    let memory = try workspace.reserve(bytes: workspaceBytes(dims: dims))
    return call(dims: dims, inputs: inputs, outputs: outputs, memory: memory)
  }

  /// Calls the code with workspace that was reserved before: for calls in a loop.
  public func call(
    dims: [Int64], inputs: [UnsafeRawPointer?], outputs: [UnsafeMutableRawPointer?], memory: UnsafeMutableRawPointer?
  ) -> Int32 {
    dims.withUnsafeBufferPointer { dims in
      inputs.withUnsafeBufferPointer { inputs in
        outputs.withUnsafeBufferPointer { outputs in
          functions.call(dims.baseAddress, inputs.baseAddress, outputs.baseAddress, memory)
        }
      }
    }
  }
}
