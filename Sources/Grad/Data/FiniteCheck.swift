import GradIR

extension BoundModel {
  /// Runs the model as it is written, derivatives expanded, by the interpreter, with every value looked at; whoever computes otherwise.
  /// - Throws: `ModelError` `run.finite` at the first operation that makes a NaN or an infinity.
  func checkOperationsAreFinite() throws {
    do {
      try model.derivative.checkMemoryOfInterpreting(dims)
      _ = try GraphInterpreter.run(model.derivative, inputs: tensors, dims: dims, checkingFinite: true)
    } catch let fault as RunFault {
      throw ModelError([fault.diagnostic], in: model.source)
    } catch let diagnostic as Diagnostic {
      throw ModelError([diagnostic], in: model.source)
    }
  }

  /// What no operation of the model made: it came in by the data, or by a pass that reorders sums and products.
  /// - Throws: `ModelError` `run.finite` at the first output that holds a NaN or an infinity.
  func checkAreFinite(_ results: [NamedTensor]) throws {
    func held(_ tensor: Tensor) -> String? {
      tensor.firstNonFinite.map { "\(tensor.text(at: $0))" + (tensor.shape.isEmpty ? "" : " at \(tensor.position($0))") }
    }
    for (result, output) in zip(results, model.outputs) {
      guard let fault = held(result.tensor) else { continue }
      let notes = zip(model.parameters, tensors).compactMap { parameter, tensor in
        held(tensor).map { Diagnostic.Note("`\(parameter.name)` is given \($0)", at: parameter.source) }
      }
      throw ModelError(
        [Diagnostic("run.finite", "the output `\(result.name)` holds \(fault)", at: output.source, notes: notes)], in: model.source)
    }
  }
}
