import GradIR

// Several roots in one loop nest: loops over the rows, and in each row passes, a loop each, in which members take their elements.
extension Region {
  func lowerFused(_ kernel: Kernel) {
    let members = kernel.members.map { (member: $0, node: graph.nodes[$0.node]) }
    let values = members.map(\.node.firstResult)
    let stored = values.filter { plan.placement($0) == .memory || plan.placement($0) == .scalar }
    let stem = (stored + values).lazy.compactMap { self.stem($0) }.first ?? NameTable.identifier(members[0].node.op.name)
    let f = kernelFunction(stem)
    var targets: [Int: Variable] = [:]
    var comment = module.options.isDescribed ? members.compactMap { module.sourceLine($0.node.source) }.uniqued() : []
    var totals: [(ValueID, Name)] = []
    for (member, node) in members {
      let value = node.firstResult
      let name = self.stem(value) ?? NameTable.identifier(node.op.name)
      switch plan.placement(value) {
      case .scalar:
        let local = module.names.unique(self.stem(value) ?? "total")
        host.emit(.declare(.element(node.types[0].dtype), local, nil, const: false))
        host.owned.insert(local)
        targets[member.node] = Variable(name: local, kind: .result(node.types[0].dtype))
        totals.append((value, local))
      case .memory:
        targets[member.node] = target(value, of: kernel, named: name)
        f.stored.insert(value)
      default: continue
      }
      if module.options.isDescribed { comment.append("\(name): \(node.types[0])") }
      if let target = targets[member.node] { f.write(target) }
    }
    describe(kernel, stem)
    FusedKernel(self, kernel, targets, f).emit()
    host.call(f, comment: comment)
    for (value, local) in totals { scalars[value] = .variable(local) }
  }
}

/// One kernel of several members being written.
final class FusedKernel {
  let region: Region
  let kernel: Kernel
  let targets: [Int: Variable]
  let f: FunctionEmitter
  let rows: Int
  var totals: [Int: Region.RunningReduction] = [:]
  var columns: [Int: ColumnSums] = [:]
  /// Of narrow rows, where what is summed over rows goes; the loops over their columns are then written out.
  var sinks: [Int: (Expr) -> Void] = [:]
  /// What is computed in one pass and read in another, and dear: kept for the row.
  var buffers: [Int: [(value: ValueID, buffer: Variable)]] = [:]

  init(_ region: Region, _ kernel: Kernel, _ targets: [Int: Variable], _ f: FunctionEmitter) {
    self.region = region
    self.kernel = kernel
    self.targets = targets
    self.f = f
    rows = kernel.schedule.rows
  }

  func node(_ member: Kernel.Member) -> Node { region.graph.nodes[member.node] }
  /// An index for each axis of a shape; the axes of extent 1 have none among the loops.
  func access(_ shape: Shape, _ indices: [Dim]) -> Access {
    var next = 0
    return .axes(
      shape.dims.map { dim in
        if dim == 1 { return 0 }
        next += 1
        return next <= indices.count ? indices[next - 1] : 0
      })
  }

  func emit() {
    if kernel.members[0].role == .product { return ProductBlocks(self).emit() }
    keepBetweenPasses()
    if let narrow = NarrowRows(self) { return narrow.emit() }
    if let parts = ColumnParts(self) { return parts.emit() }
    for member in kernel.members {
      switch member.role {
      case .total: totals[member.node] = begin(member, unrolled: writesRowsOut)
      case .column: columns[member.node] = ColumnSums(member, node(member), region, f)
      default: break
      }
    }
    if !writesRowsOut, let count = flatCount() {
      f.loop("i", count, independent: true) { i in for member in kernel.members { emitElement(member, .flat(i)) } }
    } else {
      let longest = kernel.members.max { $0.space.count < $1.space.count }?.space ?? []
      emitRows(Array(longest.prefix(rows)))
    }
    for member in kernel.members {
      if let total = totals[member.node], let target = targets[member.node] { f.emit(.store(target.name, .zero, total.end())) }
      if let column = columns[member.node], let target = targets[member.node] { column.end(target) }
    }
  }

