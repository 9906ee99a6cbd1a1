import Foundation
import Testing

/// What the fuzzer starts from, and what it once found: no input is a fault.
@Suite struct CorpusTests {
  @Test(arguments: FuzzTarget.allCases) func noInputOfTheCorpusIsAFault(_ target: FuzzTarget) throws {
    let inputs = try Seeds.corpus(target)
    #expect(!inputs.isEmpty)
    for (name, bytes) in inputs { #expect(target.faults(bytes) == [], "\(name)") }
  }
}

/// What new inputs are made of.
enum Seeds {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL

  static func corpus(_ target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
    let folder = root.appending(path: "fuzz/corpus/\(target.rawValue)")
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
      (name, [UInt8](try Data(contentsOf: folder.appending(path: name))))
    }
  }

  /// The examples, the models of the file tests, and the corpus.
  static let models: [[UInt8]] = {
    var models: [[UInt8]] = []
    for folder in ["examples", "Tests/FileTests/Cases"] {
      let paths = FileManager.default.enumerator(atPath: root.appending(path: folder).path)?.compactMap { $0 as? String } ?? []
      for path in paths.sorted() where path.hasSuffix(".gd") || path.hasSuffix(".md") {
        guard let text = try? String(contentsOf: root.appending(path: "\(folder)/\(path)"), encoding: .utf8) else { continue }
        if path.hasSuffix(".gd") { models.append(Array(text.utf8)) }
        let block = text.components(separatedBy: "## SOURCE\n```gd\n").dropFirst().first?.components(separatedBy: "```").first
        if let block { models.append(Array(block.utf8)) }
      }
    }
    return models + ((try? corpus(.model).map(\.bytes)) ?? [])
  }()
}
