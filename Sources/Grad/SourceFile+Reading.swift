@_exported import GradIR

extension SourceFile {
  /// Greater model files are refused: ranges in them are counted in 32 bits.
  static let greatestLength = 64 << 20

  /// Reads a model's text.
  /// - Throws: `Diagnostic` where the file cannot be read.
  public init(reading path: String) throws {
    let limit = SourceFile.greatestLength
    let bytes = try reportingDiagnostics { try InputFile(path: path).readToEnd(limit: limit) }
    guard bytes.count <= limit else {
      throw Diagnostic("source.size", "'\(path)' has more than \(limit) bytes, the most that a model may have")
    }
    self.init(name: path, utf8: bytes)
  }

  /// The file's name without folders and ending: the name of the model.
  public var stem: String {
    let last = name.split(separator: "/").last.map(String.init) ?? name
    guard let dot = last.lastIndex(of: "."), dot != last.startIndex else { return last }
    return String(last[..<dot])
  }
}
