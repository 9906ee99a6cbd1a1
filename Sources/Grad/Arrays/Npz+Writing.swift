import CZip
import GradIR

extension Npz {
  /// How the arrays of an archive are packed.
  public enum Packing: Sendable {
    case stored, deflated
    fileprivate var method: Int32 { self == .stored ? ZIP_CM_STORE : ZIP_CM_DEFLATE }
  }

  /// Writes the arrays to a file in their order. The file holds all of them or what it held before.
  ///
  /// The bytes depend on the arrays alone: entries bear no time of their own.
  public static func write(_ arrays: [NamedTensor], path: String, packing: Packing = .stored) throws {
    try reportingDiagnostics {
      try checkNames(arrays, file: path)
      guard !arrays.isEmpty, case .place(let place) = OutputFile.Target(path: path) else {
        let bytes = try serialized(arrays, packing: packing)
        return try OutputFile.write(path: path) { output in try bytes.withUnsafeBytes { try output.write($0) } }
      }
      var code: Int32 = 0
      // libzip writes beside the file and renames when it is closed.
      guard let archive = zip_open(place, ZIP_CREATE | ZIP_TRUNCATE, &code) else {
        throw ArrayError.file(path: path, action: "write", reason: zipErrorText(code))
      }
      try add(arrays, to: archive, packing, path)
      guard zip_close(archive) == 0 else {
        let reason = String(cString: zip_strerror(archive))
        zip_discard(archive)
        throw ArrayError.file(path: path, action: "write", reason: reason)
      }
    }
  }

  /// The bytes of an archive of the arrays.
  public static func serialized(_ arrays: [NamedTensor], packing: Packing = .stored) throws -> [UInt8] {
    try reportingDiagnostics {
      try checkNames(arrays, file: "archive")
      // libzip has no archives without entries: this is the directory's end record, all counts zero.
      if arrays.isEmpty { return Array("PK".utf8) + [5, 6] + [UInt8](repeating: 0, count: 18) }
      var error = zip_error_t()
      zip_error_init(&error)
      defer { zip_error_fini(&error) }
      guard let target = zip_source_buffer_create(nil, 0, 0, &error) else { throw failure(&error) }
      defer { zip_source_free(target) }
      guard let archive = zip_open_from_source(target, ZIP_TRUNCATE, &error) else { throw failure(&error) }
      // The archive took the reference; this one outlives its end.
      zip_source_keep(target)
      try add(arrays, to: archive, packing, "archive")
      guard zip_close(archive) == 0 else {
        let reason = String(cString: zip_strerror(archive))
        zip_discard(archive)
        throw ArrayError.file(path: "archive", action: "write", reason: reason)
      }
      return try contents(of: target)
    }
  }

  private static func failure(_ error: inout zip_error_t) -> ArrayError {
    .file(path: "archive", action: "write", reason: String(cString: zip_error_strerror(&error)))
  }

  private static func contents(of source: OpaquePointer) throws -> [UInt8] {
    var information = zip_stat_t()
    zip_stat_init(&information)
    guard zip_source_open(source) == 0 else { throw failure(&zip_source_error(source).pointee) }
    defer { zip_source_close(source) }
    guard zip_source_stat(source, &information) == 0 else { throw failure(&zip_source_error(source).pointee) }
    let size = Int(information.size)
    return try [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
      while initialized < size {
        let count = zip_source_read(source, buffer.baseAddress! + initialized, UInt64(size - initialized))
        guard count > 0 else { throw failure(&zip_source_error(source).pointee) }
        initialized += Int(count)
      }
    }
  }

  private static func checkNames(_ arrays: [NamedTensor], file: String) throws(ArrayError) {
    var names: Set<String> = []
    for array in arrays {
      guard !array.name.isEmpty else { throw .name(array.name, reason: "it is empty") }
      guard !array.name.utf8.contains(0) else { throw .name(array.name, reason: "it has a zero byte") }
      guard array.name.utf8.count <= 65_000 else { throw .name(array.name, reason: "it is too long") }
      guard names.insert(array.name).inserted else { throw .duplicate(ArraySubject(name: array.name, file: file)) }
    }
  }

