import Foundation
import Grad
@_exported import TestSupport
import Testing

enum Command {
  /// The folder of the products that were built with these tests.
  static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
  static let gradc = products.appending(path: "gradc").path
}

extension TemporaryFolder {
  func write(_ name: String, _ arrays: [NamedTensor]) throws { try Npz.write(arrays, path: file(name)) }

  func gradc(_ arguments: String..., environment: [String: String] = [:], output: String? = nil) throws -> Outcome {
    try Program.run(Command.gradc, arguments, in: self, environment: environment, output: output)
  }
  func shell(_ script: String, environment: [String: String] = [:]) throws -> Outcome {
    try Program.run("bash", ["-c", script], in: self, environment: environment.merging(["GRADC": Command.gradc]) { $1 })
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
