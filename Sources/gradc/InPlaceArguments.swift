import ArgumentParser

/// Outputs that take the place of inputs.
struct InPlaceArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write an output over an input or param of the same type: one array for both; may stand several times.",
      valueName: "input=output"))
  var inPlace: [String] = []

  func validate() throws { _ = try updates() }

  func updates() throws -> [(input: String, output: String)] {
    try inPlace.map { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw ValidationError("usage.update", "--in-place takes input=output, not '\(text)'.")
      }
      return (parts[0], parts[1])
    }
  }
}
