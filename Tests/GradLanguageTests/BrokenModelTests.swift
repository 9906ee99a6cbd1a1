import GradIR
import Testing

@testable import GradLanguage

@Suite struct BrokenModelTests {
  /// What is said of a model: `name.unknown@3:9`.
  private func places(_ diagnostics: [Diagnostic], in source: SourceFile) -> String {
    diagnostics.map { diagnostic in
      diagnostic.range.map { "\(diagnostic.id)@\(source.position(of: $0.lower).line):\(source.position(of: $0.lower).column)" }
        ?? diagnostic.id
    }.joined(separator: " ")
  }

  @Test func everyMistakeIsReportedAtItsPlace() {
    for (expected, text) in brokenModels {
      let source = SourceFile(name: "m.gd", text: text)
      let (model, diagnostics) = elaborate(source)
      #expect(model == nil && places(diagnostics, in: source) == expected, "\(text)")
    }
  }

  @Test func whatIsPrintedHasPlaceLineAndCaret() {
    for (_, text) in brokenModels {
      let source = SourceFile(name: "m.gd", text: text)
      for diagnostic in elaborate(source).1 {
        let lines = diagnostic.rendered(in: source).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0].contains(#/^m\.gd:\d+:\d+: error: ./#), "\(lines)")
        #expect(lines[1].contains(#/^\d+ \| /#) && lines[2].contains(#/^ +\| \s*\^+$/#), "\(lines)")
        // Nothing that commands a terminal.
        #expect(
          !lines.joined().unicodeScalars.contains { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7F || $0.value == 0x202E }, "\(lines)")
      }
    }
  }

  /// The same mistakes among other line ends, behind a mark of the byte order, and with more in the file.
  @Test func lineEndsAndSurroundingsChangeNothing() {
    for (expected, text) in brokenModels where !text.contains("\r") && !text.contains("\u{feff}") {
      let source = SourceFile(name: "m.gd", text: "\u{feff}" + text.replacing("\n", with: "\r\n"))
      let found = elaborate(source).1
      #expect(
        found.map(\.id).joined(separator: " ") == expected.split(separator: " ").map { $0.prefix { $0 != "@" } }.joined(separator: " "),
        "\(text)")
      #expect(
        found.map { $0.range.map { source.line(of: $0.lower) } ?? 0 } == expected.matches(of: /@(\d+):/).map { Int($0.1) ?? 0 }, "\(text)")
    }
  }

  @Test func whatIsNoTextIsSaidOnce() {
    let utf16: [UInt8] = [0xFF, 0xFE] + "input x: []\noutput x".utf8.flatMap { [$0, 0] }
    for bytes in [utf16, [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0, 0xC0, 0xFF, 0x0A, 0x24, 0]] {
      let found = elaborate(SourceFile(name: "m.gd", utf8: bytes)).1
      #expect(found.map(\.id) == ["syntax.encoding"] && found[0].range != nil)
    }
  }

  @Test func linesMayEndWithCarriageReturns() {
    let source = SourceFile(name: "m.gd", text: "input x: [] # data\ry = x + missing\routput y\r")
    #expect(
      elaborate(source).1.map { $0.rendered(in: source) } == [
        "m.gd:2:9: error: unknown name `missing`\n2 | y = x + missing\n  |         ^^^^^^^"
      ])
  }

  @Test func mistakesOfSeveralModelsInOneAreAllReported() {
    // Two models apart by a statement that stands by itself: neither hides the mistakes of the other.
    let samples = ["y1 = sum([1, 2], axis=1)", "y2 = [1, 2] + [1, 2, 3]", "y3 = missing", "y4 = (1 + ", "y5 = softmx(1)", "y6 = 1 < 2 < 3"]
    for (first, one) in samples.enumerated() {
      for (second, other) in samples.enumerated() where first != second {
        let found = elaborate(SourceFile(name: "m.gd", text: "\(one)\nz = 1\n\(other)\noutput z\n")).1
        let alone = [one, other].flatMap { elaborate(SourceFile(name: "m.gd", text: "\($0)\nz = 1\noutput z\n")).1.map(\.id) }
        #expect(found.map(\.id) == alone, "\(one) \(other)")
      }
    }
  }
}
