import Glibc

/// Pages that are first written, then run; once there is code to call, they are not writable.
///
/// The owner of the mapping: it goes when this goes.
struct ExecutableMemory: ~Copyable, @unchecked Sendable {
  // Unchecked for the pages: who makes them code lets go of them before they are shared.
  let start: UnsafeMutableRawPointer
  let byteCount: Int

  /// Zeroed pages, to be written.
  init(byteCount: Int) throws(JITError) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    self.byteCount = max(1, (byteCount + page - 1) / page) * page
    let memory = mmap(nil, self.byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else { throw .memory(bytes: byteCount) }
    start = memory
  }
  deinit { munmap(start, byteCount) }

  /// Makes the pages code: from here on they can be read and run, and no longer written.
  borrowing func makeExecutable() throws(JITError) {
    guard mprotect(start, byteCount, PROT_READ | PROT_EXEC) == 0 else {
      throw .executableMemoryDenied(reason: String(cString: strerror(errno)))
    }
  }

  /// Whether the system lets pages that were written be run: hardened ones do not.
  ///
  /// Asked before libtcc is used: it makes the pages that it relocates into writable and executable, for that moment, and ends the
  /// process where it may not.
  static func checkAllowed() throws(JITError) {
    let memory = try ExecutableMemory(byteCount: 1)
    guard mprotect(memory.start, memory.byteCount, PROT_READ | PROT_WRITE | PROT_EXEC) == 0 else {
      throw .executableMemoryDenied(reason: String(cString: strerror(errno)))
    }
  }
}

/// Machine code and where its functions start, in the order in which they were asked for.
struct CompiledCode: ~Copyable {
  let memory: ExecutableMemory
  let addresses: [UInt]
}
