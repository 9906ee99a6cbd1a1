import Foundation
import Grad
import GradIR
import Testing

/// A model of `examples/` with the data that its own command names: `gradc run examples/X.gd --inputs … --set … -D …` in its comment.
struct Example: Sendable, CustomTestStringConvertible {
  /// `matrix-calculus/p-4-jacobian`
  let name: String
  let source: SourceFile
  private(set) var inputs: String?
  private(set) var settings: [(name: String, text: String)] = []
  private(set) var dims: [String: Int] = [:]

  var testDescription: String { name }
  var isMatrixCalculus: Bool { name.hasPrefix("matrix-calculus/") }
  /// Whether the command stands in the file; a file without one needs no data.
  let hasCommand: Bool

  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Smaller dims where the command's are too many for the reference.
  private static let smallerDims: [String: [String: Int]] = ["matrix-calculus/j-2-memory": ["N": 4, "D": 6, "M": 5]]

  static let all: [Example] = {
    let folder = root.appending(path: "examples")
    let paths = (FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String]) ?? []
    return paths.filter { $0.hasSuffix(".gd") }.sorted().compactMap { path in
      guard let bytes = FileManager.default.contents(atPath: folder.appending(path: path).path) else { return nil }
      return Example(name: String(path.dropLast(3)), utf8: [UInt8](bytes))
    }
  }()

  init(name: String, utf8: [UInt8]) {
    self.name = name
    source = SourceFile(name: "examples/\(name).gd", utf8: utf8)
    let command = String(decoding: utf8, as: UTF8.self).split(separator: "\n")
      .first { $0.hasPrefix("#   gradc run examples/\(name).gd") }
    hasCommand = command != nil
    let words = (command ?? "").split(separator: " ").map(String.init)
    for (word, value) in zip(words, words.dropFirst()) {
      let parts = value.split(separator: "=", maxSplits: 1).map(String.init)
      switch word {
      case "--inputs": inputs = Example.root.appending(path: value).path
      case "--set" where parts.count == 2: settings.append((parts[0], parts[1]))
      case "-D" where parts.count == 2: dims[parts[0]] = Int(parts[1])
      default: break
      }
    }
    if let smaller = Example.smallerDims[name] { dims = smaller }
  }

  func model(precision: DType? = nil) throws -> Model {
    try Model(source: source, options: ModelOptions(precision: precision, dims: dims))
  }

  func data(for model: Model) throws -> ModelData {
    var data = ModelData()
    if let inputs { try data.read(npz: inputs, for: model) }
    for (name, text) in settings { try data.set(name, text: text) }
    return data
  }

  /// The outputs of the example in a precision, by name.
  func outputs(precision: DType? = nil, on backend: Backend) throws -> [String: Tensor] {
    let model = try model(precision: precision)
    let results = try model.bind(data(for: model)).run(on: backend)
    return Dictionary(uniqueKeysWithValues: results.map { ($0.name, $0.tensor) })
  }
}

extension Tensor {
  var doubles: [Double] { (0..<count).map { double(at: $0) } }

  /// The greatest difference of an element, as a part of the greatest element of the other (but of at least `floor`): a sum that
  /// cancels is as exact as its terms, not as its value. Infinite where shapes or the places of NaN and infinity differ.
  func error(against expected: Tensor, floor: Double) -> Double {
    guard shape == expected.shape else { return .infinity }
    var scale = floor
    for value in expected.doubles where value.isFinite { scale = max(scale, abs(value)) }
    var worst = 0.0
    for (own, other) in zip(doubles, expected.doubles) {
      if own == other || (own.isNaN && other.isNaN) { continue }
      guard own.isFinite, other.isFinite else { return .infinity }
      worst = max(worst, abs(own - other) / scale)
    }
    return worst
  }
}
