import GradIR

/// Elements and the sums of their columns, in parts of a few columns where threads may share them:
///
///     for (part …) {
///       float columns[70 * 64];
///       for (i …) {
///         for (j …) { const float v = …; y[i * n + part * 64 + j] = v; lane[j] = lane[j] + v; }
///         …
///       }
///       grad_column_sums_end_f32(64, columns, rows, sums + part * 64);
///     }
///
/// Each column is a sum of its own, so the bits are those of whole rows; parts of rows would have to end where a block of the sums does. For
/// compilers that vectorise alone: of so few columns libtcc's calls would take longer than the threads bring.
struct ColumnParts {
  private let kernel: FusedKernel
  private let members: [Kernel.Member]
  private let rows: [Dim]
  private let columns: Dim
  /// The columns of a part: whole lines of the cache.
  private let size: Int

  private static let bytes = 256
  /// The sums of a part stand on the stack.
  private static let stackLimit = 1 << 16

  /// Nil where one thread does it, or a row holds anything else; where all columns are runs of memory, whose rows go by blocks; and where an
  /// index of the data may be at fault, for parts do not find the fault of the first row first.
  init?(_ kernel: FusedKernel) {
    let options = kernel.region.module.options
    let members = kernel.kernel.members.filter { $0.role != .element || kernel.isSink($0) }
    guard options.sharesLoops, options.target == .library, kernel.kernel.schedule.passes == 1, kernel.rows > 0,
      let space = members.first?.space, space.count == kernel.rows + 1, !kernel.mayFault,
      space.reduce(Dim(1), { $0 * $1 }).constant ?? Int.max >= options.leastShared
    else { return nil }
    var summed: [Kernel.Member] = []
    for member in members {
      guard member.space == space else { return nil }
      switch member.role {
      case .element: break
      case .column: summed.append(member)
      default: return nil
      }
    }
    let symbols = space.indices.dropLast().map { Dim.symbol("%outer\($0)") }
    let named = space.indices.dropLast().map { ("%outer\($0)", Optional(space[$0])) }
    if summed.allSatisfy({ member in kernel.f.probing(named) { kernel.runs(member, symbols) } != nil }) { return nil }
    self.kernel = kernel
    self.members = members
    rows = Array(space.dropLast())
    columns = space[kernel.rows]
    size = ColumnParts.bytes / (summed.map { kernel.node($0).types[0].dtype.byteCount }.max() ?? 1)
    if columns.constant ?? Int.max <= size { return nil }
    let stack = summed.map { ColumnSums.height(kernel.node($0), rows) * size * kernel.node($0).types[0].dtype.byteCount }
    if stack.reduce(0, +) > ColumnParts.stackLimit { return nil }
  }

  func emit() {
    let f = kernel.f
    f.loop("part", Dim.floorQuotient(columns + Dim(size - 1), Dim(size)), independent: true) { part in
      let start = part * Dim(size)
      let count = f.count(of: columns, from: start, most: size)
      var sums: [Int: ColumnSums] = [:]
      for member in members {
        guard case .column = member.role else { continue }
        sums[member.node] = ColumnSums(
          member, kernel.node(member), kernel.region, f, part: .init(start: start, count: count, most: size))
      }
      f.loops(Region.indexStems, rows) { indices in
        for member in members { sums[member.node]?.beginRow(indices) }
        f.loop(Region.indexStems[rows.count % 6], count) { place in
          let all = indices + [start + place]
          for member in members {
            let access = kernel.access(kernel.shape(member), all)
            if let sum = sums[member.node] { sum.add(all, access, [place]) } else { kernel.emitElement(member, access) }
          }
        }
        for member in members { sums[member.node]?.endRow(indices) }
      }
      for member in members {
        if let sum = sums[member.node], let target = kernel.targets[member.node] { sum.end(target) }
      }
    }
  }
}
