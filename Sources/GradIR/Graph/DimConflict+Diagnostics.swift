extension DimConflict {
  /// The conflict in the model's words; it stands at the declaration of the parameter whose data does not fit.
  public func diagnostic(_ parameters: [Parameter]) -> Diagnostic {
    switch self {
    case .rank(let parameter, let expected, let found):
      return Diagnostic(
        "data.rank", "`\(parameters[parameter].name)` is \(expected), the data has the shape \(DimConflict.list(found))",
        at: parameters[parameter].source)
    case .extent(let parameter, let axis, let dim, let expected, let found, let bound):
      let value = expected.map(String.init) ?? "too large a number"
      let name = parameters[parameter].name
      let message =
        dim.constant != nil
        ? "axis \(axis) of `\(name)` is \(value), the data has \(found)"
        : "axis \(axis) of `\(name)` is `\(dim)`, which is \(value), the data has \(found)"
      return Diagnostic("data.extent", message, at: parameters[parameter].source, notes: DimConflict.notes(bound, parameters))
    case .unsolvable(let parameter, let axis, let dim, let symbol, let found, let bound):
      return Diagnostic(
        "data.dim",
        "axis \(axis) of `\(parameters[parameter].name)` is `\(dim)`, the data has \(found): no `\(symbol)` of 0 or more gives that",
        at: parameters[parameter].source, notes: DimConflict.notes(bound, parameters))
    case .negative(let symbol, let value): return Diagnostic("dim.negative", "the dim `\(symbol)` is 0 or more, not \(value)")
    case .unbound(let symbol):
      return Diagnostic("dim.unbound", "no data binds the dim `\(symbol)`", hint: "give it by -D \(symbol)=…")
    }
  }

  private static func list(_ extents: [Int]) -> String { "[" + extents.map(String.init).joined(separator: ", ") + "]" }
  private static func notes(_ bound: [Bound], _ parameters: [Parameter]) -> [Diagnostic.Note] {
    bound.map { bound in
      switch bound.origin {
      case .explicit: return .init("`\(bound.symbol)` is \(bound.value) by -D")
      case .parameter(let index, let axis):
        return .init(
          "`\(bound.symbol)` is \(bound.value) by axis \(axis) of `\(parameters[index].name)`", at: parameters[index].source)
      }
    }
  }
}
