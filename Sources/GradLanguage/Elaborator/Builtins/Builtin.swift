import GradIR

/// A function that the compiler knows.
struct Builtin {
  var parameters: [(name: String, isOptional: Bool)]
  var isVariadic = false
  /// The signature for two arguments by position, of `max` and `min`.
  var alternativeParameters: [(name: String, isOptional: Bool)]?
  /// The signatures as they are written, for the documentation: `x, axis=all`.
  private(set) var signatures: [String] = []
  var body: (Elaborator, Arguments) throws -> Value

  var alternative: Builtin? {
    alternativeParameters.map { Builtin(parameters: $0, body: body) }
  }

  /// - Parameter signature: The parameters' names, `=` and words for the default behind those that have one; `*` takes any.
  init(_ signature: String, body: @escaping (Elaborator, Arguments) throws -> Value) {
    self.init(parameters: Self.parse(signature), body: body)
    isVariadic = signature == "*"
    signatures = [signature]
  }
  init(_ signature: String, or alternative: String, body: @escaping (Elaborator, Arguments) throws -> Value) {
    self.init(signature, body: body)
    alternativeParameters = Self.parse(alternative)
    signatures.append(alternative)
  }
  private init(parameters: [(name: String, isOptional: Bool)], body: @escaping (Elaborator, Arguments) throws -> Value) {
    self.parameters = parameters
    self.body = body
  }
  private static func parse(_ signature: String) -> [(name: String, isOptional: Bool)] {
    signature.split(separator: " ").map { (String($0.prefix { $0 != "=" }), $0.contains("=")) }
  }

  /// The functions of the language that are not written in it.
  nonisolated(unsafe) static let table: [String: Builtin] = elementwise.merging(reductions) { first, _ in first }
    .merging(linearAlgebra) { first, _ in first }.merging(shapes) { first, _ in first }.merging(windows) { first, _ in first }
}
