/// A half-open range of UTF-8 offsets in one source file.
public struct SourceRange: Hashable, Sendable {
  /// The first byte's offset.
  public var lower: Int32
  /// The offset behind the last byte.
  public var upper: Int32
  /// From an offset up to another, which is not of the range.
  public init(_ lower: Int, _ upper: Int) {
    self.lower = Int32(clamping: lower)
    self.upper = Int32(clamping: upper)
  }
  /// The least range that holds both.
  public func union(_ other: SourceRange) -> SourceRange {
    SourceRange(Int(min(lower, other.lower)), Int(max(upper, other.upper)))
  }
}

/// A model's text, with what is needed to name places in it.
public struct SourceFile: Sendable {
  /// The file's name as messages show it.
  public let name: String
  /// The text, whatever its bytes are.
  public let utf8: [UInt8]
  private let lineStarts: [Int32]

  /// Bytes as they were read, which may be no UTF-8.
  public init(name: String, utf8: [UInt8]) {
    self.name = name
    self.utf8 = utf8
    var starts: [Int32] = [0]
    // A line ends with LF or CR LF, in old files with CR.
    for (index, byte) in utf8.enumerated() where byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
      if byte == UInt8(ascii: "\r"), index + 1 < utf8.count, utf8[index + 1] == UInt8(ascii: "\n") { continue }
      starts.append(Int32(clamping: index + 1))
    }
    lineStarts = starts
  }
  /// A text under a name, as of a file that is not there.
  public init(name: String, text: String) { self.init(name: name, utf8: Array(text.utf8)) }

  /// The line (from 1) that holds the offset.
  public func line(of offset: Int32) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }
  /// Line and column, the column in characters, both from 1.
  public func position(of offset: Int32) -> (line: Int, column: Int) {
    let line = line(of: offset)
    let start = Int(lineStarts[line - 1])
    let end = min(max(Int(offset), start), utf8.count)
    return (line, String(decoding: utf8[start..<end], as: UTF8.self).count + 1)
  }
  /// The text of a line (from 1), without its end.
  public func text(ofLine line: Int) -> String {
    let start = Int(lineStarts[line - 1])
    var end = line < lineStarts.count ? Int(lineStarts[line]) - 1 : utf8.count
    if end > start, utf8[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return String(decoding: utf8[start..<max(start, end)], as: UTF8.self)
  }
  /// Behind the last character that is no space.
  public var endOfText: SourceRange {
    let end = (utf8.lastIndex { $0 > 0x20 } ?? -1) + 1
    return SourceRange(end, end + 1)
  }
  /// The text in a range.
  public func text(in range: SourceRange) -> String {
    let upper = min(Int(range.upper), utf8.count)
    return String(decoding: utf8[min(Int(range.lower), upper)..<upper], as: UTF8.self)
  }
}
