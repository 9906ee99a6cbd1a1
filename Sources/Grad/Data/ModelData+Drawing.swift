import GradIR

extension ModelData {
  /// The data with missing inputs drawn at random (integers 0), the same each time.
  /// - Parameter openDims: What the dims become that nothing binds; nil where each must be bound.
  /// - Throws: `ModelError` for a dim that nothing binds, or arrays beyond memory.
  public func completed(for model: Model, openDims: Int? = nil) throws -> ModelData {
    var data = self
    let extents = model.parameters.map { data.items[$0.name]?.tensor.shape }
    var dims: [String: Int] = [:]
    if case .success(let bound) = bindDims(model.parameters, extents: extents) { dims = bound }
    for name in model.dims where dims[name] == nil {
      guard let openDims else {
        throw ModelError(
          [Diagnostic("dim.unbound", "nothing binds the dim `\(name)`", hint: "give it: `-D \(name)=1000`")], in: model.source)
      }
      dims[name] = openDims
    }
    for parameter in model.parameters where data.items[parameter.name] == nil {
      guard let extents = parameter.type.shape.extents(dims) else { continue }
      do {
        try parameter.checkMemoryOfDrawing(dims)
      } catch {
        throw ModelError([error], in: model.source)
      }
      let dtype = parameter.type.dtype
      let tensor: Tensor
      if dtype.isFloat {
        // Away from 0 and below 1, so that logarithms, roots and inverse functions have their values.
        var initializer = Initializer.uniform(low: 0.1, high: 0.9)
        if case .param(.some(let own)) = parameter.role, own != .zeros, own != .ones { initializer = own }
        tensor = initializer.tensor(name: parameter.name, dtype: dtype, extents: extents)
      } else {
        tensor = Tensor([Int64](repeating: 0, count: extents.reduce(1, *)), shape: extents)
      }
      data.items[parameter.name] = ModelData.Item(tensor: tensor, origin: "a drawn value")
    }
    return data
  }
}
