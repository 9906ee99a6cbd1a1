import Foundation
import Grad
import GradIR
import Testing

/// The C of every example is taken without a warning by the compilers that are there.
@Suite struct CompilationTests {
  struct Compiler: Sendable {
    let name: String
    let flags: [String]
  }
  static let compilers: [Compiler] = [
    Compiler(name: "gcc", flags: ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only"]),
    Compiler(name: "clang", flags: ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only"]),
    Compiler(name: "tcc", flags: ["-std=c99", "-Wall", "-Werror", "-c", "-o", "/dev/null"]),
  ].filter { path(of: $0.name) != nil }

  static func path(of command: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(command)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private static func run(_ command: String, _ arguments: [String]) throws -> (status: Int32, words: String) {
    guard let path = path(of: command) else { return (127, "no \(command)") }
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardError = pipe
    process.standardOutput = pipe
    try process.run()
    let words = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: words, as: UTF8.self))
  }

  private static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "gradc-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
  }

  @Test(arguments: Example.all)
  func printedCCompilesWithoutAWarning(_ example: Example) throws {
    try Self.withFolder { folder in
      let paths = try ModelFiles(example.model()).write([.c], into: folder)
      let c = try #require(paths.first { $0.hasSuffix(".c") })
      for compiler in Self.compilers {
        let (status, words) = try Self.run(compiler.name, compiler.flags + [c])
        #expect(status == 0, "\(compiler.name): \(words.prefix(2000))")
      }
    }
  }

  /// The program of `docs/embedding.md`: its C calls the header's function and prints what the reference gives.
  @Test func theProgramOfTheDocumentationRuns() throws {
    guard Self.path(of: "cc") != nil else { return }
    let page = try String(contentsOf: Example.root.appending(path: "docs/embedding.md"), encoding: .utf8)
    let blocks = page.components(separatedBy: "```c\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
    let program = try #require(blocks.first { $0.contains("int main") })
    try Self.withFolder { folder in
      let example = try #require(Example.all.first { $0.name == "neuron_diabetes" })
      _ = try ModelFiles(example.model()).write([.c], into: folder)
      try program.write(toFile: folder + "/main.c", atomically: true, encoding: .utf8)
      // aligned_alloc is C11's; the model's own file is C99.
      let compiled = try Self.run(
        "cc",
        [
          "-std=c11", "-Wall", "-Werror", "-ffp-contract=off", "-o", folder + "/program", folder + "/main.c", folder + "/neuron_diabetes.c",
          "-lm",
        ])
      #expect(compiled.status == 0, "\(compiled.words)")
      let pipe = try Self.runProgram(folder + "/program")
      // w · x + b is 1.4 and 3.2: the errors are 0.4 and 1.2, the loss their mean square 0.8.
      #expect(pipe == "0.8, by w: 5.2 6.8 8.4, by b: 1.6\n")
    }
  }

  private static func runProgram(_ path: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: path)
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let words = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: words, as: UTF8.self)
  }
}
