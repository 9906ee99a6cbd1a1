import Glibc

/// Memory for the intermediate arrays of calls, one after another; one thread uses it at a time.
///
/// It grows as calls need it and is kept for the next. What is in it between calls is not promised.
public struct Workspace: ~Copyable, @unchecked Sendable {
  // Unchecked for the pointer: the memory is this value's alone, and the value is not copied.
  private var start: UnsafeMutableRawPointer?
  /// The bytes that are held.
  public private(set) var capacity = 0

  /// Cache lines, and the widest vectors.
  public static let alignment = AlignedMemory.line

  /// The system may promise more than there is, and end the process that makes use of it.
  private static let physicalMemory: Int = {
    let (pages, size) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
    return pages > 0 && size > 0 ? pages * size : .max
  }()

  /// No memory yet: it is taken with the first call that needs it.
  public init() {}
  deinit { free(start) }

  /// At least that many bytes at an address divisible by 64; nil for none. They hold until the next call of this.
  public mutating func reserve(bytes: UInt64) throws(JITError) -> UnsafeMutableRawPointer? {
    if bytes <= UInt64(capacity) { return bytes == 0 ? nil : start }
    guard bytes != .max else { throw .workspace(bytes: nil) }
    let alignment = AlignedMemory.alignment(of: bytes)
    // Half as much again as before, so that sizes that creep up do not ask each time.
    let wanted = max(bytes, UInt64(capacity) + UInt64(capacity) / 2)
    let (sum, overflow) = wanted.addingReportingOverflow(UInt64(alignment - 1))
    guard !overflow, let size = Int(exactly: sum & ~UInt64(alignment - 1)), size <= Self.physicalMemory else {
      throw .workspace(bytes: bytes)
    }
    free(start)
    start = nil
    capacity = 0
    start = AlignedMemory.allocate(bytes: size)
    guard start != nil else { throw .workspace(bytes: bytes) }
    capacity = size
    return start
  }
}
