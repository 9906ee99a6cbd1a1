import Foundation
import Grad
import GradIR
import Testing

/// A case file: one model, and the stages of it that are pinned.
///
/// Below the title stand sections, each a heading with one fenced block:
/// - `## SOURCE`: the model; written by hand, never recorded.
/// - `## SYNTAX`, `## GRAPH`, `## DERIVATIVE`, `## OPTIMIZED`, `## KERNELS`, `## LOOPS`, `## C`: the stage's text, as `inspect` prints it.
/// - `## DIAGNOSTICS`: what is said about the model; a model that is right has an empty block.
/// - `## RUN`: the outputs, on every backend. Behind the word stands the data: `x=[1, 2]` (no spaces within lists), `-Dn=3`,
///   `precision=f64`. Where the data is at fault, its diagnostics.
///
/// A file has the sections that it pins and no others. `RECORD_SNAPSHOTS=1` rewrites the blocks from what the compiler gives.
struct FileCase: Sendable, CustomTestStringConvertible {
  struct Section: Sendable {
    let heading: String
    /// The lines of the file that the block's text takes.
    let lines: Range<Int>
    let text: String
    var words: [String] { heading.split(separator: " ").map(String.init) }
    var kind: String { words.first ?? "" }
  }
  let url: URL
  let lines: [String]
  let sections: [Section]

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Cases")
  static let isRecording = ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1"

  static let all: [FileCase] = {
    let paths = (FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String]) ?? []
    return paths.filter { $0.hasSuffix(".md") }.sorted().map { FileCase(folder.appending(path: $0)) }
  }()

  var testDescription: String { String(url.path.dropFirst(FileCase.folder.path.count + 1)) }

  init(_ url: URL) {
    self.url = url
    let text = FileManager.default.contents(atPath: url.path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var sections: [Section] = []
    var heading: String?
    var blockStart: Int?
    for (number, line) in lines.enumerated() {
      if let start = blockStart {
        guard line == "```" else { continue }
        if let heading {
          sections.append(Section(heading: heading, lines: start..<number, text: lines[start..<number].joined(separator: "\n")))
        }
        (heading, blockStart) = (nil, nil)
      } else if line.hasPrefix("## ") {
        heading = String(line.dropFirst(3))
      } else if line.hasPrefix("```") {
        blockStart = number + 1
      }
    }
    self.sections = sections
  }

  var source: SourceFile? {
    let name = url.deletingPathExtension().lastPathComponent
    return sections.first { $0.kind == "SOURCE" }.map { SourceFile(name: "\(name).gd", text: $0.text + "\n") }
  }

  /// Rewrites the blocks. Sections stand in the order of the file; from the end, so that line numbers hold.
  func record(_ texts: [(Section, String)]) throws {
    var lines = lines
    for (section, text) in texts.reversed() {
      lines.replaceSubrange(
        section.lines, with: text.isEmpty ? [] : text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    }
    try lines.joined(separator: "\n").write(to: url, atomically: true, encoding: .utf8)
  }
}
