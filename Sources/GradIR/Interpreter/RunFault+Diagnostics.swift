extension RunFault {
  /// The fault in the model's words.
  public var diagnostic: Diagnostic {
    switch self {
    case .indexOutOfRange(let fault):
      let position = fault.position.isEmpty ? "" : " at [" + fault.position.map(String.init).joined(separator: ", ") + "]"
      let name = fault.name.map { " of `\($0)`" } ?? ""
      let steps = fault.steps.isEmpty ? "" : ", in step " + fault.steps.map(String.init).joined(separator: ", ")
      return Diagnostic(
        "run.index", "the index \(fault.value)\(position)\(name) lies outside an axis of \(fault.extent)\(steps)", at: fault.source)
    case .unmet(let requirement):
      return Diagnostic("dim.requirement", requirement.message, at: requirement.source)
    }
  }
}
