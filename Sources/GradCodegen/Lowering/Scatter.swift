import GradIR

// windowAdd and scatterAdd: zeros, then each element added where it belongs, in the row-major order of the operand.
extension Region {
  private func clear(_ node: Node, _ target: Variable, _ f: FunctionEmitter) {
    let zero = Expr.literal(node.types[0].dtype, 0)
    f.loop("i", node.types[0].shape.count) { i in f.emit(.store(target.name, f.number(i), zero)) }
  }
  private func addInto(_ target: Variable, _ place: Dim, _ dtype: DType, _ x: Expr, _ f: FunctionEmitter) {
    let at = f.number(place)
    f.emit(.store(target.name, at, arithmetic("+", dtype, .load(target.name, at), x)))
  }

  func lowerWindowAdd(_ windows: [WindowAxis], _ node: Node, _ target: Variable, _ f: FunctionEmitter) {
    clear(node, target, f)
    let result = node.types[0]
    f.loops(Region.indexStems, shape(node.operands[0]).dims) { indices in
      let x = element(node.operands[0], .axes(indices), in: f)
      var place = Array(indices.prefix(result.rank))
      for (number, window) in windows.enumerated() {
        place[window.axis] = place[window.axis] * Dim(window.stride) + indices[result.rank + number] * Dim(window.dilation)
      }
      addInto(target, flat(.axes(place), result.shape), result.dtype, x, f)
    }
  }

  func lowerScatterAdd(_ axis: GatherAxis, _ extent: Dim, _ node: Node, _ target: Variable, _ f: FunctionEmitter) {
    clear(node, target, f)
    let result = node.types[0]
    let (updates, indices) = (node.operands[0], node.operands[1])
    let inner = shape(indices).rank - axis.batch
    let own = shape(updates).dims
    let others = Array(own[axis.batch..<axis.axis]) + Array(own[(axis.axis + inner)...])
    f.loops(Region.indexStems, own) { place in
      let selected = checkedIndex(
        indices, Array(place[..<axis.batch]) + Array(place[axis.axis..<(axis.axis + inner)]), extent: extent, axis, node,
        hoists: others.allSatisfy { $0.isAtLeast(1) == true }, in: f)
      let x = element(updates, .axes(place), in: f)
      let position = Array(place[..<axis.axis]) + [selected] + Array(place[(axis.axis + inner)...])
      addInto(target, flat(.axes(position), result.shape), result.dtype, x, f)
    }
  }
}
