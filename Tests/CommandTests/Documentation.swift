import Foundation

/// A page of the documentation, whose examples are run.
///
/// - A block ```` ```console ```` holds commands behind `$ `, each with what it prints below it: both streams, exactly. A line `…` stands
///   for any lines, an `…` at the end of a line for its rest.
/// - A block ```` ```gd ```` is a whole model. A block that begins `# name.gd` or `/* name.c` is a file of that name for the commands of its
///   page; one that begins `# examples/…` is that file's text.
struct Documentation {
  struct Command {
    var line: String
    /// What stands below it.
    var expected: [String]
    /// Where that stands in the page's lines.
    var place: Range<Int>
  }
  let path: String
  private(set) var lines: [String]
  private(set) var commands: [Command] = []
  /// The texts of all blocks by the word behind their fence.
  private(set) var blocks: [(word: String, text: String)] = []

  /// What stands outside of the blocks.
  private(set) var prose: [String] = []
  var models: [String] { blocks.filter { $0.word == "gd" }.map(\.text) }

  static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL
  static let isRecording = ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1"
  /// Every page, by its path from the root.
  static let paths: [String] = {
    let pages = ["docs", "examples", "fuzz", "benchmarks"].flatMap { folder in
      let paths = FileManager.default.enumerator(atPath: root.appending(path: folder).path)?.allObjects as? [String] ?? []
      return paths.filter { $0.hasSuffix(".md") && !$0.contains(".build") }.sorted().map { "\(folder)/\($0)" }
    }
    return ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"] + pages
  }()

  init(_ path: String) throws {
    self.path = path
    lines = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8).components(separatedBy: "\n")
    var fence: (word: String, start: Int)?
    for (index, line) in lines.enumerated() {
      guard line.hasPrefix("```") else {
        if fence == nil { prose.append(line) }
        continue
      }
      guard let open = fence else {
        fence = (String(line.dropFirst(3)), index + 1)
        continue
      }
      if line != "```" { continue }
      blocks.append((open.word, lines[open.start..<index].joined(separator: "\n") + "\n"))
      if open.word == "console" { commands += Self.commands(lines, open.start..<index) }
      fence = nil
    }
  }

  private static func commands(_ lines: [String], _ block: Range<Int>) -> [Command] {
    let starts = block.filter { lines[$0].hasPrefix("$ ") }
    return zip(starts, starts.dropFirst() + [block.upperBound]).map { start, end in
      // A line that ends in a backslash goes on.
      var last = start
      while lines[last].hasSuffix("\\"), last + 1 < end { last += 1 }
      let line = lines[start...last].joined(separator: "\n").dropFirst(2)
      return Command(line: String(line), expected: Array(lines[(last + 1)..<end]), place: (last + 1)..<end)
    }
  }

  /// The file that a block is, by its first line.
  static func name(of block: String) -> String? {
    let line = block.prefix { $0 != "\n" }
    guard let mark = ["# ", "/* "].first(where: { line.hasPrefix($0) }) else { return nil }
    let name = line.dropFirst(mark.count).prefix { !": ".contains($0) }
    return name.hasSuffix(".gd") || name.hasSuffix(".c") ? String(name) : nil
  }

  /// What links name the headings of a page by: `## The text` is `the-text`.
  static func anchors(of text: String) -> Set<String> {
    Set(
      text.components(separatedBy: "\n").filter { $0.hasPrefix("#") }.map { line in
        let heading = line.drop { $0 == "#" }.drop { $0 == " " }.lowercased()
        return String(heading.compactMap { $0 == " " ? "-" : $0.isLetter || $0.isNumber || "-_".contains($0) ? $0 : nil })
      })
  }

  /// Whether output is what a page says; `…` stands for what is left out.
  static func agrees(_ output: ArraySlice<String>, with expected: ArraySlice<String>) -> Bool {
    guard let line = expected.first else { return output.isEmpty }
    if line == "…" {
      return (output.startIndex...output.endIndex).contains { agrees(output[$0...], with: expected.dropFirst()) }
    }
    guard let own = output.first else { return false }
    let isSame = line.hasSuffix("…") ? own.hasPrefix(line.dropLast()) : own == line
    return isSame && agrees(output.dropFirst(), with: expected.dropFirst())
  }

  /// The page with what the commands print.
  mutating func record(_ outputs: [[String]]) throws {
    for (command, output) in zip(commands, outputs).reversed() where !Self.agrees(output[...], with: command.expected[...]) {
      lines.replaceSubrange(command.place, with: output)
    }
    try lines.joined(separator: "\n").write(to: Self.root.appending(path: path), atomically: true, encoding: .utf8)
  }
}
