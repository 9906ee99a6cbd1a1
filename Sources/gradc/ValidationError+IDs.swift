import ArgumentParser

extension ValidationError {
  /// Arguments that do not make sense, exit status 64. On a terminal it is said how to learn more.
  init(_ id: String, _ message: String) {
    self.init(Console.isTerminal ? "\(message)\n\(Console.reference(to: [id]))" : message)
  }
}
