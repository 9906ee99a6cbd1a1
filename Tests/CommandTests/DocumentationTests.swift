import Foundation
import Grad
import Testing

/// What the documentation shows is what the tools print.
@Suite struct DocumentationTests {
  @Test(arguments: Documentation.paths) func theCommandsOfAPagePrintWhatItShows(_ path: String) throws {
    var page = try Documentation(path)
    if page.commands.isEmpty { return }
    let folder = try folder()
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("examples"), withDestinationPath: Documentation.root.appending(path: "examples").path)
    for (_, text) in page.blocks {
      if let name = Documentation.name(of: text), !name.contains("/") { try folder.write(name, text) }
    }
    let search = Command.products.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
    let outputs = try page.commands.map { command -> [String] in
      let printed = try folder.shell("(\(command.line)) 2>&1", environment: ["PATH": search]).output
      var lines = printed.components(separatedBy: "\n")
      while lines.last == "" { lines.removeLast() }
      return lines
    }
    if Documentation.isRecording { try page.record(outputs) }
    for (command, output) in zip(try Documentation(path).commands, outputs) {
      #expect(
        Documentation.agrees(output[...], with: command.expected[...]),
        "\(path): $ \(command.line)\n\(output.joined(separator: "\n"))\nRECORD_SNAPSHOTS=1 writes it")
    }
  }

  @Test(arguments: Documentation.paths) func theModelsOfAPageAreSound(_ path: String) throws {
    for model in try Documentation(path).models {
      #expect(throws: Never.self, "\(path): \(model)") { _ = try Model(source: SourceFile(name: "model.gd", text: model)) }
      guard let name = Documentation.name(of: model), name.hasPrefix("examples/") else { continue }
      #expect(try String(contentsOf: Documentation.root.appending(path: name), encoding: .utf8) == model, "\(path): \(name)")
    }
  }

  /// `Sources/…` in backquotes, and links: `[text](path#heading)`.
  @Test(arguments: Documentation.paths) func whatAPageNamesIsThere(_ path: String) throws {
    let prose = try Documentation(path).prose.joined(separator: "\n")
    for match in prose.matches(of: /`((Sources|Tests|Runtime|benchmarks|examples|docs)\/[\w.+\/-]*)`/) {
      #expect(FileManager.default.fileExists(atPath: Documentation.root.appending(path: String(match.1)).path), "\(path): \(match.1)")
    }
    for match in prose.matches(of: /\]\(([^()\s:]+)\)/) {
      let parts = match.1.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let folder = Documentation.root.appending(path: path).deletingLastPathComponent()
      let target = parts[0].isEmpty ? Documentation.root.appending(path: path) : folder.appending(path: parts[0]).standardizedFileURL
      #expect(FileManager.default.fileExists(atPath: target.path), "\(path): \(match.1)")
      guard parts.count == 2, let text = try? String(contentsOf: target, encoding: .utf8) else { continue }
      #expect(Documentation.anchors(of: text).contains(parts[1]), "\(path): \(match.1)")
    }
  }

  @Test func thereAreCommandsAndModels() throws {
    let pages = try Documentation.paths.map { try Documentation($0) }
    #expect(pages.flatMap(\.commands).count >= 20 && pages.flatMap(\.models).count >= 10)
  }

  @Test func aDifferenceIsSeen() {
    #expect(Documentation.agrees(["a", "b", "c"], with: ["a", "b", "c"]))
    #expect(Documentation.agrees(["a", "b", "c"], with: ["…", "c"]) && Documentation.agrees(["a", "b"], with: ["a", "b", "…"]))
    #expect(Documentation.agrees(["loss = 1.25"], with: ["loss = 1.…"]))
    #expect(!Documentation.agrees(["a", "b"], with: ["a"]) && !Documentation.agrees(["a"], with: ["a", "b"]))
    #expect(!Documentation.agrees(["a", "b", "c"], with: ["…", "b"]) && !Documentation.agrees(["loss = 2"], with: ["loss = 1…"]))
  }
}
