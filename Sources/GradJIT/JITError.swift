/// Why code could not be made or run in the process; the words are in `JITError+Diagnostics.swift`.
public enum JITError: Error, Hashable, Sendable {
  /// The package was built without the trait `JIT`.
  case unavailable
  /// libtcc does not take the C that was made: a bug of gradc.
  case rejected(RejectedCode)
  /// The C is longer than libtcc is given: where its memory ends, it ends the process.
  case sourceTooLarge(bytes: Int, limit: Int)
  /// No memory for the code.
  case memory(bytes: Int)
  /// The system does not let a process run code that it wrote itself.
  case executableMemoryDenied(reason: String)
  /// The system's compiler cannot be started.
  case compilerMissing(reason: String)
  /// The system's compiler does not take the C; what it said, a line each.
  case compilerFailed(messages: [String])
  /// What the system's compiler made cannot be loaded.
  case libraryRefused(reason: String)
  /// No files can be written there.
  case folder(path: String, reason: String)
  /// The workspace of a call cannot be had; its size is nil where it is beyond 64 bits.
  case workspace(bytes: UInt64?)
}

/// C that was refused, with what was said about it.
public struct RejectedCode: Hashable, Sendable {
  /// What libtcc said, a line each.
  public var messages: [String]
  /// The whole C.
  public var source: String

  /// What the compiler said of a text.
  public init(messages: [String], source: String) {
    self.messages = messages
    self.source = source
  }
}
