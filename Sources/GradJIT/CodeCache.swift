import Glibc

/// A folder of compiled code: a file for each C text, compiler and processor, and for each model's text, options and build of gradc.
///
/// A file is a shared library with a note and its key behind it, and a checksum over all. The file's name is a hash of the key, but the
/// whole key decides: what the name finds is used where the file is the user's own and whole, and its key is this very text. Files are
/// written under another name and renamed, so that any number of processes share a folder. What was used longest ago goes where the
/// folder grows too large.
package struct CodeCache: Sendable {
  package let folder: String
  /// The bytes that all files may have together.
  let limit: Int

  private static let magic: UInt64 = 0x6772_6164_6363_3032

  /// A folder that is the user's alone; nil where there is none and none can be made.
  package init?(folder: String, limit: Int = 256 << 20) {
    mkdir(folder, 0o700)
    var information = stat()
    guard lstat(folder, &information) == 0, information.st_mode & S_IFMT == S_IFDIR, information.st_uid == geteuid(),
      information.st_mode & 0o077 == 0
    else { return nil }
    self.folder = folder
    self.limit = limit
  }

  /// `gradc` in the user's folder for such things: `$XDG_CACHE_HOME`, else `~/.cache`.
  package static var standard: CodeCache? {
    if let path = getenv("XDG_CACHE_HOME").map({ String(cString: $0) }), path.hasPrefix("/") {
      return CodeCache(folder: path + "/gradc")
    }
    guard let home = getenv("HOME").map({ String(cString: $0) }), home.hasPrefix("/") else { return nil }
    mkdir(home + "/.cache", 0o700)
    return CodeCache(folder: home + "/.cache/gradc")
  }

  /// What is kept for a key.
  struct Entry: ~Copyable {
    let library: SharedLibrary
    /// The bytes of the library, with which the file begins.
    let byteCount: Int
    let note: [UInt8]
  }

  /// The code for a key, if it is there.
  func entry(for key: String) -> Entry? {
    let descriptor = open(path(for: key), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    guard let (byteCount, note) = CodeCache.contents(descriptor, key) else {
      close(descriptor)
      return nil
    }
    // Marks it as used.
    futimens(descriptor, nil)
    guard let library = try? SharedLibrary(descriptor: descriptor) else { return nil }
    return Entry(library: library, byteCount: byteCount, note: note)
  }

  /// Keeps a library under a key; where it cannot be written, nothing is kept.
  /// - Parameters:
  ///   - descriptor: Of a file that begins with the library.
  ///   - byteCount: Of the library; all of the file if nil.
  ///   - note: What is to be known of the code besides.
  func keep(_ descriptor: Int32, byteCount: Int? = nil, note: [UInt8] = [], for key: String) {
    var information = stat()
    guard fstat(descriptor, &information) == 0,
      let library = CodeCache.bytes(of: descriptor, count: byteCount ?? Int(information.st_size))
    else { return }
    let file = newFile() + ".so"
    let target = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard target >= 0 else { return }
    let isWritten = library.withUnsafeBytes { library in
      target.write(library) && CodeCache.tail(library, note, key).withUnsafeBytes { target.write($0) }
    }
    if close(target) == 0, isWritten, rename(file, path(for: key)) == 0 { trim() } else { unlink(file) }
  }

  /// The path of a file, without its ending, that no other process has.
  func newFile() -> String { folder + "/new-\(getpid())-" + String(UInt64.random(in: .min ... .max), radix: 36) }

  private func path(for key: String) -> String {
    let (low, high) = Array(key.utf8).withUnsafeBytes { (checksum($0, seed: 1), checksum($0, seed: 2)) }
    return folder + "/" + String(high, radix: 16) + String(low, radix: 16) + ".so"
  }

  // MARK: The file

  /// Note and key, their lengths, a checksum over all, and a word that tells these files from others.
  private static func tail(_ library: UnsafeRawBufferPointer, _ note: [UInt8], _ key: String) -> [UInt8] {
    var tail = note + Array(key.utf8)
    let sum = tail.withUnsafeBytes { checksum($0, seed: checksum(library, seed: 3)) }
    for word in [UInt64(note.count), UInt64(tail.count - note.count), sum, magic] { withUnsafeBytes(of: word.littleEndian) { tail += $0 } }
    return tail
  }

  /// The length of the library and the note, where the file is the user's own and whole, and of this key.
  private static func contents(_ descriptor: Int32, _ key: String) -> (byteCount: Int, note: [UInt8])? {
    var information = stat()
    guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG, information.st_uid == geteuid(),
      information.st_mode & 0o022 == 0
    else { return nil }
    let key = Array(key.utf8)
    let end = Int(information.st_size) - 32
    guard end >= key.count, let file = bytes(of: descriptor, count: end + 32) else { return nil }
    return file.withUnsafeBytes { file in
      func word(_ place: Int) -> UInt64 { UInt64(littleEndian: file.loadUnaligned(fromByteOffset: end + 8 * place, as: UInt64.self)) }
      guard word(3) == magic, word(1) == UInt64(key.count), word(0) <= UInt64(end - key.count) else { return nil }
      let (noteStart, keyStart) = (end - key.count - Int(word(0)), end - key.count)
      guard file[keyStart..<end].elementsEqual(key) else { return nil }
      let (library, tail) = (UnsafeRawBufferPointer(rebasing: file[..<noteStart]), UnsafeRawBufferPointer(rebasing: file[noteStart..<end]))
      guard checksum(tail, seed: checksum(library, seed: 3)) == word(2) else { return nil }
      return (noteStart, Array(file[noteStart..<keyStart]))
    }
  }

  /// The first bytes of a file, read rather than mapped, for another process may cut it short meanwhile; nil where there are fewer.
  private static func bytes(of descriptor: Int32, count: Int) -> [UInt8]? {
    guard count > 0 else { return nil }
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, read in
      while read < count {
        let more = pread(descriptor, buffer.baseAddress! + read, count - read, off_t(read))
        if more < 0 && errno == EINTR { continue }
        if more <= 0 { break }
        read += more
      }
    }
    return bytes.count == count ? bytes : nil
  }

  // MARK: The folder

  /// Removes what was used longest ago, down to three quarters of the limit, and what a process left half done an hour ago.
  private func trim() {
    guard let directory = opendir(folder) else { return }
    defer { closedir(directory) }
    var files: [(path: String, size: Int, time: Int)] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      var information = stat()
      guard stat(folder + "/" + name, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { continue }
      if name.hasPrefix("new-") {
        if information.st_mtim.tv_sec < time(nil) - 3600 { unlink(folder + "/" + name) }
      } else if name.hasSuffix(".so") {
        files.append(
          (folder + "/" + name, Int(information.st_size), information.st_mtim.tv_sec * 1_000_000_000 + information.st_mtim.tv_nsec))
      }
    }
    var total = files.reduce(0) { $0 + $1.size }
    guard total > limit else { return }
    for file in files.sorted(by: { $0.time < $1.time }) where total > limit / 4 * 3 {
      unlink(file.path)
      total -= file.size
    }
  }
}

/// A number that damage changes; no defence against one who wants it to stay.
private func checksum(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
  // Multiplication by an odd number and a shift down, word by word: each step can be undone, so no two words give the same sum.
  var sum = seed &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(bytes.count)
  func mix(_ word: UInt64) {
    sum = (sum ^ word) &* 0xD6E8_FEB8_6659_FD93
    sum ^= sum >> 32
  }
  var place = 0
  while place + 8 <= bytes.count {
    mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
    place += 8
  }
  for byte in bytes[place...] { mix(UInt64(byte)) }
  return sum
}

extension Int32 {
  /// Writes all of the bytes to the file of this descriptor; false where that fails.
  func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes
    while rest.count > 0 {
      let count = Glibc.write(self, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return false }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
    return true
  }
}
