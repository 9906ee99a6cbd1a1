import GradIR

// One element of any value, at any index, inside whatever loops are open: what is stored is loaded, what is inlined is computed.
extension Region {
  static let indexStems = ["i", "j", "k", "l", "m", "n"]

  /// The C expression of one element: a name or a number, computed once for each scope that knows its index.
  func element(_ value: ValueID, _ access: Access, in f: FunctionEmitter) -> Expr {
    let value = plan.resolve(value)
    if let known = constantOrScalar(value, in: f) { return known }
    // What a kernel holds is read where it is computed, in its row; what is one number everywhere, before all loops.
    let isHeld = plan.placement(value) == .held
    let isUniform = plan.isUniform[Int(value.index)] && plan.placement(value) == .inlined
    let access = isUniform ? .axes(shape(value).dims.map { _ in 0 }) : access
    let key = FunctionEmitter.ElementKey(value: value, access: isHeld ? .axes([]) : access)
    for scope in f.scopes.reversed() { if let known = scope.elements[key] { return known } }
    let home = f.homeDepth(access.dims)
    // Readers repeat it, so it is a name or a number.
    let result = f.at(home) { f.bind(type(value).dtype, compute(value, access, in: f)) }
    f.scopes[home].elements[key] = result
    return result
  }

  private func constantOrScalar(_ value: ValueID, in f: FunctionEmitter) -> Expr? {
    switch plan.placement(value) {
    case .scalar:
      guard let expression = scalars[value] else { preconditionFailure("scalar \(value) is read before it is computed") }
      return captured(expression, type(value).dtype, in: f)
    case .parameter(let index):
      if case .scalar(let expression, let dtype) = parameters[index] { return captured(expression, dtype, in: f) }
      return nil
    case .immediate:
      switch graph.node(of: value).op {
      case .constant(let constant): return .literal(constant.dtype, constant.bits[0])
      case .dimension(let dim): return isBounded(dim) ? f.number(dim) : f.wrappingNumber(dim)
      default: return nil
      }
    default: return nil
    }
  }
  /// True of a dim, and of a product of dims that counts elements of a tensor, of which memory holds fewer than 2^61. Other
  /// polynomials may pass 2^63 as values, and wrap as integers do.
  private func isBounded(_ dim: Dim) -> Bool {
    let terms = dim.terms
    if terms.allSatisfy({ $0.factors.count < 2 }) { return true }
    guard terms.count == 1 else { return false }
    return graph.nodes.contains { node in
      node.types.contains { type in
        let all = type.shape.count.terms
        guard all.count == 1, terms[0].coefficient <= all[0].coefficient else { return false }
        var rest = all[0].factors
        return terms[0].factors.allSatisfy { factor in rest.firstIndex(of: factor).map { rest.remove(at: $0) } != nil }
      }
    }
  }
  private func captured(_ expression: Expr, _ dtype: DType, in f: FunctionEmitter) -> Expr {
    guard case .variable(let name) = expression, f !== host else { return expression }
    return f.use(Variable(name: name, kind: .scalar(dtype)))
  }

  /// The pointer and index where an element stands, and the stored value, for values that are stored or only rearrange what is.
  func location(_ value: ValueID, _ access: Access, in f: FunctionEmitter) -> (pointer: Variable, index: Dim, stored: ValueID)? {
    let first = plan.resolve(value)
    var value = first
    var access = access
    while true {
      let shape = shape(value)
      // What the kernel itself stores it has in a local or a row's buffer first.
      if value != first, f.stored.contains(value) { return nil }
      if let held = f.heldRows[value] { return (held.buffer, place(in: held, access, shape, f), value) }
      switch plan.placement(value) {
      case .parameter(let index):
        guard case .pointer(let variable) = parameters[index] else { return nil }
        return (variable, flat(access, shape), value)
      case .memory:
        guard let variable = memory[value] else { preconditionFailure("\(value) is read before it is stored") }
        return (variable, flat(access, shape), value)
      case .table: return (table(value), flat(access, shape), value)
      case .view(let base):
        access = .flat(flat(access, shape))
        value = base
      case .scalar where scalars[value] != nil: return nil
      case .inlined, .scalar:
        let node = graph.node(of: value)
        guard let inner = rearranged(node, access, in: f) else { return nil }
        access = inner
        value = plan.resolve(node.operands[0])
      case .immediate, .dead, .held: return nil
      }
    }
  }

  private func place(in held: FunctionEmitter.HeldRows, _ access: Access, _ shape: Shape, _ f: FunctionEmitter) -> Dim {
    if let first = held.first { return flat(access, shape) - first }
    return flat(.axes(Array(axes(access, shape, in: f).dropFirst(held.axes))), Shape(Array(shape.dims.dropFirst(held.axes))))
  }