  private func emitRows(_ extents: [Dim]) {
    if let blocks = RowBlocks(self, extents) { return blocks.emit() }
    // Sums of columns go from row to row, and what one row keeps between its passes stands where the next row's does.
    f.loops(Region.indexStems, extents, unrolled: writesRowsOut, independent: columns.isEmpty && buffers.isEmpty) { indices in
      // Of rows that are written out one after the other each keeps its own.
      for (value, _) in buffers.values.joined() { f.heldRows[value] = nil }
      for column in columns.values.sorted(by: { $0.order < $1.order }) { column.beginRow(indices) }
      for pass in 0..<kernel.schedule.passes { emit(pass: pass, indices) }
      for column in columns.values.sorted(by: { $0.order < $1.order }) { column.endRow(indices) }
    }
  }

  /// True where totals take in so little that straight statements are quicker than to keep them running.
  private var writesRowsOut: Bool {
    func count(_ extents: some Sequence<Dim>) -> Int { extents.reduce(1, *).constant ?? Int.max }
    return kernel.members.contains { $0.role == .total }
      && kernel.members.allSatisfy { member in
        count(member.space.prefix(rows)) <= 4 && count(member.space) <= 16
          && isShort(member, member.role == .total ? member.space : Array(member.space.dropFirst(rows)))
      }
  }
  /// The number of places where one loop over all of them in C order does.
  func flatCount() -> Dim? {
    guard kernel.schedule.passes == 1, let shape = kernel.members.first.map({ shape($0) }), shape.rank > 1 else { return nil }
    for member in kernel.members {
      guard shape == self.shape(member), member.space.count == rows else { return nil }
      switch member.role {
      case .element where region.isFlat(node(member)), .product: continue
      case .total where region.readsFlat(node(member).operands[0]): continue
      default: return nil
      }
    }
    return shape.count
  }
  /// The shape that a member walks over.
  func shape(_ member: Kernel.Member) -> Shape {
    let node = node(member)
    if member.role == .element || member.role == .product { return node.types[0].shape }
    if member.role == .scattered { return region.shape(node.operands[0]) }
    return node.operands.map { region.shape($0) }.max { $0.rank < $1.rank } ?? []
  }

  private func begin(_ member: Kernel.Member, unrolled: Bool = false) -> Region.RunningReduction {
    guard case .reduce(let kind, _) = node(member).op else { preconditionFailure("\(node(member).op.name) is no reduction") }
    return region.beginReduction(kind, node(member), unrolled: unrolled, f)
  }

  // Passes
  func emit(pass: Int, _ indices: [Dim]) {
    let members = kernel.members.filter { $0.pass == pass }
    for member in members where member.space.count == rows && member.role != .alone {
      if case .row = member.role { continue }
      if case .column = member.role { continue }
      emitElement(member, access(shape(member), indices))
    }
    let kept = buffers[pass] ?? []
    let extents = members.filter { $0.space.count > rows }.map { Array($0.space.dropFirst(rows)) }
    let keptExtents = kept.map { Array(region.shape($0.value).dims.filter { $0 != 1 }.dropFirst(rows)) }
    for inner in (extents + keptExtents).uniqued() {
      var own = members.filter { $0.space.count > rows && Array($0.space.dropFirst(rows)) == inner }
      // What is a run of memory is one call, but up to four numbers are read sooner than a call is made.
      let isFew = unrolls(inner, own) && inner.reduce(1, *).constant.map { $0 <= 4 } ?? false
      if sinks.isEmpty, !isFew { own.removeAll { emitRun($0, indices) } }
      let held = kept.indices.filter { keptExtents[$0] == inner }.map { kept[$0] }
      if own.allSatisfy({ !isSink($0) }) && held.isEmpty { continue }
      var running: [Int: (add: ([Dim]) -> Void, end: () -> Expr)] = [:]
      let unrolled = !sinks.isEmpty || unrolls(inner, own)
      for member in own { if case .row = member.role { running[member.node] = beginRow(member, unrolled: unrolled) } }
      let stems = Array(Region.indexStems.dropFirst(rows % 6)) + Region.indexStems
      f.loops(stems, inner, unrolled: unrolled) { place in
        let all = indices + place
        for member in own {
          if let reduction = running[member.node] {
            reduction.add(all)
          } else if case .column = member.role, let sink = sinks[member.node] {
            sink(region.element(node(member).operands[0], access(shape(member), all), in: f))
          } else if let column = columns[member.node] {
            column.add(all, access(shape(member), all), place)
          } else {
            emitElement(member, access(shape(member), all))
          }
        }
        // Last, for what they are made of may be stored in this pass.
        for (value, buffer) in held {
          let shape = region.shape(value)
          let x = region.element(value, access(shape, all), in: f)
          f.emit(.store(buffer.name, f.number(region.flat(.axes(place), Shape(inner))), x))
        }
      }
      for member in own { if let reduction = running[member.node] { hold(member, reduction.end(), indices) } }
    }
    for (value, buffer) in kept { f.heldRows[value] = .init(buffer: buffer, axes: axes(ofRowsIn: region.shape(value))) }
  }

