import GradIR

/// Which buffers share memory: those of one number type whose lives do not meet and whose sizes can be compared.
struct SlotPlan {
  struct Slot {
    var bytes: Dim
    var dtype: DType
    var buffers: [Buffer]
    var busyUntil: Int
  }
  private(set) var slots: [Slot] = []

  init(_ buffers: [Buffer]) {
    for buffer in buffers.sorted(by: { ($0.start, -$0.end) < ($1.start, -$1.end) }) {
      let bytes = buffer.shape.count * Dim(buffer.dtype.byteCount)
      let free = slots.indices.filter { slots[$0].busyUntil < buffer.start && slots[$0].dtype == buffer.dtype }
      if let place = fitting(bytes, free) {
        if slots[place].bytes.isAtLeast(bytes) != true { slots[place].bytes = bytes }
        slots[place].busyUntil = buffer.end
        slots[place].buffers.append(buffer)
        buffer.slot = place
      } else {
        buffer.slot = slots.count
        slots.append(Slot(bytes: bytes, dtype: buffer.dtype, buffers: [buffer], busyUntil: buffer.end))
      }
    }
  }

  /// The slot that wastes least: the smallest that is large enough, else the largest, which grows.
  private func fitting(_ bytes: Dim, _ free: [Int]) -> Int? {
    let enough = free.filter { slots[$0].bytes.isAtLeast(bytes) == true }
    let smaller = free.filter { bytes.isAtLeast(slots[$0].bytes) == true }
    return enough.reduce(nil) { best, next in best.map { slots[$0].bytes.isAtLeast(slots[next].bytes) == true ? next : $0 } ?? next }
      ?? smaller.reduce(nil) { best, next in best.map { slots[next].bytes.isAtLeast(slots[$0].bytes) == true ? next : $0 } ?? next }
  }

  /// What all slots take.
  var size: WorkspaceSize {
    slots.reduce(into: WorkspaceSize()) { size, slot in
      let isWhole = slot.bytes.terms.allSatisfy { $0.coefficient % 64 == 0 }
      let rounded = isWhole ? slot.bytes : Dim.floorQuotient(slot.bytes + 63, 64) * 64
      size.roundedBytes = size.roundedBytes + rounded
      size.bytes = size.bytes + (slot.bytes.constant == nil ? slot.bytes : rounded)
      if slot.bytes.constant == nil, !isWhole { size.isRounded = true }
    }
  }

  /// The slots with what is in them, one after the other.
  var description: String {
    if slots.isEmpty { return "workspace: none\n" }
    let lines = slots.map { slot in
      let arrays = slot.buffers.map { "\($0.name) \(TensorType($0.dtype, $0.shape))" }.joined(separator: ", then ")
      return "  \(WorkspaceSize(bytes: slot.bytes)): \(arrays)\n"
    }
    return "workspace: \(size)\n" + lines.joined()
  }
}

/// The bytes of workspace that a call takes, as a formula in the dims.
public struct WorkspaceSize: Hashable, Sendable, CustomStringConvertible {
  public var bytes: Dim = 0
  /// The same with what rounds each array up to 64: what a call takes, to the byte.
  public var roundedBytes: Dim = 0
  /// True where arrays beyond those of the formula's constants begin at multiples of 64, which adds up to 63 bytes for each.
  public var isRounded = false

  public var description: String { "\(bytes) bytes" + (isRounded ? ", and what rounds each array up to 64" : "") }
}
