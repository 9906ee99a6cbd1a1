import Foundation
import Grad
import GradIR
import TestSupport
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
  ].filter { Program.path(of: $0.name) != nil }

  @Test(arguments: Example.all)
  func printedCCompilesWithoutAWarning(_ example: Example) throws {
    let folder = try TemporaryFolder()
    let paths = try ModelFiles(example.model()).write([.c], into: folder.path)
    let c = try #require(paths.first { $0.hasSuffix(".c") })
    for compiler in Self.compilers {
      let outcome = try Program.run(compiler.name, compiler.flags + [c], in: folder)
      #expect(outcome.status == 0, "\(compiler.name): \(outcome.words.prefix(2000))")
    }
  }

  /// The program of `docs/embedding.md`: its C calls the header's function and prints what the reference gives.
  @Test func theProgramOfTheDocumentationRuns() throws {
    guard Program.path(of: "cc") != nil else { return }
    let page = try String(contentsOf: Example.root.appending(path: "docs/embedding.md"), encoding: .utf8)
    let blocks = page.components(separatedBy: "```c\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
    let program = try #require(blocks.first { $0.contains("int main") })
    let folder = try TemporaryFolder()
    let example = try #require(Example.all.first { $0.name == "neuron_diabetes" })
    _ = try ModelFiles(example.model()).write([.c], into: folder.path)
    try folder.write("main.c", program)
    // aligned_alloc is C11's; the model's own file is C99.
    let flags = ["-std=c11", "-Wall", "-Werror", "-ffp-contract=off"]
    let compiled = try Program.run("cc", flags + ["-o", "program", "main.c", "neuron_diabetes.c", "-lm"], in: folder)
    #expect(compiled.status == 0, "\(compiled)")
    // w · x + b is 1.4 and 3.2: the errors are 0.4 and 1.2, the loss their mean square 0.8.
    #expect(try Program.run(folder.file("program"), [], in: folder).output == "0.8, by w: 5.2 6.8 8.4, by b: 1.6\n")
  }
}
