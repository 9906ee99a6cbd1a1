import Foundation
import GradRuntime
import TestSupport
import Testing

private let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
private let program = package.appending(path: "benchmarks/accuracy/agreement.c").path
private let sources = ["GradRuntime", "functions_portable", "functions_fma", "functions_avx512", "shared_products", "threads"].map {
  package.appending(path: "Runtime/src/\($0).c").path
}

private func run(_ program: String, _ arguments: [String], in folder: TemporaryFolder) throws -> String {
  let outcome = try Program.run(program, arguments, in: folder)
  #expect(outcome.status == 0, "\(program) \(arguments.joined(separator: " ")): \(outcome)")
  return outcome.output
}

private func hashes(_ compiler: String, _ arguments: [String]) throws -> String {
  let folder = try TemporaryFolder()
  _ = try run(compiler, arguments + ["-o", "agreement", "-lm"], in: folder)
  return try run(folder.file("agreement"), [], in: folder)
}

private let expectedHashes = Result {
  guard let compiler = Program.path(of: "gcc") ?? Program.path(of: "clang") else { return "" }
  return try hashes(compiler, ["-O1", "-ffp-contract=off", "-DGRAD_EXTERN", program] + sources)
}

/// Compilers that are not installed are passed over.
@Test(arguments: ["gcc -O0", "gcc -O2", "gcc -O3 -march=native", "clang -O1", "clang -O3 -march=native", "tcc"])
func textOfTheFunctionsGivesTheBitsOfTheExternOnes(command: String) throws {
  let words = command.split(separator: " ").map(String.init)
  guard let compiler = Program.path(of: words[0]) else { return }
  let strict = words[0] == "tcc" ? [] : ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror"]
  let expected = try expectedHashes.get()
  let found = try hashes(compiler, strict + words.dropFirst() + [program])
  #expect(expected.split(separator: "\n").count > 80)
  #expect(found == expected)
}
