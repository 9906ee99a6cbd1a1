import Glibc
import GradIR

/// How much memory a run may ask for. Without a limit of its own a run that is too large would end the process, or the machine.
enum Memory {
  /// Plants a small limit, in tests.
  static let planted = ThreadScoped<Int>()

  /// Bytes: what the machine has, or what the process may have where that is less.
  static var limit: Int {
    if let planted = planted.value { return planted }
    var limit = rlimit()
    let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0
    let allowed = isKnown ? Int(clamping: limit.rlim_cur) : .max
    let (pages, size) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
    return min(allowed, pages > 0 && size > 0 ? pages * size : .max)
  }

  /// - Throws: `Diagnostic` `run.memory` where so many bytes are more than the limit; nil are more than can be counted.
  static func check(_ bytes: Int?, for subject: String, at range: SourceRange? = nil) throws(Diagnostic) {
    let limit = limit
    if let bytes, bytes <= limit { return }
    throw Diagnostic(
      "run.memory", "\(subject) takes \(bytes.map(text) ?? "more bytes than can be counted"); there are \(text(limit))", at: range,
      hint: "make dims smaller, or reduce before results are stored")
  }

  /// `40.0 GB`
  static func text(_ bytes: Int) -> String {
    var (tenths, units) = (bytes, ["kB", "MB", "GB", "TB", "PB"][...])
    if bytes < 1000 { return "\(bytes) bytes" }
    tenths = bytes / 100
    while tenths >= 10_000, units.count > 1 {
      tenths /= 1000
      units.removeFirst()
    }
    return "\(tenths / 10).\(tenths % 10) \(units.first ?? "")"
  }
}

extension TensorType {
  /// Bytes of an array under a binding of the dims, an empty axis taken for one of one element: loops run over the others. Nil where there
  /// are more than can be counted.
  func byteCount(_ dims: [String: Int]) -> Int? {
    guard let extents = shape.extents(dims) else { return nil }
    var bytes = dtype.byteCount
    for extent in extents where extent > 0 {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      if overflow { return nil }
      bytes = product
    }
    return bytes
  }
}

extension Graph {
  /// - Throws: `Diagnostic` `run.memory`, at the operation at which the interpreter would hold more than the limit.
  func checkMemoryOfInterpreting(_ dims: [String: Int]) throws(Diagnostic) {
    let (bytes, source) = interpretedBytes(dims)
    try Memory.check(bytes, for: "with this, a run by the interpreter", at: source)
  }

  /// The most bytes of values that the interpreter holds at a time, those of inputs left out, and where; nil: more than can be counted.
  private func interpretedBytes(_ dims: [String: Int]) -> (Int?, at: SourceRange?) {
    let live = liveNodes
    var lastUse = [Int](repeating: -1, count: valueCount)
    for (index, node) in nodes.enumerated() where live[index] {
      for value in node.operands + node.results { lastUse[Int(value.index)] = index }
    }
    for result in results { lastUse[Int(result.value.index)] = nodes.count }
    var (held, most) = (0, 0)
    var place: SourceRange?
    var dying: [Int: Int] = [:]
    for (index, node) in nodes.enumerated() where live[index] {
      var body = 0
      if case .loop(let loop) = node.op {
        let (bytes, source) = loop.body.interpretedBytes(dims)
        guard let bytes else { return (nil, source ?? node.source) }
        body = bytes
      }
      for (result, type) in zip(node.results, node.types) {
        guard let bytes = type.byteCount(dims), bytes < 1 << 60 else { return (nil, node.source) }
        held += bytes
        dying[lastUse[Int(result.index)], default: 0] += bytes
        if held > 1 << 60 { return (nil, node.source) }
      }
      if held + body > most { (most, place) = (held + body, node.source) }
      held -= dying.removeValue(forKey: index) ?? 0
    }
    return (most, place)
  }
}