  /// Adds the arrays; where it throws, it has let go of the archive.
  private static func add(_ arrays: [NamedTensor], to archive: OpaquePointer, _ packing: Packing, _ path: String) throws {
    do {
      for array in arrays {
        let content = Unmanaged.passRetained(ArrayContent(array.tensor))
        guard let source = zip_source_function(archive, provideArray, content.toOpaque()) else {
          content.release()
          throw ArrayError.file(path: path, action: "write", reason: String(cString: zip_strerror(archive)))
        }
        let index = zip_file_add(archive, array.name + ".npy", source, ZIP_FL_ENC_UTF_8)
        guard index >= 0 else {
          zip_source_free(source)
          throw ArrayError.file(path: path, action: "write", reason: String(cString: zip_strerror(archive)))
        }
        // The first day that zip files know, 1 January 1980.
        guard zip_set_file_compression(archive, UInt64(index), packing.method, 0) == 0,
          zip_file_set_dostime(archive, UInt64(index), 0, 1 << 5 | 1, 0) == 0
        else { throw ArrayError.file(path: path, action: "write", reason: String(cString: zip_strerror(archive))) }
      }
    } catch {
      zip_discard(archive)
      throw error
    }
  }
}

/// The bytes of an .npy file, given out piece by piece: the tensor's memory is not copied as a whole.
private final class ArrayContent {
  private let header: [UInt8]
  private let tensor: Tensor
  private var position = 0
  let byteCount: Int

  init(_ tensor: Tensor) {
    self.tensor = tensor
    header = NpyHeader(dtype: tensor.dtype, shape: tensor.shape).serialized
    byteCount = header.count + tensor.count * tensor.dtype.byteCount
  }
  func rewind() { position = 0 }
  /// Copies the next bytes, as many as fit, and gives their number.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count: Int
    if position < header.count {
      count = min(buffer.count, header.count - position)
      buffer.copyBytes(from: header[position..<position + count])
    } else {
      let start = position - header.count
      count = min(buffer.count, byteCount - position)
      tensor.withUnsafeElementBytes { buffer.copyBytes(from: $0[start..<start + count]) }
    }
    position += count
    return count
  }
}

/// What libzip calls to have an entry's bytes.
private func provideArray(
  _ context: UnsafeMutableRawPointer?, _ data: UnsafeMutableRawPointer?, _ length: UInt64, _ command: zip_source_cmd_t
) -> Int64 {
  // The context is the one given to zip_source_function, alive until ZIP_SOURCE_FREE.
  let content = Unmanaged<ArrayContent>.fromOpaque(context!)
  switch command {
  case ZIP_SOURCE_OPEN:
    content.takeUnretainedValue().rewind()
    return 0
  case ZIP_SOURCE_READ:
    return Int64(content.takeUnretainedValue().read(into: UnsafeMutableRawBufferPointer(start: data, count: Int(length))))
  case ZIP_SOURCE_CLOSE:
    return 0
  case ZIP_SOURCE_STAT:
    guard let information = data?.assumingMemoryBound(to: zip_stat_t.self) else { return -1 }
    zip_stat_init(information)
    information.pointee.size = UInt64(content.takeUnretainedValue().byteCount)
    information.pointee.valid = UInt64(ZIP_STAT_SIZE)
    return Int64(MemoryLayout<zip_stat_t>.size)
  case ZIP_SOURCE_ERROR:
    // Nothing here fails: two zeros say so.
    guard let data, length >= 8 else { return -1 }
    data.storeBytes(of: 0, as: UInt64.self)
    return 8
  case ZIP_SOURCE_FREE:
    content.release()
    return 0
  case ZIP_SOURCE_SUPPORTS:
    let commands = [
      ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, ZIP_SOURCE_SUPPORTS,
    ]
    return commands.reduce(0) { $0 | 1 << Int64($1.rawValue) }
  default:
    return -1
  }
}
