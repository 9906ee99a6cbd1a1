import GradIR

extension ArrayError {
  /// The error as users meet it.
  var diagnostic: Diagnostic {
    switch self {
    case .file(let path, let action, let reason):
      Diagnostic("array.file", "cannot \(action) '\(printable(path))': \(reason)")
    case .archive(let file, let reason):
      Diagnostic(
        "array.archive", "'\(printable(file))' is not a readable .npz archive: \(printable(reason))",
        hint: "write it with numpy.savez or numpy.savez_compressed; the file may be cut short or damaged")
    case .duplicate(let subject):
      Diagnostic("array.duplicate", "\(subject) occurs more than once", hint: "give each array a name of its own")
    case .name(let name, let reason):
      Diagnostic("array.name", "'\(printable(name))' cannot be the name of an array in an archive: \(reason)")
    case .packing(let subject, let reason):
      Diagnostic("array.packing", "\(subject) cannot be unpacked: \(printable(reason))", hint: "arrays are stored or deflated")
    case .header(let subject, let reason):
      Diagnostic("array.header", "\(subject) is not in the .npy format: \(printable(reason))")
    case .elementType(let subject, let dtype):
      Diagnostic(
        "array.dtype", "\(subject) has elements of the dtype \(printable(dtype)), which is not one of those that are read",
        hint: Self.hint(dtype: dtype))
    case .shape(let subject, let reason):
      Diagnostic("array.shape", "\(subject) has no valid shape: \(printable(reason))")
    case .byteCount(let subject, let expected, let found):
      Diagnostic(
        "array.bytes", "\(subject) needs \(expected) bytes for its shape and has \(found)",
        hint: found < expected ? "the file may be cut short" : "one file holds one array")
    case .memory(let subject, let bytes):
      Diagnostic("array.memory", "\(subject) needs \(bytes) bytes of memory, more than can be had")
    }
  }

  /// What to do about a dtype that is not read.
  private static func hint(dtype: String) -> String {
    let kinds = "arrays are read as <f4, <f8, <i4, <i8 or |b1 (little-endian f32, f64, i32, i64, bool)"
    let text = dtype.drop { $0 == "'" || $0 == "<" || $0 == ">" || $0 == "|" || $0 == "=" }
    let target: String
    switch text.first {
    case "f": target = dtype.contains("f8") || dtype.contains("f16") ? "<f8" : "<f4"
    case "i", "u": target = dtype.contains("i4") || text.contains("1") || text.contains("2") ? "<i4" : "<i8"
    case "b": target = "?"
    default: return kinds
    }
    return "\(kinds); convert it with .astype('\(target)')"
  }
}

extension ArraySubject: CustomStringConvertible {
  var description: String {
    switch (name, file) {
    case (let name?, let file?): "array '\(printable(name))' in '\(printable(file))'"
    case (let name?, nil): "array '\(printable(name))'"
    case (nil, let file?): "the array in '\(printable(file))'"
    case (nil, nil): "the array"
    }
  }
}

/// The text without control characters (names and reasons come from files, and end up on terminals), and not longer than a line.
func printable(_ text: String) -> String {
  var result = ""
  var count = 0
  for scalar in text.unicodeScalars {
    if count == 160 { return result + "…" }
    count += 1
    if scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format {
      result += "\\u{" + String(scalar.value, radix: 16) + "}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}
