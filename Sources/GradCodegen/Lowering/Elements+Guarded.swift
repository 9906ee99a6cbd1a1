import GradIR

// Elements that are read only where they are: pad, concatenate, the embedded diagonal, one update a row.
extension Region {
  /// The value, but x's element where the place lies in x.
  func padded(_ node: Node, _ pads: [PadAxis], _ access: Access, in f: FunctionEmitter) -> Expr {
    let place = axes(access, node.types[0].shape, in: f)
    let dtype = node.types[0].dtype
    let outside = element(node.operands[1], .axes([]), in: f)
    let name = f.local(stem(node.firstResult) ?? "v")
    f.emit(.declare(.element(dtype), name, outside, const: false))
    let extents = shape(node.operands[0]).dims
    var conditions: [Expr] = []
    var own: [Dim] = []
    for (axis, pad) in pads.enumerated() {
      let inner = place[axis] - pad.low
      let width = extents[axis] + (pad.interior > 0 ? (extents[axis] - 1) * Dim(pad.interior) : 0)
      if pad.low != 0 { conditions.append(.binary(">=", f.number(place[axis]), f.number(pad.low))) }
      if pad.high != 0 { conditions.append(.binary("<", f.number(place[axis]), f.number(pad.low + width))) }
      if pad.interior == 0 {
        own.append(inner)
      } else {
        let step = Expr.integer(pad.interior + 1)
        let offset = f.declare(.index, "at", f.number(inner))
        let quotient = f.local("row")
        f.emit(.declare(.index, quotient, .binary("/", offset, step), const: true))
        conditions.append(.binary("==", .variable(quotient) * step, offset))
        own.append(f.openIndex(quotient, extent: nil, depth: f.depth))
      }
    }
    f.guarded(conditions) { f.emit(.assign(name, element(node.operands[0], .axes(own), in: f))) }
    return .variable(name)
  }

  func concatenated(_ node: Node, _ axis: Int, _ access: Access, in f: FunctionEmitter) -> Expr {
    let place = axes(access, node.types[0].shape, in: f)
    let name = f.local(stem(node.firstResult) ?? "v")
    f.emit(.declare(.element(node.types[0].dtype), name, nil, const: false))
    func part(_ number: Int, _ start: Dim) {
      let operand = node.operands[number]
      var own = place
      own[axis] = place[axis] - start
      let end = start + shape(operand)[axis]
      if number + 1 == node.operands.count { return f.emit(.assign(name, element(operand, .axes(own), in: f))) }
      f.guarded(
        [.binary("<", f.number(place[axis]), f.number(end))], { f.emit(.assign(name, element(operand, .axes(own), in: f))) },
        otherwise: { part(number + 1, end) })
    }
    part(0, 0)
    return .variable(name)
  }

  func embedded(_ node: Node, _ diagonal: Diagonal, _ access: Access, in f: FunctionEmitter) -> Expr {
    var place = axes(access, node.types[0].shape, in: f)
    let name = f.local(stem(node.firstResult) ?? "v")
    f.emit(.declare(.element(node.types[0].dtype), name, .literal(node.types[0].dtype, 0), const: false))
    let second = place.remove(at: diagonal.second)
    let first = place[diagonal.first]
    let conditions = first == second ? [] : [Expr.binary("==", f.number(first), f.number(second))]
    f.guarded(conditions) { f.emit(.assign(name, element(node.operands[0], .axes(place), in: f))) }
    return .variable(name)
  }

  /// Of a scatter with one index for each row: the update at its index, else 0.
  func scattered(_ node: Node, _ axis: GatherAxis, _ extent: Dim, _ access: Access, in f: FunctionEmitter) -> Expr {
    let place = axes(access, node.types[0].shape, in: f)
    var own = place
    let index = own.remove(at: axis.axis)
    let others = shape(node.operands[0]).dims.dropFirst(axis.batch)
    let selected = checkedIndex(
      node.operands[1], Array(place[..<axis.batch]), extent: extent, axis, node, hoists: others.allSatisfy { $0.isAtLeast(1) == true },
      in: f)
    let dtype = node.types[0].dtype
    let zero = Expr.literal(dtype, 0)
    let key = FunctionEmitter.ElementKey(value: node.firstResult, access: .axes(own))
    let home = f.homeDepth(own)
    // Zeros with the update added: −0 becomes 0.
    let update =
      f.scopes[home].elements[key]
      ?? f.at(home) {
        f.bind(dtype, arithmetic("+", dtype, zero, element(node.operands[0], .axes(own), in: f)))
      }
    f.scopes[home].elements[key] = update
    return f.bind(
      dtype, .conditional(.binary("==", f.number(index), f.number(selected)), update, zero), stem: stem(node.firstResult) ?? "v")
  }
}
