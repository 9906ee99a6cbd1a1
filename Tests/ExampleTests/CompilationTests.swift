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
    Compiler(name: "tcc", flags: ["-std=c99", "-Wall", "-Werror", "-c", "-o", "example.o"]),
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
}
