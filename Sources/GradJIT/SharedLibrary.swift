import Glibc

/// A shared library in this process, opened by its descriptor: what was looked at is what is loaded, wherever its name leads by then.
struct SharedLibrary: ~Copyable, @unchecked Sendable {
  // Unchecked for the handle, which is only used to look names up.
  private let handle: UnsafeMutableRawPointer
  /// Held as long as the library: the loader knows libraries by name, and this one's is the descriptor's number.
  let descriptor: Int32

  /// - Parameter descriptor: Of the library's file; it goes with the library.
  init(descriptor: Int32) throws(JITError) {
    guard let handle = dlopen("/proc/self/fd/\(descriptor)", RTLD_NOW | RTLD_LOCAL) else {
      let reason = dlerror().map { String(cString: $0) } ?? ""
      close(descriptor)
      throw .libraryRefused(reason: reason)
    }
    self.handle = handle
    self.descriptor = descriptor
  }
  deinit {
    dlclose(handle)
    close(descriptor)
  }

  /// Where a function starts.
  borrowing func address(of name: String) throws(JITError) -> UInt {
    guard let address = find(name) else { throw .libraryRefused(reason: "it has no function '\(name)'") }
    return UInt(bitPattern: address)
  }

  /// Where a function or variable is, if the library has it.
  borrowing func find(_ name: String) -> UnsafeMutableRawPointer? { dlsym(handle, name) }
}
