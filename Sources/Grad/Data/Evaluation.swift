import GradIR

extension BoundModel {
  /// The outputs, by the chosen backend.
  ///
  /// - Parameter verifying: Compiled code is compared with the interpreter on small shapes before its first use.
  /// - Throws: `ModelError` for a fault that only the values decide (an index out of range), at its expression.
  public func run(on backend: Backend = .tcc, verifying: Bool = true) throws -> [NamedTensor] {
    switch backend {
    case .interpreter: return try interpreted()
    case .tcc:
      let compiled = try CompiledModel(model, verifying: verifying)
      return try compiled.run(self)
    }
  }

  func interpreted() throws -> [NamedTensor] {
    do {
      let values = try GraphInterpreter.run(model.optimized, inputs: tensors, dims: dims)
      return zip(model.outputs, values).map { NamedTensor($0.name, $1) }
    } catch {
      throw ModelError([error.diagnostic], in: model.source)
    }
  }
}

extension [NamedTensor] {
  /// `{"loss": {"type": "f32", "value": 0.5}, …}`
  public var jsonObject: String {
    "{"
      + map { "\($0.name.jsonQuoted): {\"type\": \($0.tensor.typeText.jsonQuoted), \"value\": \($0.tensor.json)}" }.joined(separator: ", ")
      + "}"
  }
}
