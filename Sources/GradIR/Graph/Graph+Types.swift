extension Graph {
  /// The graph with each dim of its types replaced, or nil where an op does not take the new ones (a reshape whose counts then
  /// differ, a slice that leaves its axis, a constant with another shape).
  public func replacingDims(_ dim: (Dim) -> Dim) -> Graph? {
    let builder = GraphBuilder()
    func shape(_ shape: Shape) -> Shape { Shape(shape.dims.map(dim)) }
    builder.declare(
      parameters.map { parameter in
        var new = parameter
        new.type.shape = shape(parameter.type.shape)
        return new
      })
    var values: [ValueID] = []
    for node in nodes {
      builder.source = node.source
      let operands = node.operands.map { values[Int($0.index)] }
      guard let op = node.op.replacingDims(dim) else { return nil }
      if case .parameter = op {
      } else {
        guard (try? TypeRule.infer(op, operands.map(builder.type(of:)))) != nil else { return nil }
        // Counts that were equal for all dims must stay so: of others a requirement tells.
        if case .reshape(let old) = node.op, case .reshape(let new) = op,
          self.shape(of: node.operands[0]).count == old.count, builder.shape(of: operands[0]).count != new.count
        {
          return nil
        }
      }
      let new: [ValueID]
      if case .variable = op { new = [builder.variable(operands[0])] } else { new = builder.addAll(op, operands) }
      values += new
      for (old, value) in zip(node.results, new) { if let name = names[old] { builder.name(value, name) } }
    }
    for output in results { builder.output(output.name, values[Int(output.value.index)], source: output.source) }
    for requirement in requirements {
      builder.require(
        Requirement(
          dim(requirement.left), requirement.relation, dim(requirement.right), message: requirement.message, source: requirement.source))
    }
    return builder.finish()
  }
}

extension Op {
  /// The op with other dims; nil where it holds data of a shape that would change.
  fileprivate func replacingDims(_ dim: (Dim) -> Dim) -> Op? {
    func shape(_ shape: Shape) -> Shape { Shape(shape.dims.map(dim)) }
    func windows(_ axes: [WindowAxis]) -> [WindowAxis] {
      axes.map { WindowAxis(axis: $0.axis, size: dim($0.size), stride: $0.stride, dilation: $0.dilation) }
    }
    switch self {
    case .constant(let constant):
      return constant.shape.allSatisfy { dim(Dim($0)) == Dim($0) } ? self : nil
    case .dimension(let value): return .dimension(dim(value))
    case .iota(let count): return .iota(dim(count))
    case .broadcast(let target, let axes): return .broadcast(shape(target), axes: axes)
    case .reshape(let target): return .reshape(shape(target))
    case .slice(let axes): return .slice(axes.map { SliceAxis(start: dim($0.start), count: dim($0.count), step: $0.step) })
    case .pad(let axes): return .pad(axes.map { PadAxis(low: dim($0.low), high: dim($0.high), interior: $0.interior) })
    case .window(let axes): return .window(windows(axes))
    case .windowAdd(let axes, let extents): return .windowAdd(windows(axes), extents: extents.map(dim))
    case .scatterAdd(let axis, let extent): return .scatterAdd(axis, extent: dim(extent))
    case .loop(var loop):
      guard let new = loop.body.replacingDims(dim) else { return nil }
      loop.body = new
      loop.count = dim(loop.count)
      return .loop(loop)
    case .parameter, .variable, .stopGradient, .derivative, .cast, .map, .reduce, .cumulative, .contract, .transpose, .concatenate,
      .diagonal, .gather, .argsort, .triangularSolve, .cholesky:
      return self
    }
  }
}