  /// True of loops of few steps whose sums take in no more than their lanes: what is around them is then one list of statements.
  private func unrolls(_ inner: [Dim], _ members: [Kernel.Member]) -> Bool { members.allSatisfy { isShort($0, inner) } }
  private func isShort(_ member: Kernel.Member, _ extents: [Dim]) -> Bool {
    switch (member.role, node(member).op) {
    case (.row, .reduce(.argmax, _)), (.row, .reduce(.argmin, _)), (.column, _): false
    default: ShortSum.takes(extents, node(member).types[0].dtype)
    }
  }

  /// True of members that are there for others than the loop they stand in.
  func isSink(_ member: Kernel.Member) -> Bool {
    switch member.role {
    case .element, .scattered: targets[member.node] != nil
    default: true
    }
  }

  /// True where it selects by indices of the data.
  var mayFault: Bool {
    let nodes = kernel.members.map { node($0) } + kernel.inlined.map { region.graph.node(of: $0) }
    return nodes.contains { node in
      switch node.op {
      case .gather, .scatterAdd: true
      default: false
      }
    }
  }

  /// How many axes of a shape the rows stand for.
  private func axes(ofRowsIn shape: Shape) -> Int {
    var significant = 0
    return shape.dims.prefix { dim in
      if dim != 1 { significant += 1 }
      return significant <= rows
    }.count
  }

  func emitElement(_ member: Kernel.Member, _ access: Access) {
    let node = node(member)
    if let sink = sinks[member.node] { return sink(region.element(node.operands[0], access, in: f)) }
    if let total = totals[member.node] { return total.add(region.element(node.operands[0], access, in: f)) }
    // What is not stored is computed where it is read.
    guard let target = targets[member.node] else { return }
    if case .transpose(let permutation) = node.op, member.role == .scattered, case .axes(let indices) = access {
      let place = f.number(region.flat(.axes(permutation.map { indices[$0] }), node.types[0].shape))
      return f.emit(.store(target.name, place, region.element(node.operands[0], access, in: f)))
    }
    let element = region.computeOp(node.firstResult, access, in: f, isRoot: true)
    // Members after this one read what stood there from a local.
    if let old = region.valueBefore(node.firstResult) { _ = region.element(old, access, in: f) }
    f.emit(.store(target.name, f.number(region.flat(access, node.types[0].shape)), element))
    f.scopes[f.depth].elements[.init(value: node.firstResult, access: access)] = element
  }

  private func beginRow(_ member: Kernel.Member, unrolled: Bool) -> (add: ([Dim]) -> Void, end: () -> Expr) {
    let node = node(member)
    if case .contract = node.op {
      let operands = FusedRoles.operands(of: node, member, in: region.graph)
      func factors(_ all: [Dim]) -> [Expr] {
        operands.map { operand, map in region.element(operand, .axes(map.map { $0.map { all[$0] } ?? 0 }), in: f) }
      }
      if unrolled {
        let sum = ShortSum(node.types[0].dtype, ofProducts: Array(member.space.dropFirst(rows)), f)
        return (
          { all in
            let x = factors(all)
            sum.multiplyAdd(x[0], x[1])
          }, { sum.end }
        )
      }
      let sum = Accumulator(node.types[0].dtype, sequential: false, f, region.module)
      return (
        { all in
          let x = factors(all)
          sum.multiplyAdd(x[0], x[1], annihilating: false)
        }, { sum.end }
      )
    }
    let reduction = begin(member, unrolled: unrolled)
    let shape = region.shape(node.operands[0])
    return ({ all in reduction.add(self.region.element(node.operands[0], self.access(shape, all), in: self.f)) }, reduction.end)
  }

