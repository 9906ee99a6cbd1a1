/// Machine code in memory, made from C, with its entries.
///
/// The owner of the code: entries are lent for the time of a closure, and the pages go when this goes. The code has no state of
/// its own (its data is as little writable as its text), so that any number of threads may call it at once, each with its own
/// `Workspace`.
///
/// Every entry `NAME` comes as two functions of one signature, so that they can be called whatever the model's arguments:
/// ```c
/// int32_t NAME_call(const int64_t *dims, const void *const *inputs, void *const *outputs, void *workspace);
/// uint64_t NAME_workspace_bytes(const int64_t *dims);  // UINT64_MAX: more than can be counted
/// ```
/// - `dims` are the values of the symbolic dims, `inputs` and `outputs` the arrays, all in the order of the entry's signature.
/// - The result of `NAME_call` is the status, 0 where all went well.
public struct CompiledModule: ~Copyable, Sendable {
  private let code: CompiledCode
  /// The names of the entries.
  public let entries: [String]

  /// More C than that is not compiled in the process.
  public static let greatestSourceLength = 64 << 20

  /// Compiles the C by libtcc. Every function that it calls and does not define is among the symbols.
  public init(
    c source: String, entries: [String], symbols: [NativeSymbol] = RuntimeSymbols.all
  ) throws(JITError) {
    self.entries = entries
    let exports = entries.flatMap { ["\($0)_call", "\($0)_workspace_bytes"] }
    code = try TCCCompiler.compile(source, symbols: symbols, exports: exports)
  }

  /// Where the code starts.
  var codeStart: UnsafeRawPointer { UnsafeRawPointer(code.memory.start) }

  /// The bytes of memory that the code takes.
  public var codeByteCount: Int { code.memory.byteCount }

  /// Lends the entry of that name, one of `entries`.
  public borrowing func withEntry<Result, Failure: Error>(
    named name: String, _ body: (borrowing ModuleEntry) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let call = code.addresses["\(name)_call"], let bytes = code.addresses["\(name)_workspace_bytes"] else {
      preconditionFailure("the module has no entry '\(name)'")
    }
    return try body(ModuleEntry(call: call, workspaceBytes: bytes))
  }
}

/// An entry of a module, for as long as the module lends it.
public struct ModuleEntry: ~Copyable {
  private typealias Call = @convention(c) (
    UnsafePointer<Int64>?, UnsafePointer<UnsafeRawPointer?>?, UnsafePointer<UnsafeMutableRawPointer?>?, UnsafeMutableRawPointer?
  ) -> Int32
  private typealias WorkspaceBytes = @convention(c) (UnsafePointer<Int64>?) -> UInt64
  private let function: Call
  private let sizeFunction: WorkspaceBytes

  fileprivate init(call: UInt, workspaceBytes: UInt) {
    // The addresses are those of functions of these signatures, as the module's contract has it.
    function = unsafeBitCast(call, to: Call.self)
    sizeFunction = unsafeBitCast(workspaceBytes, to: WorkspaceBytes.self)
  }

  /// The bytes of workspace that a call with these dims needs, `UInt64.max` where they cannot be counted.
  public func workspaceBytes(dims: [Int64]) -> UInt64 { dims.withUnsafeBufferPointer { sizeFunction($0.baseAddress) } }

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
          function(dims.baseAddress, inputs.baseAddress, outputs.baseAddress, memory)
        }
      }
    }
  }
}
