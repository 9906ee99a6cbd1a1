import Foundation
import Grad
import Testing

/// A process run to its end.
struct Outcome: CustomStringConvertible {
  /// The exit status; 128 and the signal's number where one ended it.
  var status: Int32
  var output: String
  var errors: String

  var description: String { "exit \(status)\nstdout: \(output)\nstderr: \(errors)" }
}

enum Command {
  /// The folder of the products that were built with these tests.
  static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
  static let gradc = products.appending(path: "gradc").path

  /// Where a program lies, nil where it is not installed.
  static func path(of program: String) -> String? {
    if program.hasPrefix("/") { return program }
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Runs a program and waits for its end.
  ///
  /// - Parameters:
  ///   - environment: Added to that of the tests.
  ///   - output: A file for standard output instead of the outcome's text.
  static func run(
    _ program: String, _ arguments: [String], in folder: TemporaryFolder, environment: [String: String] = [:], output: String? = nil
  ) throws -> Outcome {
    let executable = try #require(path(of: program), "\(program) is not installed")
    let process = Process()
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder.path)
    // What the system's compiler makes is kept in the test's own folder.
    process.environment = ProcessInfo.processInfo.environment.merging(["XDG_CACHE_HOME": folder.path]) { $1 }.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    // Files, not pipes: a process never waits for them to be read.
    let files = [output ?? folder.unique("stdout"), folder.unique("stderr")]
    if output == nil { _ = FileManager.default.createFile(atPath: files[0], contents: nil) }
    _ = FileManager.default.createFile(atPath: files[1], contents: nil)
    let handles = try files.map { try FileHandle(forWritingTo: URL(filePath: $0)) }
    process.standardOutput = handles[0]
    process.standardError = handles[1]
    try process.run()
    process.waitUntilExit()
    for handle in handles { try? handle.close() }
    func text(_ path: String) -> String { String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self) }
    return Outcome(
      status: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus,
      output: output == nil ? text(files[0]) : "", errors: text(files[1]))
  }
}

/// A folder for the time of a test.
final class TemporaryFolder: @unchecked Sendable {
  // Unchecked for the counter: a test uses its folder from one task.
  let path: String
  private var count = 0

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "gradc-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }
  fileprivate func unique(_ stem: String) -> String {
    count += 1
    return file(".\(stem)-\(count)")
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    try text.write(toFile: file(name), atomically: true, encoding: .utf8)
    return file(name)
  }
  func write(_ name: String, _ arrays: [NamedTensor]) throws { try Npz.write(arrays, path: file(name)) }
  func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(filePath: file(name)))) }

  /// The visible files in it, sorted.
  var files: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
  }

  func gradc(_ arguments: String..., environment: [String: String] = [:], output: String? = nil) throws -> Outcome {
    try Command.run(Command.gradc, arguments, in: self, environment: environment, output: output)
  }
  func shell(_ script: String, environment: [String: String] = [:]) throws -> Outcome {
    try Command.run("bash", ["-c", script], in: self, environment: environment.merging(["GRADC": Command.gradc]) { $1 })
  }
}

/// A folder with models in it.
func folder(_ models: [String: String] = [:]) throws -> TemporaryFolder {
  let folder = try TemporaryFolder()
  for (name, text) in models { try folder.write(name, text) }
  return folder
}

/// A JSON text as the standard library's values.
func json(_ text: String) throws -> [String: Any] {
  try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
}
