import CZip
import GradIR

/// Reads the entries of an open archive.
struct ArchiveReader {
  let archive: OpaquePointer
  let file: String
  /// The size of the archive itself, by which the sizes that it claims are judged.
  let fileBytes: Int

  /// An entry that is an array, as the archive's directory has it.
  private struct Entry {
    var index: UInt64
    var name: String
  }

  func contents(_ maximumBytes: Int, _ isWanted: (String) -> Bool) throws -> Npz.Contents {
    var contents = Npz.Contents()
    var left = maximumBytes
    for entry in try entries() {
      guard isWanted(entry.name) else {
        contents.leftAside.append(entry.name)
        continue
      }
      let tensor = try tensor(entry, limit: left)
      left -= tensor.count * tensor.dtype.byteCount
      contents.arrays.append(NamedTensor(entry.name, tensor))
    }
    return contents
  }

  /// The entries whose names end in `.npy`; others (a text file, a folder) are no arrays.
  private func entries() throws -> [Entry] {
    let count = zip_get_num_entries(archive, 0)
    guard count >= 0 else { throw ArrayError.archive(file: file, reason: "it has no directory") }
    var result: [Entry] = []
    var names: Set<String> = []
    for index in 0..<UInt64(count) {
      guard let text = zip_get_name(archive, index, 0) else {
        throw ArrayError.archive(file: file, reason: String(cString: zip_strerror(archive)))
      }
      let name = String(cString: text)
      guard name.hasSuffix(".npy") else { continue }
      let entry = Entry(index: index, name: String(name.dropLast(4)))
      guard names.insert(entry.name).inserted else { throw ArrayError.duplicate(subject(entry)) }
      result.append(entry)
    }
    return result
  }

  private func subject(_ entry: Entry) -> ArraySubject { ArraySubject(name: entry.name, file: file) }

  private func tensor(_ entry: Entry, limit: Int) throws -> Tensor {
    let subject = subject(entry)
    let byteCount = try byteCount(of: entry, subject)
    guard let handle = zip_fopen_index(archive, entry.index, 0) else {
      throw ArrayError.packing(subject, reason: String(cString: zip_strerror(archive)))
    }
    defer { zip_fclose(handle) }
    var source = EntryByteSource(handle: handle, byteCount: byteCount)
    return try Npy.read(from: &source, subject: subject, limit: limit)
  }

  /// The size that the archive claims for an unpacked entry, where an archive of its size can hold it.
  private func byteCount(of entry: Entry, _ subject: ArraySubject) throws -> Int {
    var information = zip_stat_t()
    zip_stat_init(&information)
    guard zip_stat_index(archive, entry.index, 0, &information) == 0 else {
      throw ArrayError.packing(subject, reason: String(cString: zip_strerror(archive)))
    }
    let needed = UInt64(ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD)
    guard information.valid & needed == needed else { throw ArrayError.packing(subject, reason: "its size is not given") }
    guard information.encryption_method == UInt16(ZIP_EM_NONE) else {
      throw ArrayError.packing(subject, reason: "it is encrypted")
    }
    guard information.comp_size <= UInt64(fileBytes) else {
      throw ArrayError.packing(subject, reason: "it claims \(information.comp_size) bytes of a file of \(fileBytes)")
    }
    let greatest: UInt64
    switch Int32(information.comp_method) {
    case ZIP_CM_STORE: greatest = information.comp_size
    // Deflate's densest code is 2 bits for 258 bytes.
    case ZIP_CM_DEFLATE: greatest = 1032 * information.comp_size + 1032
    default: throw ArrayError.packing(subject, reason: "compression method \(information.comp_method)")
    }
    guard information.size <= greatest, let size = Int(exactly: information.size) else {
      throw ArrayError.packing(
        subject, reason: "it claims to have \(information.size) bytes, more than \(information.comp_size) packed ones can give")
    }
    return size
  }
}

/// The unpacked bytes of an entry.
private struct EntryByteSource: ByteSource {
  private let handle: OpaquePointer
  private var left: Int
  var remaining: Int? { left }
  /// What is unpacked at once: libzip hands zlib 32-bit lengths.
  private static let chunk = 1 << 30

  init(handle: OpaquePointer, byteCount: Int) {
    self.handle = handle
    left = byteCount
  }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer, _ subject: ArraySubject) throws {
    var filled = 0
    while filled < buffer.count {
      let count = Int(zip_fread(handle, buffer.baseAddress! + filled, UInt64(min(buffer.count - filled, Self.chunk))))
      guard count >= 0 else { throw ArrayError.packing(subject, reason: String(cString: zip_file_strerror(handle))) }
      guard count > 0 else { throw ArrayError.byteCount(subject, expected: buffer.count, found: filled) }
      filled += count
    }
    left -= buffer.count
  }

  /// Reads on to the end, where libzip compares the checksum and the size.
  mutating func finish(_ subject: ArraySubject) throws {
    var byte: UInt8 = 0
    let count = zip_fread(handle, &byte, 1)
    guard count >= 0 else { throw ArrayError.packing(subject, reason: String(cString: zip_file_strerror(handle))) }
    guard count == 0 else { throw ArrayError.packing(subject, reason: "it holds more bytes than the archive says") }
  }
}
