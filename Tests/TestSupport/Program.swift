import Foundation

/// A program run to its end.
public struct Outcome: CustomStringConvertible, Sendable {
  /// The exit status; 128 and the signal's number where one ended it.
  public var status: Int32
  public var output: String
  public var errors: String

  /// All that it said.
  public var words: String { output + errors }
  public var description: String { "exit \(status)\nstdout: \(output)\nstderr: \(errors)" }
}

/// Programs of the system.
public enum Program {
  /// Where a program lies, nil where it is not installed.
  public static func path(of program: String) -> String? {
    if program.hasPrefix("/") { return program }
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Runs a program and waits for its end.
  ///
  /// - Parameters:
  ///   - environment: Added to that of the tests.
  ///   - output: A file for standard output instead of the outcome's text.
  /// - Throws: `Missing` where the program is not installed.
  public static func run(
    _ program: String, _ arguments: [String], in folder: TemporaryFolder, environment: [String: String] = [:], output: String? = nil
  ) throws -> Outcome {
    guard let executable = path(of: program) else { throw Missing(program: program) }
    let process = Process()
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder.path)
    // What the system's compiler makes is kept in the test's own folder.
    process.environment = ProcessInfo.processInfo.environment.merging(["XDG_CACHE_HOME": folder.path]) { $1 }.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    // Files, not pipes: a process never waits for them to be read, and reading a pipe is interrupted now and then when many children
    // end, where Foundation does not read on.
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

  public struct Missing: Error {
    public let program: String
  }
}

/// A folder for the time of a test.
public final class TemporaryFolder: @unchecked Sendable {
  // Unchecked for the counter: a test uses its folder from one task.
  public let path: String
  private var count = 0

  public init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "gradc-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  public func file(_ name: String) -> String { path + "/" + name }
  fileprivate func unique(_ stem: String) -> String {
    count += 1
    return file(".\(stem)-\(count)")
  }

  @discardableResult
  public func write(_ name: String, _ text: String) throws -> String {
    try text.write(toFile: file(name), atomically: true, encoding: .utf8)
    return file(name)
  }
  public func write(_ name: String, _ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(filePath: file(name))) }
  public func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(filePath: file(name)))) }

  /// The visible files in it, sorted.
  public var files: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
  }
}
