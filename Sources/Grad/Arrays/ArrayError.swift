import GradIR

/// What can be wrong with an array that is read or written; the words are in `ArrayError+Diagnostics.swift`.
enum ArrayError: Error, Equatable {
  /// The system refused to open, read, write or rename a file: what was tried and the system's reason.
  case file(path: String, action: String, reason: String)
  /// The archive is not a zip file, or is damaged.
  case archive(file: String, reason: String)
  /// Two entries of an archive bear the same name.
  case duplicate(ArraySubject)
  /// The name cannot be the name of an entry.
  case name(String, reason: String)
  /// An entry is packed in a way that is not read: encrypted, or compressed by a method other than deflate.
  case packing(ArraySubject, reason: String)
  /// The bytes are not in the .npy format.
  case header(ArraySubject, reason: String)
  /// The elements are of a kind that is not read.
  case elementType(ArraySubject, dtype: String)
  /// The shape is not one that an array can have.
  case shape(ArraySubject, reason: String)
  /// There are fewer or more bytes than the shape needs.
  case byteCount(ArraySubject, expected: Int, found: Int)
  /// The array is larger than is allowed, or than the memory at hand.
  case memory(ArraySubject, bytes: Int)
}

/// The array that an error is about: its name in an archive, and the file.
struct ArraySubject: Equatable {
  var name: String?
  var file: String?
}
