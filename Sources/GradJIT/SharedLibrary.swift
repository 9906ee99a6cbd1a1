import Glibc
import Synchronization

/// A shared library in this process, opened by its descriptor: what was looked at is what is loaded, wherever its name leads by then.
struct SharedLibrary: ~Copyable, @unchecked Sendable {
  // Unchecked for the handle, which is only used to look names up.
  private let handle: UnsafeMutableRawPointer
  let descriptor: Int32
  private static let loads = Atomic<Int>(0)

  /// - Parameter descriptor: Of the library's file; it goes with the library.
  init(descriptor: Int32) throws(JITError) {
    guard let handle = dlopen(Self.newName(of: descriptor), RTLD_NOW | RTLD_LOCAL) else {
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

  /// A path to a descriptor's file that was never used: the loader knows a library by every name that it was opened by, for as long as one
  /// handle of it is open, and gives that library again for the name, wherever the descriptor leads by then.
  private static func newName(of descriptor: Int32) -> String {
    let number = loads.add(1, ordering: .relaxed).newValue
    return "/proc/self/fd/" + String(number, radix: 2).map { $0 == "0" ? "./" : ".//" }.joined() + "\(descriptor)"
  }

  /// Where a function starts.
  borrowing func address(of name: String) throws(JITError) -> UInt {
    guard let address = find(name) else { throw .libraryRefused(reason: "it has no function '\(name)'") }
    return UInt(bitPattern: address)
  }

  /// Where a function or variable is, if the library has it.
  borrowing func find(_ name: String) -> UnsafeMutableRawPointer? { dlsym(handle, name) }
}