  /// Where the operand of an op that only rearranges is read; nil for other ops.
  private func rearranged(_ node: Node, _ access: Access, in f: FunctionEmitter) -> Access? {
    let shape = node.types[0].shape
    switch node.op {
    case .broadcast(_, let axes):
      let indices = self.axes(access, shape, in: f)
      return .axes(axes.map { indices[$0] })
    case .transpose(let permutation):
      let indices = axes(access, shape, in: f)
      var own = indices
      for (place, axis) in permutation.enumerated() { own[axis] = indices[place] }
      return .axes(own)
    case .slice(let slices):
      let indices = axes(access, shape, in: f)
      return .axes(zip(slices, indices).map { $0.start + $1 * Dim($0.step) })
    case .reshape:
      let operand = self.shape(node.operands[0])
      if case .flat = access { return access }
      let map = ReshapeMap(from: operand, to: shape)
      guard map.isSimple, case .axes(let indices) = access else { return .flat(flat(access, shape)) }
      var own = [Dim](repeating: 0, count: operand.rank)
      for group in map.groups {
        let index = group.to.reduce(Dim(0)) { $0 * shape[$1] + (shape[$1] == 1 ? 0 : indices[$1]) }
        if let axis = group.from.first(where: { operand[$0] != 1 }) { own[axis] = index }
      }
      return .axes(own)
    case .window(let windows):
      let indices = axes(access, shape, in: f)
      var own = Array(indices.dropLast(windows.count))
      for (place, window) in windows.enumerated() {
        own[window.axis] = own[window.axis] * Dim(window.stride) + indices[own.count + place] * Dim(window.dilation)
      }
      return .axes(own)
    case .diagonal(let diagonal) where diagonal.mode == .extract:
      var indices = axes(access, shape, in: f)
      indices.insert(indices[diagonal.first], at: diagonal.second)
      return .axes(indices)
    default: return nil
    }
  }

  private func table(_ value: ValueID) -> Variable {
    if let known = tables[value] { return known }
    guard case .constant(let constant) = graph.node(of: value).op else { preconditionFailure("\(value) is no constant") }
    let name = module.globals.unique(module.options.name + "_" + (stem(value) ?? "constants"))
    module.tables.append(.init(name: name, constant: constant))
    let variable = Variable(name: name, kind: .table(constant.dtype))
    tables[value] = variable
    return variable
  }

  // Indices
  /// The place in C order.
  func flat(_ access: Access, _ shape: Shape) -> Dim {
    switch access {
    case .flat(let dim): return dim
    case .axes(let indices): return zip(indices, shape.dims).reduce(Dim(0)) { $0 * $1.1 + ($1.1 == 1 ? 0 : $1.0) }
    }
  }
  /// An index for each axis; where the place does not fall apart by its form, by division.
  func axes(_ access: Access, _ shape: Shape, in f: FunctionEmitter) -> [Dim] {
    guard case .flat(let place) = access else {
      if case .axes(let indices) = access { return indices }
      return []
    }
    var rest = place
    var indices = [Dim](repeating: 0, count: shape.rank)
    let significant = shape.dims.indices.filter { shape[$0] != 1 }
    for axis in significant.reversed() {
      if axis == significant.first {
        indices[axis] = rest
        break
      }
      let extent = shape[axis]
      var quotient: Dim = 0
      var remainder: Dim = 0
      for term in rest.terms {
        let own = Dim(terms: [term])
        let part = Dim.floorQuotient(own, extent)
        if part * extent == own { quotient = quotient + part } else { remainder = remainder + own }
      }
      if f.isNonNegative(remainder), let upper = f.upper(remainder), (extent - 1).isAtLeast(upper) == true {
        indices[axis] = remainder
        rest = quotient
        continue
      }
      let home = f.homeDepth([rest, extent])
      let whole = rest
      rest = f.at(home) {
        let name = f.local("row")
        let (number, divisor) = (f.number(whole), f.number(extent))
        let isPlain = f.isNonNegative(whole) && extent.isAtLeast(1) == true
        // What is read nowhere may be divided by an empty axis' extent: the runtime's division gives 0 then.
        let quotient = isPlain ? Expr.binary("/", number, divisor) : .call("grad_floor_divide_i64", [number, divisor])
        f.emit(.declare(.index, name, quotient, const: true))
        return f.openIndex(name, extent: nil, depth: home)
      }
      indices[axis] = whole - rest * extent
    }
    return indices
  }

