import Grad
import GradIR
import TestSupport
import Testing

@Suite struct FileTests {
  @Test func thereAreCases() { #expect(FileCase.all.count >= 20) }

  @Test(arguments: FileCase.all)
  func stagesAreAsRecorded(_ file: FileCase) throws {
    let source = try #require(file.source, "a case has a SOURCE section")
    var recorded: [(FileCase.Section, String)] = []
    for section in file.sections where section.kind != "SOURCE" {
      let text = try actual(section, source)
      recorded.append((section, text))
      if !FileCase.isRecording { #expect(text == section.text, "\(section.heading) of \(file.testDescription)") }
    }
    #expect(!recorded.isEmpty, "a case pins something")
    if FileCase.isRecording { try file.record(recorded) }
  }

  private func actual(_ section: FileCase.Section, _ source: SourceFile) throws -> String {
    switch section.kind {
    case "DIAGNOSTICS": return diagnostics(source)
    case "RUN": return try run(Array(section.words.dropFirst()), source)
    case let kind:
      let stage = try #require(Stage(rawValue: kind.lowercased()), "'\(kind)' is no section")
      return trimmed(try Inspection(source: source).text(of: stage))
    }
  }

  private func diagnostics(_ source: SourceFile) -> String {
    do {
      _ = try Model(source: source)
      return ""
    } catch {
      return "\(error)"
    }
  }

  private func run(_ words: [String], _ source: SourceFile) throws -> String {
    do {
      let bound = try bind(words, source)
      let reference = try outcome(bound, on: .interpreter)
      let compiled = try outcome(bound, on: .tcc)
      switch (reference, compiled) {
      case (.success(let expected), .success(let results)):
        for (result, other) in zip(results, expected) {
          let difference = result.tensor.difference(from: other.tensor)
          #expect(difference == nil, "compiled code differs in \(result.name): \(difference ?? "")")
        }
        return expected.map { "\($0.name): \($0.tensor.typeText) = \($0.tensor.valueText())" }.joined(separator: "\n")
      case (.failure(let expected), .failure(let fault)):
        #expect(fault.description == expected.description)
        return expected.description
      case (.success, .failure(let fault)): throw fault
      case (.failure(let fault), .success):
        Issue.record("compiled code does not report: \(fault)")
        return fault.description
      }
    } catch let error as ModelError {
      return error.description
    }
  }

  private func bind(_ words: [String], _ source: SourceFile) throws -> BoundModel {
    var options = ModelOptions()
    var settings: [(String, String)] = []
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { throw Diagnostic("case.run", "RUN takes name=value, not '\(word)'") }
      if word.hasPrefix("-D") {
        options.dims[String(parts[0].dropFirst(2))] = Int(parts[1])
      } else if parts[0] == "precision" {
        options.precision = parts[1] == "f64" ? .f64 : .f32
      } else {
        settings.append((parts[0], parts[1]))
      }
    }
    let model = try Model(source: source, options: options)
    var data = ModelData()
    for (name, text) in settings { try data.set(name, text: text) }
    return try model.bind(data)
  }

  private func outcome(_ bound: BoundModel, on backend: Backend) throws -> Result<[NamedTensor], ModelError> {
    do {
      return .success(try bound.run(on: backend))
    } catch let fault as ModelError {
      return .failure(fault)
    }
  }

  private func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while text.last == "\n" { text.removeLast() }
    return String(text)
  }
}
