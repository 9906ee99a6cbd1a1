extension RunFault {
  /// The fault in the model's words.
  public var diagnostic: Diagnostic {
    switch self {
    case .indexOutOfRange(let fault):
      let name = fault.name.map { " of `\($0)`" } ?? ""
      return Diagnostic(
        "run.index",
        "the index \(fault.value)\(place(fault.position))\(name) lies outside an axis of \(fault.extent)\(steps(fault.steps))",
        at: fault.source)
    case .notFinite(let fault):
      let name = fault.name.map { " of `\($0)`" } ?? ""
      let value = fault.value.isNaN ? "nan" : "\(fault.value)"
      return Diagnostic(
        "run.finite", "`\(fault.operation)` makes \(value)\(place(fault.position))\(name)\(steps(fault.steps))", at: fault.source)
    case .unmet(let requirement):
      return Diagnostic("dim.requirement", requirement.message, at: requirement.source)
    }
  }

  private func place(_ position: [Int]) -> String {
    position.isEmpty ? "" : " at [" + position.map(String.init).joined(separator: ", ") + "]"
  }
  private func steps(_ steps: [Int]) -> String {
    steps.isEmpty ? "" : ", in step " + steps.map(String.init).joined(separator: ", ")
  }
}
