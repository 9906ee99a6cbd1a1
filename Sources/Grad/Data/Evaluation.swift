import GradCodegen
import GradIR

extension BoundModel {
  /// The outputs, by the chosen backend.
  ///
  /// - Parameters:
  ///   - verifying: Compiled code is compared with the interpreter on small shapes before its first use.
  ///   - checkingFinite: The first operation that makes a NaN or an infinity is a fault; the interpreter looks for it, whoever computes.
  /// - Throws: `ModelError` for a fault that only the values decide (an index out of range), at its expression.
  public func run(on backend: Backend = .tcc, verifying: Bool = true, checkingFinite: Bool = false) throws -> [NamedTensor] {
    guard checkingFinite else { return try computed(by: backend, verifying: verifying) }
    try checkOperationsAreFinite()
    let results = try computed(by: backend, verifying: verifying)
    try checkAreFinite(results)
    return results
  }

  private func computed(by backend: Backend, verifying: Bool) throws -> [NamedTensor] {
    guard let tier = backend.tier else {
      _ = try outputTypes()
      return try interpreted()
    }
    let compiled = try CompiledModel(model, tier: tier, verifying: verifying)
    return try compiled.run(self)
  }

  /// Arrays are copied on their way into a call, and out of it.
  private func checkMemory() throws {
    var total = 0
    func add(_ type: TensorType, _ subject: String, at source: SourceRange?) throws(Diagnostic) {
      let bytes = type.byteCount(dims).flatMap { $0 < 1 << 60 ? 2 * $0 : nil }
      try Memory.check(bytes, for: "\(subject) of \(type)", at: source)
      total += bytes ?? 0
    }
    do {
      for parameter in model.parameters { try add(parameter.type, "`\(parameter.name)`", at: parameter.source) }
      for output in model.outputs {
        try add(model.graph.type(of: output.value), "the output `\(output.name)`", at: output.source)
        try Memory.check(total, for: "what goes in and out of a call up to the output `\(output.name)`", at: output.source)
      }
    } catch {
      throw ModelError([error], in: model.source)
    }
  }

  /// Number type and extents of each output; there is memory for all of them.
  func outputTypes() throws -> [(DType, [Int])] {
    try checkMemory()
    return try model.outputs.map { output in
      let type = model.graph.type(of: output.value)
      guard let extents = type.shape.extents(dims) else {
        throw ModelError([Diagnostic("dim.unbound", "the dims \(dims) leave an output's shape open")], in: model.source)
      }
      return (type.dtype, extents)
    }
  }

  /// What a call of compiled code gave, or its fault at its expression.
  func results(_ status: Int32, _ outputs: [Tensor], _ signature: CallSignature) throws -> [NamedTensor] {
    if status == 0 { return zip(model.outputs, outputs).map { NamedTensor($0.name, $1) } }
    // The code says which tensor; the reference finds position and value, if it has the memory.
    do {
      _ = try interpreted()
    } catch let error as ModelError where error.diagnostics.contains(where: { $0.id == "run.memory" }) {}
    throw ModelError([signature.diagnostic(ofStatus: status)], in: model.source)
  }

  func interpreted() throws -> [NamedTensor] {
    do {
      try model.optimized.checkMemoryOfInterpreting(dims)
    } catch {
      throw ModelError([error], in: model.source)
    }
    do {
      let values = try GraphInterpreter.run(model.optimized, inputs: tensors, dims: dims)
      return zip(model.outputs, values).map { NamedTensor($0.name, $1) }
    } catch {
      throw ModelError([error.diagnostic], in: model.source)
    }
  }
}

extension CallSignature {
  /// What a status other than 0 says, at its expression.
  func diagnostic(ofStatus status: Int32) -> Diagnostic {
    let fault = fault(Int(status))
    return Diagnostic("run.fault", fault?.message ?? "status \(status)", at: fault?.range)
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
