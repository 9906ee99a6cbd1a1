import Glibc

/// A file being written: beside its place under another name, then renamed, so that the place never holds half of it.
///
/// Where the path leads to something that is no regular file (a pipe, `/dev/stdout`), it is written straight.
public final class OutputFile {
  private let path: String
  private let descriptor: Int32

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  /// Makes the file at `path` hold what `body` writes; where `body` throws, or the system refuses, the old file stays.
  static func write(path: String, _ body: (OutputFile) throws -> Void) throws {
    let target = Target(path: path)
    guard case .place(let place) = target else {
      let descriptor = open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw ArrayError.file(path: path, action: "write", reason: systemErrorText()) }
      defer { close(descriptor) }
      try body(OutputFile(path: path, descriptor: descriptor))
      return
    }
    let (beside, descriptor) = try create(beside: place, path)
    var isOpen = true
    do {
      try body(OutputFile(path: path, descriptor: descriptor))
      var replaced = stat()
      if stat(place, &replaced) == 0 { _ = fchmod(descriptor, replaced.st_mode & 0o777) }
      isOpen = false
      guard close(descriptor) == 0, rename(beside, place) == 0 else {
        throw ArrayError.file(path: path, action: "write", reason: systemErrorText())
      }
    } catch {
      if isOpen { close(descriptor) }
      unlink(beside)
      throw error
    }
  }

  /// Makes the file at `path` hold the text.
  static func write(path: String, text: String) throws {
    try write(path: path) { output in try Array(text.utf8).withUnsafeBytes { try output.write($0) } }
  }

  /// A new file in the same folder, with the permissions that new files get.
  private static func create(beside place: String, _ path: String) throws(ArrayError) -> (path: String, descriptor: Int32) {
    for _ in 0..<100 {
      let beside = place + "." + String(UInt32.random(in: .min ... .max), radix: 36)
      let descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (beside, descriptor) }
      if errno != EEXIST { break }
    }
    throw .file(path: path, action: "write", reason: systemErrorText())
  }

  /// Appends the bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws(ArrayError) {
    var written = 0
    while written < bytes.count {
      let count = Glibc.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
      if count < 0 {
        if errno == EINTR { continue }
        throw .file(path: path, action: "write", reason: systemErrorText())
      }
      written += count
    }
  }

  /// Where a path leads.
  enum Target {
    /// To a regular file, or to nothing yet: the path with symbolic links resolved, so that a link stays one.
    case place(String)
    /// To a pipe or device, which cannot be replaced.
    case stream

    init(path: String) {
      var information = stat()
      guard stat(path, &information) == 0 else {
        self = .place(path)
        return
      }
      guard information.st_mode & S_IFMT == S_IFREG else {
        // Of a directory the opening fails, with the system's reason.
        self = .stream
        return
      }
      guard let resolved = realpath(path, nil) else {
        self = .place(path)
        return
      }
      defer { free(resolved) }
      self = .place(String(cString: resolved))
    }
  }
}
