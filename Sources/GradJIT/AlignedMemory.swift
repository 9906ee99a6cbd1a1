import Glibc

/// Memory as generated code likes it, freed by `free`: it begins with a cache line, and what is large lies in large pages, with which
/// products run half as fast again.
enum AlignedMemory {
  /// Cache lines, and the widest vectors.
  static let line = 64
  private static let hugePage = 2 << 20
  private static let page = 4096

  /// Where memory of that size begins: at a multiple of this. Arrays of some size lie at the same place of a page: where one lies a line before
  /// another, processors take what a loop is about to read for what it has just written, and a step waits for the one before.
  static func alignment(of bytes: UInt64) -> Int { bytes >= 2 * UInt64(hugePage) ? hugePage : bytes >= UInt64(page) / 2 ? page : line }

  /// Nil where there is not so much.
  static func allocate(bytes: Int) -> UnsafeMutableRawPointer? {
    let alignment = alignment(of: UInt64(bytes))
    var start: UnsafeMutableRawPointer?
    guard posix_memalign(&start, alignment, max(bytes, line)) == 0 else { return nil }
    // A wish, not a demand: where the system has no large pages it works the same.
    if alignment == hugePage { _ = madvise(start, bytes, MADV_HUGEPAGE) }
    return start
  }
}
