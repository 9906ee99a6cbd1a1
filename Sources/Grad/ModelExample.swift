import GradIR

/// A model of the documentation, with the data of a run.
public struct ModelExample: Sendable {
  /// The model.
  public let text: String
  /// As the command line gives it: `--set x=[1,2] -D n=3`.
  public let words: String

  init(_ text: String, _ words: String = "") {
    self.text = text
    self.words = words
  }

  /// The example as a file of that name.
  func source(_ name: String) -> SourceFile { SourceFile(name: name, text: text + "\n") }

  /// The model and its outputs, by the interpreter.
  func run(name: String) throws -> (model: Model, outputs: [NamedTensor]) {
    var options = ModelOptions()
    var data = ModelData()
    var settings: [(String, String)] = []
    let words = words.split(separator: " ").map(String.init)
    for (option, word) in zip(words, words.dropFirst()) {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      if option == "-D" { options.dims[parts[0]] = Int(parts[1]) }
      if option == "--set" { settings.append((parts[0], parts[1])) }
    }
    let model = try Model(source: source(name), options: options)
    for (name, value) in settings { try data.set(name, text: value) }
    return (model, try model.bind(data).run(on: .interpreter, checkingFinite: words.contains("--check-finite")))
  }

  /// The command that runs it.
  func command(name: String) -> String { "$ gradc run \(name)\(words.isEmpty ? "" : " \(words)")" }
}

extension String {
  /// As a block of code in Markdown.
  var indented: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "    \($0)" }.joined(separator: "\n")
  }
}
