import GradCodegen
import GradIR
import GradLanguage

extension Model {
  /// The model whose compiled code writes outputs over inputs or params, each pair one array: what a training step returns is what the
  /// next one is given. The code reads an input before it writes there; the values are those of separate arrays.
  ///
  ///     let step = try CompiledModel(model.updating([("W1", "W1_next"), ("b1", "b1_next")]))
  ///
  /// - Throws: `ModelError` with every pair that is at fault: a name that is not the model's, types that differ, a name in two pairs.
  public func updating(_ pairs: [(input: String, output: String)]) throws -> Model {
    var result = self
    var diagnostics: [Diagnostic] = []
    func place(_ name: String, _ id: String, _ kind: String, _ known: [String]) -> Int? {
      if let index = known.firstIndex(of: name) { return index }
      let meant = nearest(to: name, among: known).map { "did you mean '\($0)'?" }
      let all = known.isEmpty ? "it has none" : "it has \(known.map { "'\($0)'" }.joined(separator: ", "))"
      diagnostics.append(Diagnostic(id, "the model has no \(kind) '\(name)'", hint: meant ?? all))
      return nil
    }
    for (inputName, outputName) in pairs {
      let input = place(inputName, "update.input", "input or param", parameters.map(\.name))
      let output = place(outputName, "update.output", "output", outputs.map(\.name))
      guard let input, let output else { continue }
      let (given, made) = (parameters[input].type, graph.type(of: outputs[output].value))
      if given != made {
        diagnostics.append(
          Diagnostic(
            "update.type", "'\(outputName)' is \(made) and cannot take the place of '\(inputName)', which is \(given)",
            at: outputs[output].source,
            notes: [.init("'\(inputName)' is declared here", at: parameters[input].source)]))
      } else if let other = result.updates.first(where: { $0.input == input || $0.output == output }) {
        let (name, place) = other.input == input ? (inputName, "taken by two outputs") : (outputName, "given to two inputs")
        diagnostics.append(Diagnostic("update.twice", "'\(name)' is \(place)", at: parameters[input].source))
      } else {
        result.updates.append(InPlaceUpdate(input: input, output: output))
      }
    }
    if !diagnostics.isEmpty { throw ModelError(diagnostics, in: source) }
    return result
  }
}
