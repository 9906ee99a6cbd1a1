import Glibc

/// A folder of compiled code, a file for each C text, compiler and processor.
///
/// A file is a shared library with its key behind it, and a checksum over both. The file's name is a hash of the key, but the whole key
/// decides: what the name finds is used where the file is the user's own and whole, and its key is this very text. Files are written
/// under another name and renamed, so that any number of processes share a folder. What was used longest ago goes where the folder
/// grows too large.
package struct CodeCache: Sendable {
  package let folder: String
  /// The bytes that all files may have together.
  let limit: Int

  private static let magic: UInt64 = 0x6772_6164_6363_3031

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

  /// The code for a key, if it is there.
  func library(for key: String) -> SharedLibrary? {
    let descriptor = open(path(for: key), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    guard CodeCache.isWhole(descriptor, key) else {
      close(descriptor)
      return nil
    }
    // Marks it as used.
    futimens(descriptor, nil)
    return try? SharedLibrary(descriptor: descriptor)
  }

  /// Puts a library that the compiler wrote under its key; loads it.
  /// - Parameter file: In this folder; it gets another name.
  func keep(_ file: String, for key: String) throws(JITError) -> SharedLibrary {
    let descriptor = open(file, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { throw .libraryRefused(reason: "\(file): \(String(cString: strerror(errno)))") }
    fchmod(descriptor, 0o600)
    if CodeCache.append(key, to: descriptor), rename(file, path(for: key)) == 0 {
      trim()
    } else {
      unlink(file)
    }
    return try SharedLibrary(descriptor: descriptor)
  }

  /// Forgets the code for a key.
  func remove(_ key: String) { unlink(path(for: key)) }

  private func path(for key: String) -> String {
    let (low, high) = Array(key.utf8).withUnsafeBytes { (checksum($0, seed: 1), checksum($0, seed: 2)) }
    return folder + "/" + String(high, radix: 16) + String(low, radix: 16) + ".so"
  }

  // MARK: The file

  private static func append(_ key: String, to descriptor: Int32) -> Bool {
    var information = stat()
    guard fstat(descriptor, &information) == 0 else { return false }
    var tail = Array(key.utf8)
    guard let library = bytes(of: descriptor, count: Int(information.st_size)) else { return false }
    defer { munmap(UnsafeMutableRawPointer(mutating: library.baseAddress), library.count) }
    var sum = checksum(library, seed: 3)
    sum = tail.withUnsafeBytes { checksum($0, seed: sum) }
    for word in [UInt64(tail.count), sum, magic] { withUnsafeBytes(of: word.littleEndian) { tail += $0 } }
    lseek(descriptor, 0, SEEK_END)
    return write(descriptor, tail, tail.count) == tail.count
  }

  private static func isWhole(_ descriptor: Int32, _ key: String) -> Bool {
    var information = stat()
    guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG, information.st_uid == geteuid(),
      information.st_mode & 0o022 == 0
    else { return false }
    let length = Int(information.st_size)
    let key = Array(key.utf8)
    guard length >= key.count + 24, let file = bytes(of: descriptor, count: length) else { return false }
    defer { munmap(UnsafeMutableRawPointer(mutating: file.baseAddress), file.count) }
    func word(_ place: Int) -> UInt64 { UInt64(littleEndian: file.loadUnaligned(fromByteOffset: length - 24 + 8 * place, as: UInt64.self)) }
    guard word(2) == magic, word(0) == UInt64(key.count) else { return false }
    let start = length - 24 - key.count
    let kept = UnsafeRawBufferPointer(rebasing: file[start..<(length - 24)])
    guard key.withUnsafeBytes({ memcmp($0.baseAddress!, kept.baseAddress!, key.count) }) == 0 else { return false }
    return checksum(kept, seed: checksum(UnsafeRawBufferPointer(rebasing: file[..<start]), seed: 3)) == word(1)
  }

  private static func bytes(of descriptor: Int32, count: Int) -> UnsafeRawBufferPointer? {
    guard count > 0, let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else { return nil }
    return UnsafeRawBufferPointer(start: start, count: count)
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
