import GradIR

// Rows of a few numbers, as of [n, 3], whose columns or elements are summed. A loop over the columns would be too short for vectors and each sum
// in the way of the next row, so the row is one list of statements, of which the loop over rows makes vectors, and what is to be added goes
// to arrays that each sum takes at once:
//
//     for (start …) {
//       for (place …) {
//         const int64_t i = start + place;
//         … column[place] = x[i * 3] * g[i];
//         column[128 + place] = x[i * 3 + 1] * g[i]; …
//       }
//       grad_sum_add_block_f32(&sum, count, column);
//       grad_sum_add_block_f32(&sum2, count, column + 128); …
//     }
//
// The same bits, for a column's sum is a sum like any other, and a total takes its elements in their order.
struct NarrowRows {
  private let kernel: FusedKernel
  private let extent: Dim
  private let sinks: [Sink]
  /// True where rows keep what is dear and read in several passes: in a local each, here.
  private let isDear: Bool

  /// What is summed over more than a row.
  private struct Sink {
    var member: Kernel.Member
    var isColumn: Bool
    /// The numbers that a row has of it.
    var width: Int
  }

  /// So many rows go to the arrays before they are added.
  private static let size = 128
  /// Fewer rows, where their number is known, are not worth it; with functions of analysis half a vector of them is, a whole one where arrays are
  /// filled first.
  private static let (least, leastOfDear, leastOfApart) = (64, 8, 16)
  /// More numbers a row do not stay in the nearest cache.
  private static let widthLimit = 48

  private var f: FunctionEmitter { kernel.f }
  private var region: Region { kernel.region }

  /// Nil where a row holds anything else.
  init?(_ kernel: FusedKernel) {
    isDear = !kernel.buffers.isEmpty
    let target = kernel.region.module.options.target
    // C that people read goes row by row.
    guard kernel.rows == 1, !isDear || target != .embedded else { return nil }
    let members = kernel.kernel.members
    let least = !isDear ? NarrowRows.least : target == .jit ? NarrowRows.leastOfDear : NarrowRows.leastOfApart
    guard let extent = members.first?.space.first, extent.constant ?? least >= least else { return nil }
    var sinks: [Sink] = []
    for member in members {
      let node = kernel.node(member)
      let inner = Array(member.space.dropFirst())
      let width = inner.reduce(1) { $0 * ($1.constant ?? 0) }
      switch (member.role, node.op) {
      case (.element, _): break
      case (.row, .reduce(.argmax, _)), (.row, .reduce(.argmin, _)): return nil
      case (.row, _): break
      case (.total, .reduce(.sum, _)): sinks.append(Sink(member: member, isColumn: false, width: width))
      case (.column(1, nil), _): sinks.append(Sink(member: member, isColumn: true, width: width))
      default: return nil
      }
      guard node.types[0].dtype.isFloat, ShortSum.takes(inner, node.types[0].dtype) else { return nil }
    }
    if !isDear && sinks.allSatisfy({ $0.width == 1 }) || sinks.reduce(0, { $0 + $1.width }) > NarrowRows.widthLimit { return nil }
    (self.kernel, self.extent, self.sinks) = (kernel, extent, sinks)
  }

  func emit() {
    // They keep their place in the workspace, which is the same for every compiler's code.
    kernel.buffers = [:]
    let sums = sinks.map { sink in
      (0..<(sink.isColumn ? sink.width : 1)).map { _ in Accumulator(dtype(sink), sequential: false, f, region.module) }
    }
    f.blocks(of: NarrowRows.size, extent) { start, count in
      let arrays = sinks.map { sink in
        let array = f.local(sink.isColumn ? "column" : "addends")
        f.emit(.declareArray(.element(dtype(sink)), array, NarrowRows.size * sink.width))
        return array
      }
      f.loop(Region.indexStems[0], from: start, count, of: extent) { index, place in
        for (sink, array) in zip(sinks, arrays) {
          var number = 0
          kernel.sinks[sink.member.node] = { x in
            let at = sink.isColumn ? place + .integer(number * NarrowRows.size) : place * .integer(sink.width) + .integer(number)
            f.emit(.store(array, at.simplified, x))
            number += 1
          }
        }
        for pass in 0..<kernel.kernel.schedule.passes { kernel.emit(pass: pass, [index]) }
      }
      f.splitLast { $0.checksFirst(f.local) }
      if isDear, region.module.options.target == .library {
        var types = Dictionary(uniqueKeysWithValues: zip(arrays, sinks.map(dtype)))
        for variable in f.captured { if case .pointer(let dtype) = variable.kind { types[variable.name] = dtype } }
        f.splitLast { $0.accessesApart(most: NarrowRows.size, types, f.local) }
      }
      for ((sink, array), sums) in zip(zip(sinks, arrays), sums) {
        let length = sink.isColumn ? count : (count * .integer(sink.width)).simplified
        for (number, sum) in sums.enumerated() {
          let first = (.variable(array) + .integer(number * NarrowRows.size)).simplified
          f.emit(.call("grad_sum_add_block_\(dtype(sink))", [.address(sum.name), length, first]))
        }
      }
    }
    for (sink, sums) in zip(sinks, sums) {
      guard let target = kernel.targets[sink.member.node] else { continue }
      for (number, sum) in sums.enumerated() { f.emit(.store(target.name, .integer(number), sum.end)) }
    }
  }
  private func dtype(_ sink: Sink) -> DType { kernel.node(sink.member).types[0].dtype }
}
