import Glibc

/// Bytes that are read in order.
protocol ByteSource {
  /// The bytes not read yet, nil where that is not known.
  var remaining: Int? { get }
  /// Fills the buffer, which is no larger than `remaining`; throws `byteCount` where there are too few.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer, _ subject: ArraySubject) throws
  /// Called when all was read: checks that there is nothing more and that the bytes were those that were written.
  mutating func finish(_ subject: ArraySubject) throws
}

/// Bytes in memory, which the maker keeps alive.
struct BufferByteSource: ByteSource {
  private var rest: Slice<UnsafeRawBufferPointer>
  init(_ buffer: UnsafeRawBufferPointer) { rest = buffer[...] }
  var remaining: Int? { rest.count }
  mutating func read(into buffer: UnsafeMutableRawBufferPointer, _ subject: ArraySubject) throws {
    buffer.copyBytes(from: rest.prefix(buffer.count))
    rest = rest.dropFirst(buffer.count)
  }
  mutating func finish(_ subject: ArraySubject) {}
}

/// A file from its start: one with a size, or a pipe or device, which may have no end.
struct FileByteSource: ByteSource {
  private let file: InputFile
  private(set) var remaining: Int?
  init(file: InputFile) {
    self.file = file
    remaining = file.regularSize
  }
  mutating func read(into buffer: UnsafeMutableRawBufferPointer, _ subject: ArraySubject) throws {
    var filled = 0
    while filled < buffer.count {
      let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      // A pipe ended, or the file was cut while it was read.
      guard count > 0 else { throw ArrayError.byteCount(subject, expected: buffer.count, found: filled) }
      filled += count
    }
    remaining = remaining.map { $0 - buffer.count }
  }
  mutating func finish(_ subject: ArraySubject) throws {
    var byte: UInt8 = 0
    let more = try remaining == nil ? withUnsafeMutableBytes(of: &byte) { try file.read(into: $0) } : 0
    if more > 0 { throw ArrayError.header(subject, reason: "more bytes follow than its shape needs") }
  }
}

/// A file open for reading; closed when the last reference goes.
final class InputFile {
  let path: String
  private let descriptor: Int32
  /// The size of a regular file, nil of a pipe or a device, of which it is not known.
  let regularSize: Int?

  init(path: String) throws(ArrayError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .file(path: path, action: "open", reason: systemErrorText()) }
    var information = stat()
    guard fstat(descriptor, &information) == 0 else { throw .file(path: path, action: "read", reason: systemErrorText()) }
    switch information.st_mode & S_IFMT {
    case S_IFREG: regularSize = Int(information.st_size)
    case S_IFDIR: throw .file(path: path, action: "read", reason: systemErrorText(EISDIR))
    default: regularSize = nil
    }
  }
  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Reads some bytes; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArrayError) -> Int {
    while true {
      // The system reads at most 2 GB at once, and says how many it did.
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if errno != EINTR { throw .file(path: path, action: "read", reason: systemErrorText()) }
    }
  }

  /// All bytes up to the end, or one more than the limit: a device may have no end.
  func readToEnd(limit: Int) throws -> [UInt8] {
    var result: [UInt8] = []
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { chunk.deallocate() }
    while result.count <= limit {
      let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: chunk[..<min(chunk.count, limit + 1 - result.count)]))
      guard count > 0 else { break }
      result.append(contentsOf: chunk[..<count])
    }
    return result
  }
}

/// The system's words for an error; in the C locale, whatever the process's is.
func systemErrorText(_ code: Int32 = errno) -> String {
  guard let text = strerrordesc(code) else { return "error \(code)" }
  return text
}

private func strerrordesc(_ code: Int32) -> String? {
  var buffer = [CChar](repeating: 0, count: 256)
  guard strerror_r(code, &buffer, buffer.count) == 0 else { return nil }
  return buffer.withUnsafeBufferPointer { String(validatingCString: $0.baseAddress!) }
}
