import GradIR
import GradLanguage

// A fixed dim is its number by the time that data comes; messages give it its name and place back.
extension Model {
  /// The conflict in the model's words, with every place that it comes from.
  func diagnostic(of conflict: DimConflict) -> Diagnostic {
    var diagnostic = conflict.diagnostic(parameters)
    if case .unbound(let symbol) = conflict { diagnostic.range = dimensions.first { $0.name == symbol }?.range }
    guard case .extent(let parameter, let axis, let dim, _, let found, _) = conflict, let value = dim.constant,
      let (text, names) = written(parameters[parameter].name, axis: axis), !names.isEmpty
    else { return diagnostic }
    diagnostic.message = "axis \(axis) of `\(parameters[parameter].name)` is `\(text)`, which is \(value), the data has \(found)"
    diagnostic.notes += dimensions.filter { names.contains($0.name) }.compactMap { dimension in
      dimension.value.map { value in
        let isByHand = options.dims[dimension.name] != nil
        return Diagnostic.Note("`\(dimension.name)` is \(value)\(isByHand ? " by -D" : "")", at: isByHand ? nil : dimension.range)
      }
    }
    return diagnostic
  }

  /// An axis of a parameter's type as the model writes it, and the names in it.
  private func written(_ parameter: String, axis: Int) -> (text: String, names: Set<String>)? {
    let (tree, _) = Parser.parse(source)
    guard let syntax = tree.parameters.first(where: { tree.names[$0.identifier.name] == parameter }),
      syntax.type.shape.indices.contains(axis)
    else { return nil }
    let text = source.text(in: tree.range(of: syntax.type.shape[axis]))
    return (text, Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)))
  }
}
