import Foundation
import GradIR
import Testing

/// docs/ir.md lists every op with the meaning that its comment gives.
@Suite struct OpDocumentationTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL
  /// Cases whose word in text depends on their attributes.
  private static let words: [String: String] = [
    "derivative": "gradient vjp jvp jacobian", "map": ScalarFunction.all.map(\.name).joined(separator: " "),
    "cast": DType.allCases.map { "cast_\($0)" }.joined(separator: " "),
    "reduce": Reduction.allCases.map { "reduce_\($0.rawValue)" }.joined(separator: " "),
    "cumulative": Cumulation.Kind.allCases.map { "cumulative_\($0.rawValue)" }.joined(separator: " "),
  ]

  /// `case windowAdd(…)` of the enum, with the comment above it.
  private func rows() throws -> [String] {
    let text = try String(contentsOf: Self.root.appending(path: "Sources/GradIR/Ops/Op.swift"), encoding: .utf8)
    let body = try #require(text.components(separatedBy: "public enum Op: ").last?.components(separatedBy: "\n}\n").first)
    var rows = ["| op | |", "|---|---|"]
    var comment: [String] = []
    for line in body.components(separatedBy: "\n").dropFirst() {
      let line = line.trimmingCharacters(in: .whitespaces)
      if line.hasPrefix("/// ") { comment.append(String(line.dropFirst(4))) }
      guard line.hasPrefix("case ") else { continue }
      let name = String(line.dropFirst(5).prefix { $0.isLetter })
      let word = name.reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : "\($1)" }
      let words = (Self.words[name] ?? word).split(separator: " ").map { "`\($0)`" }.joined(separator: " ")
      #expect(!comment.isEmpty, "\(name) says what it does")
      rows.append("| \(words) | \(comment.joined(separator: " ").replacingOccurrences(of: "|", with: "\\|")) |")
      comment = []
    }
    return rows
  }

  @Test func thePageListsEveryOp() throws {
    let file = Self.root.appending(path: "docs/ir.md")
    var page = try String(contentsOf: file, encoding: .utf8)
    let marks = ["<!-- ops -->\n", "<!-- end of ops -->"]
    let (start, end) = (try #require(page.range(of: marks[0])).upperBound, try #require(page.range(of: marks[1])).lowerBound)
    let table = try rows().joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      page.replaceSubrange(start..<end, with: table)
      try page.write(to: file, atomically: true, encoding: .utf8)
    } else {
      #expect(String(page[start..<end]) == table, "RECORD_SNAPSHOTS=1 writes it")
    }
    #expect(table.contains("`window_add`") && table.contains("`reduce_argmax`"))
  }
}
