import Foundation
import GradRuntime
import Testing

private let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
private let program = package.appending(path: "benchmarks/accuracy/agreement.c").path
private let sources = ["GradRuntime.c", "functions_portable.c", "functions_fma.c", "functions_avx512.c"].map {
  package.appending(path: "Runtime/src/\($0)").path
}

private func find(_ compiler: String) -> URL? {
  let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  return folders.map { URL(filePath: String($0)).appending(path: compiler) }.first { FileManager.default.isExecutableFile(atPath: $0.path) }
}

private func run(_ command: URL, _ arguments: [String]) throws -> String {
  let process = Process()
  let output = Pipe()
  process.executableURL = command
  process.arguments = arguments
  process.standardOutput = output
  try process.run()
  let data = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  #expect(process.terminationStatus == 0, "\(command.path) \(arguments.joined(separator: " "))")
  return String(decoding: data, as: UTF8.self)
}

private func hashes(_ compiler: URL, _ arguments: [String]) throws -> String {
  let executable = FileManager.default.temporaryDirectory.appending(path: "grad-agreement-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: executable) }
  _ = try run(compiler, arguments + ["-o", executable.path, "-lm"])
  return try run(executable, [])
}

private let expectedHashes = Result {
  guard let compiler = find("gcc") ?? find("clang") else { return "" }
  return try hashes(compiler, ["-O1", "-ffp-contract=off", "-DGRAD_EXTERN", program] + sources)
}

/// Compilers that are not installed are passed over.
@Test(arguments: ["gcc -O0", "gcc -O2", "gcc -O3 -march=native", "clang -O1", "clang -O3 -march=native", "tcc"])
func textOfTheFunctionsGivesTheBitsOfTheExternOnes(command: String) throws {
  let words = command.split(separator: " ").map(String.init)
  guard let compiler = find(words[0]) else { return }
  let strict = words[0] == "tcc" ? [] : ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror"]
  let expected = try expectedHashes.get()
  let found = try hashes(compiler, strict + words.dropFirst() + [program])
  #expect(expected.split(separator: "\n").count > 80)
  #expect(found == expected)
}
