#if JIT
  import CTCC
  import Glibc
  import Synchronization

  /// libtcc: one string of C to machine code in memory.
  ///
  /// libtcc has global state, so that one compilation runs at a time; the code, once made, runs in any number of threads.
  enum TCCCompiler {
    private static let lock = Mutex(())

    /// No libraries and no headers: the C brings its prototypes and every symbol is registered, so that nothing of tcc's own need
    /// be installed. A function without a prototype would be called wrongly, hence the warning, and warnings are errors.
    private static let options = "-nostdlib -nostdinc -Wimplicit-function-declaration -Werror"

    static func compile(
      _ source: String, symbols: [NativeSymbol], exports: [String]
    ) throws(JITError) -> CompiledCode {
      guard source.utf8.count <= CompiledModule.greatestSourceLength else {
        throw .sourceTooLarge(bytes: source.utf8.count, limit: CompiledModule.greatestSourceLength)
      }
      // A C string ends at its first zero, silently.
      var text = source
      guard text.withUTF8({ bytes in bytes.baseAddress.flatMap { memchr($0, 0, bytes.count) } }) == nil else {
        throw .rejected(RejectedCode(messages: ["the C has a zero byte"], source: source))
      }
      try ExecutableMemory.checkAllowed()
      return try lock.withLock { _ throws(JITError) in try relocate(source, symbols, exports) }
    }

    private static func relocate(
      _ source: String, _ symbols: [NativeSymbol], _ exports: [String]
    ) throws(JITError) -> CompiledCode {
      let log = MessageLog()
      func rejected(_ reason: String) -> JITError {
        .rejected(RejectedCode(messages: log.messages.isEmpty ? [reason] : log.messages, source: source))
      }
      guard let state = tcc_new() else { throw .memory(bytes: source.utf8.count) }
      // The addresses are fetched before; the code itself does not need the state.
      defer { tcc_delete(state) }
      return try withExtendedLifetime(log) { () throws(JITError) -> CompiledCode in
        tcc_set_error_func(state, Unmanaged.passUnretained(log).toOpaque(), keepMessage)
        tcc_set_options(state, options)
        guard tcc_set_output_type(state, TCC_OUTPUT_MEMORY) == 0 else { throw rejected("it cannot compile to memory") }
        for symbol in symbols {
          guard tcc_add_symbol(state, symbol.name, symbol.address) == 0 else {
            throw rejected("the symbol '\(symbol.name)' cannot be registered")
          }
        }
        guard tcc_compile_string(state, source) == 0 else { throw rejected("the C cannot be compiled") }
        let size = tcc_relocate(state, nil)
        guard size > 0 else { throw rejected("the code cannot be linked") }
        let pages = try ExecutableMemory(byteCount: Int(size))
        guard tcc_relocate(state, pages.start) == 0 else { throw rejected("the code cannot be relocated") }
        try pages.makeExecutable()
        var addresses: [UInt] = []
        for name in exports {
          guard let address = tcc_get_symbol(state, name) else { throw rejected("the C does not define '\(name)'") }
          addresses.append(UInt(bitPattern: address))
        }
        // Some versions warn, and go on, where -Werror does not reach.
        guard log.messages.isEmpty else { throw rejected("") }
        return CompiledCode(memory: pages, addresses: addresses)
      }
    }
  }

  /// What libtcc says while it compiles.
  private final class MessageLog {
    private(set) var messages: [String] = []
    func append(_ message: String) {
      // One fault can bring thousands more.
      if messages.count < 100 { messages.append(message) }
    }
  }

  private func keepMessage(_ log: UnsafeMutableRawPointer?, _ message: UnsafePointer<CChar>?) {
    guard let log, let message else { return }
    Unmanaged<MessageLog>.fromOpaque(log).takeUnretainedValue().append(String(cString: message))
  }
#else
  /// Stands in for libtcc where the package was built without it.
  enum TCCCompiler {
    static func compile(
      _ source: String, symbols: [NativeSymbol], exports: [String]
    ) throws(JITError) -> CompiledCode {
      throw .unavailable
    }
  }
#endif
