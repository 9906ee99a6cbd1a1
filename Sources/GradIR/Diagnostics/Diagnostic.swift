/// What gradc has to say about a model, its data or its use: place, facts and the likely mend.
public struct Diagnostic: Error, Hashable, Sendable {
  /// An error ends what was asked for; a warning does not.
  public enum Severity: String, Hashable, Sendable { case error, warning, note }
  /// Another place that matters, such as the other side of a conflict.
  public struct Note: Hashable, Sendable {
    /// What there is, as a clause without an end mark.
    public var message: String
    /// Where, if it has a place in the model.
    public var range: SourceRange?
    /// A note, of a place or of none.
    public init(_ message: String, at range: SourceRange? = nil) {
      self.message = message
      self.range = range
    }
  }
  /// Whether it ends what was asked for.
  public var severity: Severity
  /// The stable identifier, by which the error's page is found: `shape.mismatch`.
  public var id: String
  /// The facts, as a clause without an end mark.
  public var message: String
  /// The place in the model, where the fault is in the model.
  public var range: SourceRange?
  /// The likely mend.
  public var hint: String?
  /// Other places that matter.
  public var notes: [Note]

  /// By default an error without a place.
  public init(
    _ id: String, _ message: String, at range: SourceRange? = nil, hint: String? = nil, notes: [Note] = [],
    severity: Severity = .error
  ) {
    self.severity = severity
    self.id = id
    self.message = message
    self.range = range
    self.hint = hint
    self.notes = notes
  }

  /// Plain text, or with colours as terminals show them.
  public enum Style: Hashable, Sendable {
    case plain, coloured

    fileprivate func paint(_ text: String, _ codes: String) -> String {
      self == .plain || text.isEmpty ? text : "\u{1B}[\(codes)m\(text)\u{1B}[0m"
    }
    fileprivate func paint(_ text: String, as kind: String) -> String {
      paint(text, kind == "error" ? "1;31" : kind == "warning" ? "1;33" : "1;36")
    }
  }

  /// The text that users see: `file:line:column: error: …`, the line, a caret, the hint.
  public func rendered(in file: SourceFile?, style: Style = .plain) -> String {
    var lines = Self.headline(severity.rawValue, message, range, file, style)
    if let hint { lines.append(style.paint("   = ", "1;34") + style.paint("hint:", "1") + " \(Self.shortened(hint))") }
    for note in notes { lines += Self.headline("note", note.message, note.range, file, style) }
    return lines.joined(separator: "\n")
  }

  /// The text of several, of which no more are shown than anyone reads.
  public static func rendered(_ diagnostics: [Diagnostic], in file: SourceFile?, style: Style = .plain) -> String {
    let limit = 100
    let more = diagnostics.count - limit
    return
      (diagnostics.prefix(limit).map { $0.rendered(in: file, style: style) } + (more > 0 ? ["… and \(more) more"] : []))
      .joined(separator: "\n")
  }

  private static func headline(
    _ kind: String, _ message: String, _ range: SourceRange?, _ file: SourceFile?, _ style: Style
  ) -> [String] {
    let words = "\(style.paint("\(kind):", as: kind)) \(style.paint(shortened(message), "1"))"
    guard let file else { return [words] }
    guard let range else { return ["\(file.name): \(words)"] }
    let (line, column) = file.position(of: range.lower)
    let text = file.text(ofLine: line)
    let end = file.position(of: range.upper)
    // A range over several lines is marked to the end of its first one.
    let last = end.line == line ? end.column : text.count + 1
    let (shown, start, count) = window(of: text, from: column - 1, count: max(1, last - column))
    let indent = shown.prefix(start).map { $0 == "\t" ? "\t" : String(repeating: " ", count: $0.columns) }.joined()
    let columns = shown.dropFirst(start).prefix(count).reduce(0) { $0 + $1.columns }
    let carets = style.paint(String(repeating: "^", count: max(1, columns)), as: kind)
    let margin = String(repeating: " ", count: String(line).count)
    return [
      "\(file.name):\(line):\(column): \(words)", style.paint("\(line) |", "1;34") + " \(String(shown.map(\.visible)))",
      style.paint("\(margin) |", "1;34") + " \(indent)\(carets)",
    ]
  }

  /// Words without the middle of what is beyond measure in them: names and numbers of the model's text may have any length.
  private static func shortened(_ text: String) -> String {
    let limit = 2000
    guard text.utf8.count > 2 * limit else { return text }
    return "\(text.prefix(limit / 2)) … \(text.suffix(limit / 2))"
  }

  /// The part of a line that is shown where the line is very long, with the place of what is marked in it.
  private static func window(of text: String, from start: Int, count: Int) -> (text: String, start: Int, count: Int) {
    let (limit, before) = (400, 80)
    guard text.utf8.count > limit else { return (text, start, count) }
    let first = max(0, start - before)
    let rest = text.dropFirst(first)
    let shown = rest.prefix(limit)
    let isCut = shown.endIndex < text.endIndex
    return (
      (first > 0 ? "…" : "") + shown + (isCut ? "…" : ""), start - first + (first > 0 ? 1 : 0),
      max(1, min(count, limit - (start - first)))
    )
  }
}

extension Character {
  /// The columns that it takes on a terminal: East Asian characters and most pictures take two.
  fileprivate var columns: Int {
    guard let scalar = unicodeScalars.first, scalar.value >= 0x1100 else { return 1 }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
  /// What is shown of it: characters that command a terminal, or turn the direction of text, are replaced.
  fileprivate var visible: Character {
    guard self != "\t", let scalar = unicodeScalars.first else { return self }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return "\u{FFFD}"
    default: return self
    }
  }
}