  // Computing
  func compute(_ value: ValueID, _ access: Access, in f: FunctionEmitter) -> Expr {
    if let (pointer, index, stored) = location(value, access, in: f) {
      let key = FunctionEmitter.LoadKey(pointer: pointer.name, value: stored)
      for scope in f.scopes.reversed() { if let known = scope.loads[key]?[index] { return known } }
      // A row's buffer has another row's values in every turn, wherever in it they stand.
      let home = f.homeDepth(f.heldRows[stored] == nil ? [index] : access.dims + [index])
      return f.at(home) {
        let load = Expr.load(pointerName(pointer, f), f.number(index))
        let result = f.declare(.element(type(value).dtype), loadStem(value, pointer), load)
        f.scopes[home].loads[key, default: [:]][index] = result
        return result
      }
    }
    return computeOp(value, access, in: f)
  }
  /// An element by its op, even where the value is stored: what its own kernel does.
  func computeOp(_ value: ValueID, _ access: Access, in f: FunctionEmitter, isRoot: Bool = false) -> Expr {
    let node = graph.node(of: value)
    let dtype = node.types[0].dtype
    let stem = isRoot ? "v" : self.stem(value) ?? "v"
    switch node.op {
    case .map(let function):
      let operands = node.operands.map { element($0, access, in: f) }
      let expression = ScalarSpelling.expression(function, type(node.operands[0]).dtype, operands, module)
      return f.bind(dtype, expression, stem: stem)
    case .cast(let to):
      let operand = element(node.operands[0], access, in: f)
      return f.bind(to, ScalarSpelling.cast(operand, type(node.operands[0]).dtype, to, module), stem: stem)
    case .iota: return f.bind(.i64, f.number(flat(access, node.types[0].shape)), stem: stem)
    case .gather(let axis): return gathered(node, axis, access, in: f)
    case .pad(let pads): return padded(node, pads, access, in: f)
    case .concatenate(let axis): return concatenated(node, axis, access, in: f)
    case .diagonal(let diagonal) where diagonal.mode == .embed: return embedded(node, diagonal, access, in: f)
    case .scatterAdd(let axis, let extent): return scattered(node, axis, extent, access, in: f)
    default:
      guard let inner = rearranged(node, access, in: f) else { preconditionFailure("\(node.op.name) is not computed element by element") }
      return element(node.operands[0], inner, in: f)
    }
  }

  func pointerName(_ pointer: Variable, _ f: FunctionEmitter) -> Name {
    _ = f.use(pointer)
    return pointer.name
  }
  private func loadStem(_ value: ValueID, _ pointer: Variable) -> String {
    if type(value).isScalar, let stem = stem(value) { return stem }
    let name = pointer.name.text
    return name.utf8.count <= 12 ? name + "_at" : "v"
  }

  /// x[B…, A…, index, R…], the index checked.
  private func gathered(_ node: Node, _ axis: GatherAxis, _ access: Access, in f: FunctionEmitter) -> Expr {
    let (operand, indices) = (node.operands[0], node.operands[1])
    let place = axes(access, node.types[0].shape, in: f)
    let inner = shape(indices).rank - axis.batch
    let indexPlace = Array(place[..<axis.batch]) + Array(place[axis.axis..<(axis.axis + inner)])
    // Where another axis may be empty nothing is selected, and no index is a fault: then the check stays inside the loops.
    let others = Array(shape(operand).dims[axis.batch..<axis.axis]) + Array(shape(operand).dims[(axis.axis + 1)...])
    let selected = checkedIndex(
      indices, indexPlace, extent: shape(operand)[axis.axis], axis, node, hoists: others.allSatisfy { $0.isAtLeast(1) == true }, in: f)
    let own = Array(place[..<axis.axis]) + [selected] + Array(place[(axis.axis + inner)...])
    return element(operand, .axes(own), in: f)
  }

  /// An index of the data, in 0 ..< extent, or the run ends with a fault.
  func checkedIndex(
    _ indices: ValueID, _ place: [Dim], extent: Dim, _ axis: GatherAxis, _ node: Node, hoists: Bool, in f: FunctionEmitter
  ) -> Dim {
    let home = hoists ? f.homeDepth(place) : f.depth
    let key = FunctionEmitter.ElementKey(value: node.firstResult, access: .axes(place))
    for scope in f.scopes.reversed() { if let known = scope.checked[key] { return known } }
    let value = element(indices, .axes(place), in: f)
    let result = f.at(home) {
      let name = f.local("index")
      let dtype = type(indices).dtype
      let wide = dtype == .i64 ? value : .cast(.index, value)
      f.emit(.declare(.index, name, wide, const: !axis.wrapsNegative))
      let (index, count) = (Expr.variable(name), f.number(extent))
      if axis.wrapsNegative { f.emit(.branch(.binary("<", index, .zero), then: [.assign(name, index + count)], else: [])) }
      let outside = Expr.binary("|", .binary("<", index, .zero), .binary(">=", index, count))
      let fault = faultNumber(indices, extent, node)
      f.returnsStatus = true
      f.emit(.branch(outside, then: [.giveBack(.integer(fault))], else: []))
      return f.openIndex(name, extent: extent, depth: home)
    }
    f.scopes[home].checked[key] = result
    return result
  }
  private func faultNumber(_ indices: ValueID, _ extent: Dim, _ node: Node) -> Int {
    if let known = faultNumbers[node.firstResult] { return known }
    let name = graph.names[indices]
    let words = name.map { "an index in `\($0)`" } ?? "an index"
    let number = module.fault("\(words) lies outside the axis of \(extent) that it selects from", tensor: name, range: node.source)
    faultNumbers[node.firstResult] = number
    return number
  }
}