  /// The result of a row, in a local and, where others read it, in memory.
  private func hold(_ member: Kernel.Member, _ value: Expr, _ indices: [Dim]) {
    let node = node(member)
    let result = f.bind(node.types[0].dtype, value, stem: region.stem(node.firstResult) ?? "row_\(NameTable.identifier(node.op.name))")
    let access = access(node.types[0].shape, indices)
    if let target = targets[member.node] {
      f.emit(.store(target.name, f.number(region.flat(access, node.types[0].shape)), result))
      f.scopes[f.depth].elements[.init(value: node.firstResult, access: access)] = result
    }
    f.scopes[f.depth].elements[.init(value: node.firstResult, access: .axes([]))] = result
  }

  /// The runs of memory that a reduction of a row, or of columns, reads in a row; nil where it reads anything else.
  func runs(_ member: Kernel.Member, _ indices: [Dim]) -> [Region.Run]? {
    let node = node(member)
    let operands = FusedRoles.operands(of: node, member, in: region.graph)
    func isThere(_ value: ValueID) -> Bool {
      let value = region.plan.resolve(value)
      return region.readsMemory(value)
        && !kernel.members.contains { $0.pass >= member.pass && region.graph.nodes[$0.node].firstResult == value }
    }
    let read: [(ValueID, AxisMap)]
    switch (member.role, node.op) {
    case (.row, .reduce(.sum, _)), (.row, .contract): read = operands
    case (.column(_, let factor), _): read = [operands[factor == 0 ? 1 : 0]]
    default: return nil
    }
    guard read.allSatisfy({ isThere($0.0) }) else { return nil }
    func places(_ map: AxisMap) -> ([Dim]) -> [Dim] { { inner in map.map { $0.map { (indices + inner)[$0] } ?? 0 } } }
    let runs = region.runs(read.map { ($0.0, places($0.1)) }, Array(member.space.dropFirst(rows)), f)
    if case .column = member.role, runs?[0].stride != 1 { return nil }
    return runs
  }

  /// A sum or a product over a row that stands in memory: one call of the runtime.
  private func emitRun(_ member: Kernel.Member, _ indices: [Dim]) -> Bool {
    guard let runs = runs(member, indices) else { return false }
    if let column = columns[member.node] {
      column.add(run: region.pointer(runs[0].pointer, runs[0].base, f), indices)
    } else {
      let arguments = [f.number(runs[0].count)] + runs.flatMap { [region.pointer($0.pointer, $0.base, f), f.number($0.stride)] }
      hold(member, .call("grad_\(runs.count == 1 ? "sum" : "dot")_strided_\(node(member).types[0].dtype)", arguments), indices)
    }
    return true
  }

  /// Finds what several passes compute and is dear: the first of them leaves it in a buffer of one row.
  private func keepBetweenPasses() {
    guard kernel.schedule.passes > 1 else { return }
    var first: [ValueID: Int] = [:]
    var kept: Set<ValueID> = []
    for member in kernel.members.sorted(by: { $0.pass < $1.pass }) where isSink(member) {
      let reads = KernelReads(FusedRoles.operands(of: node(member), member, in: region.graph), region.graph, region.plan)
      for (value, maps) in reads.inside.sorted(by: { $0.key.index < $1.key.index }) where isDear(value) {
        let shape = region.shape(value)
        let significant = shape.dims.indices.filter { shape[$0] != 1 }
        guard significant.count > rows else { continue }
        if let pass = first[value] {
          if pass < member.pass, kept.insert(value).inserted {
            let inner = Shape(Array(shape.dims.dropFirst(axes(ofRowsIn: shape))))
            let buffer = region.newBuffer("row_" + (region.stem(value) ?? "values"), TensorType(region.type(value).dtype, inner))
            f.write(buffer)
            buffers[pass, default: []].append((value, buffer))
          }
        } else if maps.contains(where: { map in significant.map { map[$0] } == Array(0..<significant.count) }) {
          first[value] = member.pass
        }
      }
    }
  }
  private func isDear(_ value: ValueID) -> Bool {
    guard case .map(let function) = region.graph.node(of: value).op else { return false }
    return function.cost == ScalarFunction.costOfAnalysis
  }
}
