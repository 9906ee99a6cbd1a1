import GradIR

/// Rows whose reductions are all of runs of memory, in blocks: for a block one call of the runtime for each reduction of its rows, a
/// loop over its rows for what is computed of their results, and one call for the sums of columns.
struct RowBlocks {
  private let kernel: FusedKernel
  private let extents: [Dim]
  private let rows: [Kernel.Member]
  /// The results of a block's rows: the array of each.
  private let results: [Int: Name]

  /// So many rows stay in the caches from the reductions of rows to those of columns.
  private static let size = 64
  /// Fewer rows, where their number is known, are not worth a block.
  private static let least = 8

  private var f: FunctionEmitter { kernel.f }
  private var region: Region { kernel.region }
  private var members: [Kernel.Member] { kernel.kernel.members }

  /// Nil where a row holds anything else.
  init?(_ kernel: FusedKernel, _ extents: [Dim]) {
    guard let last = extents.last, last.constant ?? RowBlocks.least >= RowBlocks.least, kernel.buffers.isEmpty else { return nil }
    let inner = kernel.kernel.members.filter { $0.space.count > kernel.rows }
    if inner.isEmpty { return nil }
    let symbols = extents.indices.map { Dim.symbol("%outer\($0)") }
    let named = extents.indices.map { ("%outer\($0)", Optional(extents[$0])) }
    for member in inner {
      guard kernel.node(member).types[0].dtype.isFloat, let runs = kernel.f.probing(named, { kernel.runs(member, symbols) }) else {
        return nil
      }
      for run in runs where RowBlocks.step(run.base, symbols[symbols.count - 1], symbols) == nil { return nil }
    }
    self.kernel = kernel
    self.extents = extents
    rows = inner
    var results: [Int: Name] = [:]
    for member in inner { if case .row = member.role { results[member.node] = kernel.f.local("rows") } }
    self.results = results
  }

  /// How far it is from a row to the next; nil where that is not the same everywhere.
  private static func step(_ base: Dim, _ row: Dim, _ rows: [Dim]) -> Dim? {
    guard let symbol = row.symbols.first else { return nil }
    let step = base.step(in: symbol)
    return step.symbols.contains { name in rows.contains { $0.symbols.first == name } } ? nil : step
  }

  func emit() {
    f.loops(Region.indexStems, Array(extents.dropLast())) { outer in
      f.blocks(of: RowBlocks.size, extents[extents.count - 1]) { start, count in
        for member in rows {
          if let array = results[member.node] { f.emit(.declareArray(.element(dtype(member)), array, RowBlocks.size)) }
        }
        for pass in 0..<kernel.kernel.schedule.passes { emit(pass, outer, start, count) }
      }
    }
  }
  private func dtype(_ member: Kernel.Member) -> DType { kernel.node(member).types[0].dtype }

  private func emit(_ pass: Int, _ outer: [Dim], _ start: Dim, _ count: Expr) {
    let own = members.filter { $0.pass == pass }
    let elements = own.filter { $0.space.count == kernel.rows && $0.role != .alone && kernel.isSink($0) }
    let sums = own.compactMap { member in kernel.columns[member.node].map { (member, $0) } }
    let factors = sums.map { _, column in column.isScaled ? f.local("factors") : nil }
    for (factor, (member, _)) in zip(factors, sums) {
      if let factor { f.emit(.declareArray(.element(dtype(member)), factor, RowBlocks.size)) }
    }
    let stored = own.filter { results[$0.node] != nil && kernel.targets[$0.node] != nil }

    for member in own {
      guard let array = results[member.node], let runs = kernel.runs(member, outer + [start]) else { continue }
      f.emit(
        .call(
          "grad_\(runs.count == 1 ? "sum" : "dot")_rows_\(dtype(member))",
          [count, .variable(array), f.number(runs[0].count)] + runs.flatMap { place($0, start, outer) + [f.number($0.stride)] }))
    }
    if !elements.isEmpty || !stored.isEmpty || factors.contains(where: { $0 != nil }) {
      f.loop(Region.indexStems[outer.count % 6], from: start, count, of: extents[extents.count - 1]) { index, place in
        let indices = outer + [index]
        // What this pass reduces is read by later ones, but for what stores it.
        for member in rows where member.pass <= pass { hold(member, indices, place, stores: member.pass == pass) }
        for member in elements { kernel.emitElement(member, kernel.access(kernel.shape(member), indices)) }
        for (factor, (_, column)) in zip(factors, sums) {
          if let factor, let value = column.factor(indices) { f.emit(.store(factor, place, value)) }
        }
      }
    }
    for (factor, (member, column)) in zip(factors, sums) {
      guard let runs = kernel.runs(member, outer + [start]) else { continue }
      column.add(rows: count, from: outer + [start], place(runs[0], start, outer), factors: factor.map { .variable($0) })
    }
  }

  /// Where a run of a block's first row begins, and how far it is to the next.
  private func place(_ run: Region.Run, _ start: Dim, _ outer: [Dim]) -> [Expr] {
    [region.pointer(run.pointer, run.base, f), f.number(RowBlocks.step(run.base, start, outer + [start]) ?? 0)]
  }

  /// A row's result for those who read it, and stored where it is wanted.
  private func hold(_ member: Kernel.Member, _ indices: [Dim], _ place: Expr, stores: Bool) {
    guard let array = results[member.node] else { return }
    let node = kernel.node(member)
    let value = f.bind(
      dtype(member), .load(array, place), stem: region.stem(node.firstResult) ?? "row_\(NameTable.identifier(node.op.name))")
    let access = kernel.access(node.types[0].shape, indices)
    if stores, let target = kernel.targets[member.node] {
      f.emit(.store(target.name, f.number(region.flat(access, node.types[0].shape)), value))
    }
    for key in [access, .axes([])] { f.scopes[f.depth].elements[.init(value: node.firstResult, access: key)] = value }
  }
}
