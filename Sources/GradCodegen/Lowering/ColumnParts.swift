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
/// Each column is a sum of its own, so the bits are those of whole rows; parts of rows would have to end where a block of the sums does.
struct ColumnParts {
  private let kernel: FusedKernel
  private let rows: [Dim]
  private let columns: Dim
  /// The columns of a part: whole lines of the cache, and few enough for the sums of a part, of any number of rows, to stand on the stack.
  private let size: Int

  private static let bytes = 256

  /// Nil where one thread does it, or a row holds anything else.
  init?(_ kernel: FusedKernel) {
    let options = kernel.region.module.options
    guard options.sharesLoops, kernel.kernel.schedule.passes == 1, kernel.rows > 0, let space = kernel.kernel.members.first?.space,
      space.count == kernel.rows + 1, space.reduce(Dim(1), { $0 * $1 }).constant ?? Int.max >= options.leastShared
    else { return nil }
    var summed: [DType] = []
    for member in kernel.kernel.members {
      guard member.space == space else { return nil }
      switch member.role {
      case .element: break
      case .column: summed.append(kernel.node(member).types[0].dtype)
      default: return nil
      }
    }
    guard let dtype = summed.max(by: { $0.byteCount < $1.byteCount }) else { return nil }
    self.kernel = kernel
    rows = Array(space.dropLast())
    columns = space[kernel.rows]
    size = ColumnParts.bytes / dtype.byteCount
    if columns.constant ?? Int.max <= size { return nil }
  }

  func emit() {
    let (f, members) = (kernel.f, kernel.kernel.members)
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
