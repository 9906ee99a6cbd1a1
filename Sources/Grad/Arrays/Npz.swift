import CZip
import GradIR

/// A tensor with the name that it has in an archive, a model's input or output.
public struct NamedTensor: Hashable, Sendable {
  /// As the archive or the model calls it.
  public var name: String
  /// Its numbers, with their type and shape.
  public var tensor: Tensor
  /// A tensor by that name.
  public init(_ name: String, _ tensor: Tensor) {
    self.name = name
    self.tensor = tensor
  }
}

/// Archives of named arrays in numpy's .npz format: a zip file with one .npy file for each array, stored or deflated.
///
/// Archives come from anywhere: what they claim is compared with what they hold before memory is taken, and whatever their bytes,
/// reading gives tensors or throws a `Diagnostic`.
public enum Npz {
  /// What was read of an archive.
  public struct Contents: Sendable {
    /// The arrays that were asked for, in the archive's order.
    public var arrays: [NamedTensor] = []
    /// The names of the other arrays, of which nothing but the name was looked at.
    public var leftAside: [String] = []

    /// The array of that name, if it was read.
    public subscript(name: String) -> Tensor? { arrays.first { $0.name == name }?.tensor }
  }

  /// What an archive that was read may take of memory, by default: no more than there is.
  public static var defaultMaximumBytes: Int { min(1 << 36, Memory.limit) }

  /// Reads the arrays that `isWanted` names from a file, by default all of them.
  ///
  /// An array that is not wanted may be of any kind, even of one that cannot be read.
  public static func read(
    path: String, maximumBytes: Int = defaultMaximumBytes, where isWanted: (String) -> Bool = { _ in true }
  ) throws -> Contents {
    try reportingDiagnostics {
      let file = try InputFile(path: path)
      // The directory of a zip file stands at its end, so that a pipe has to be read into memory first.
      guard let size = file.regularSize else {
        let start = try file.readToEnd(limit: 3)
        guard start.starts(with: "PK".utf8) else { throw ArrayError.archive(file: path, reason: "it does not begin as archives do") }
        let limit = maximumBytes / 4
        let bytes = start + (try file.readToEnd(limit: limit))
        guard bytes.count <= limit else { throw ArrayError.memory(ArraySubject(file: path), bytes: bytes.count) }
        return try bytes.withUnsafeBytes { try read($0, file: path, maximumBytes, isWanted) }
      }
      guard size > 0 else { throw ArrayError.archive(file: path, reason: "it is empty") }
      var code: Int32 = 0
      guard let archive = zip_open(path, ZIP_RDONLY, &code) else {
        throw ArrayError.archive(file: path, reason: zipErrorText(code))
      }
      defer { zip_discard(archive) }
      return try ArchiveReader(archive: archive, file: path, fileBytes: size).contents(maximumBytes, isWanted)
    }
  }

  /// Reads the arrays that `isWanted` names from memory. `file` is what errors call the archive.
  public static func parse(
    _ bytes: [UInt8], file: String = "archive", maximumBytes: Int = defaultMaximumBytes,
    where isWanted: (String) -> Bool = { _ in true }
  ) throws -> Contents {
    try reportingDiagnostics { try bytes.withUnsafeBytes { try read($0, file: file, maximumBytes, isWanted) } }
  }

  private static func read(
    _ bytes: UnsafeRawBufferPointer, file: String, _ maximumBytes: Int, _ isWanted: (String) -> Bool
  ) throws -> Contents {
    guard bytes.count > 0 else { throw ArrayError.archive(file: file, reason: "it is empty") }
    var error = zip_error_t()
    zip_error_init(&error)
    defer { zip_error_fini(&error) }
    guard let source = zip_source_buffer_create(bytes.baseAddress, UInt64(bytes.count), 0, &error) else {
      throw ArrayError.archive(file: file, reason: String(cString: zip_error_strerror(&error)))
    }
    guard let archive = zip_open_from_source(source, ZIP_RDONLY, &error) else {
      zip_source_free(source)
      throw ArrayError.archive(file: file, reason: String(cString: zip_error_strerror(&error)))
    }
    defer { zip_discard(archive) }
    return try ArchiveReader(archive: archive, file: file, fileBytes: bytes.count).contents(maximumBytes, isWanted)
  }
}

func zipErrorText(_ code: Int32) -> String {
  var error = zip_error_t()
  zip_error_init_with_code(&error, code)
  defer { zip_error_fini(&error) }
  return String(cString: zip_error_strerror(&error))
}
