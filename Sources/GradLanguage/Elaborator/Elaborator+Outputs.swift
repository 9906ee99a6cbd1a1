import GradIR

// What the model returns.
extension Elaborator {
  func elaborateOutputs() {
    var places: [String: SourceRange] = [:]
    for output in tree.outputs {
      for (name, value) in outputItems(output) {
        if let first = places[name] {
          report(
            "name.duplicate", "two outputs are called `\(name)`", at: output.range, hint: "give one a name of its own: `name = …`",
            notes: [Diagnostic.Note("the first is here", at: first)])
          continue
        }
        places[name] = output.range
        let outer = source
        source = output.range
        defer { source = outer }
        if value.isError {
          // What poisoned it has been reported; were it not, the output must not be missing in silence.
          if diagnostics.isEmpty, !hasSyntaxErrors { report("output.value", "the output `\(name)` has no value", at: output.range) }
          continue
        }
        guard let tensor = try? self.tensor(value, at: tree.range(of: output.value)), let strong = try? hardened(tensor) else { continue }
        let id = resolve(strong)
        root.builder.name(id, name)
        root.builder.output(name, id, source: output.range)
      }
    }
    if tree.outputs.isEmpty, !hasSyntaxErrors {
      report("output.none", "the model has no output", at: tree.source.endOfText, hint: "what it returns is listed by `output …`")
    }
  }

  /// The names and values of one item: several where a derivative by several names has no name of its own.
  private func outputItems(_ output: OutputSyntax) -> [(String, Value)] {
    let range = tree.range(of: output.value)
    if let label = output.label {
      let name = tree.text(label.name)
      let value = evaluate(output.value)
      if case .tuple(let values) = value {
        report(
          "output.several", "`\(name)` names \(values.count) values", at: range,
          hint: "take them apart first: `a, b = …`, then `output a, b`")
        return [(name, .error)]
      }
      return [(name, value)]
    }
    switch tree[output.value] {
    case .missing: return []
    case .name(let name):
      let value = evaluate(output.value)
      if case .tuple(let values) = value {
        report(
          "output.several", "`\(tree.text(name))` is \(values.count) values", at: range,
          hint: "take them apart first: `a, b = \(tree.text(name))`")
        return []
      }
      return [(tree.text(name), value)]
    case .call(let callee, let slice):
      let function = tree.text(callee)
      let arguments = slice.indices.map { tree.arguments[$0].value }
      let names = arguments.map { argument -> String? in if case .name(let name) = tree[argument] { tree.text(name) } else { nil } }
      guard Prelude.derivativeOperators.contains(function), functions[callee] == nil else { break }
      let count = function == "grad" ? names.count : min(2, names.count)
      guard names.count >= 2, let first = names[0], names[1..<count].allSatisfy({ $0 != nil }) else {
        // A derivative by what is no name is reported for itself.
        let value = evaluate(output.value)
        if value.isError { return [] }
        return unnamed(range)
      }
      let value = evaluate(output.value)
      let labels = names[1..<count].map { function == "hessian" ? "d2\(first)_d\($0 ?? "")2" : "d\(first)_d\($0 ?? "")" }
      if case .tuple(let values) = value, values.count == labels.count { return Array(zip(labels, values)) }
      return [(labels[0], value)]
    default: break
    }
    if evaluate(output.value).isError { return [] }
    return unnamed(range)
  }
  private func unnamed(_ range: SourceRange) -> [(String, Value)] {
    report("output.unnamed", "this output needs a name", at: range, hint: "write `output name = …`")
    return []
  }
}
