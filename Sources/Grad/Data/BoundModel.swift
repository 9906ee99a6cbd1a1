import GradIR

/// Who computes.
public enum Backend: String, Sendable, CaseIterable {
  /// Machine code in the process, by libtcc.
  case tcc
  /// Machine code by the system's C compiler, at its best optimization: slow to make, fast to run.
  case cc
  /// The reference: slow and right.
  case interpreter

  /// Who makes the code; nil where there is none.
  public var tier: Tier? {
    switch self {
    case .tcc: .tcc
    case .cc: .cc
    case .interpreter: nil
    }
  }
}

/// A model with the data of a call: every parameter a tensor of its type, every dim a number.
public struct BoundModel: Sendable {
  /// What the data is for.
  public let model: Model
  /// In the order of the model's parameters.
  public let tensors: [Tensor]
  /// Every dim of the model by its name.
  public let dims: [String: Int]
  /// What was left aside.
  public let notes: [String]
}

extension Model {
  /// Binds data to the model: converts it, binds the dims by its shapes, draws the params that are not given.
  ///
  /// - Throws: `ModelError` with every fault of the data: an input that is missing, a shape or type that does not suit, dims in
  ///   conflict (with both places), a requirement on dims that does not hold.
  public func bind(_ data: ModelData) throws -> BoundModel {
    var diagnostics: [Diagnostic] = []
    var given: [Tensor?] = []
    for parameter in parameters {
      let item = data.items[parameter.name]
      if let item, let fault = fault(of: item, for: parameter) {
        diagnostics.append(fault)
        given.append(nil)
      } else {
        given.append(item?.tensor)
        if item == nil, let missing = missing(parameter) { diagnostics.append(missing) }
      }
    }
    let known = parameters.map(\.name)
    for name in data.setByHand where !known.contains(name) {
      diagnostics.append(
        Diagnostic(
          "data.unknown", "the model has no input or param '\(name)'", hint: "it has \(known.map { "'\($0)'" }.joined(separator: ", "))"))
    }
    if !diagnostics.isEmpty { throw ModelError(diagnostics, in: source) }

    let dims: [String: Int]
    switch graph.bindDims(extents: given.map { $0?.shape }) {
    case .success(let bound): dims = bound
    case .failure(let faults): throw ModelError(faults.conflicts.map { diagnostic(of: $0) }, in: source)
    }
    try checkRequirements(dims)
    return BoundModel(model: self, tensors: try tensors(given, dims), dims: dims, notes: notes(data.leftAside))
  }

  private func notes(_ leftAside: [String]) -> [String] {
    leftAside.isEmpty ? [] : ["the model names no \(leftAside.map { "'\(printable($0))'" }.joined(separator: ", ")): left aside"]
  }

  private func fault(of item: ModelData.Item, for parameter: Parameter) -> Diagnostic? {
    let (tensor, type) = (item.tensor, parameter.type)
    func diagnostic(_ id: String, _ facts: String) -> Diagnostic {
      Diagnostic(id, "'\(parameter.name)' is \(type), but \(item.origin) \(facts)", at: parameter.source)
    }
    if tensor.shape.count != type.rank {
      let axes = "\(tensor.shape.count) \(tensor.shape.count == 1 ? "axis" : "axes")"
      return diagnostic("data.rank", "has \(axes) (\(tensor.typeText)), not \(type.rank)")
    }
    return tensor.obstacle(to: type.dtype).map { diagnostic("data.type", $0) }
  }

  private func missing(_ parameter: Parameter) -> Diagnostic? {
    switch parameter.role {
    case .param(.some): return nil
    case .param(nil):
      return Diagnostic(
        "data.missing", "the param '\(parameter.name)' is not given and has no initializer", at: parameter.source,
        hint: "give it in --inputs or by --set \(parameter.name)=…, or write `~ zeros` behind its type")
    case .input, .body:
      return Diagnostic(
        "data.missing", "the input '\(parameter.name)' is not given", at: parameter.source,
        hint: "give it in --inputs or by --set \(parameter.name)=…")
    }
  }

  private func checkRequirements(_ dims: [String: Int]) throws {
    let failing = graph.checkRequirements(dims)
    if failing.isEmpty { return }
    throw ModelError(
      failing.map { requirement in
        let left = requirement.left.value(dims).map(String.init) ?? "?"
        let right = requirement.right.value(dims).map(String.init) ?? "?"
        let facts = requirement.left.constant == nil ? "\(requirement.left) is \(left)" : "\(requirement.right) is \(right)"
        return Diagnostic(
          "dim.requirement",
          "\(requirement.message): \(facts), and \(requirement.left) \(requirement.relation.rawValue) \(requirement.right) must hold",
          at: requirement.source)
      }, in: source)
  }

  private func tensors(_ given: [Tensor?], _ dims: [String: Int]) throws -> [Tensor] {
    var tensors: [Tensor] = []
    for (parameter, tensor) in zip(parameters, given) {
      if let tensor {
        tensors.append(tensor.converted(to: parameter.type.dtype))
        continue
      }
      guard case .param(.some(let initializer)) = parameter.role, let extents = parameter.type.shape.extents(dims) else {
        throw ModelError([missing(parameter)].compactMap { $0 }, in: source)
      }
      do {
        try parameter.checkMemoryOfDrawing(dims)
      } catch {
        throw ModelError([error], in: source)
      }
      tensors.append(initializer.tensor(name: parameter.name, dtype: parameter.type.dtype, extents: extents))
    }
    return tensors
  }
}

extension Parameter {
  /// Numbers are drawn as doubles, then converted.
  func checkMemoryOfDrawing(_ dims: [String: Int]) throws(Diagnostic) {
    let bytes = type.shape.count.value(dims).flatMap { $0 < 1 << 56 ? 24 * $0 : nil }
    try Memory.check(bytes, for: "drawing `\(name)` of \(type)", at: source)
  }
}
