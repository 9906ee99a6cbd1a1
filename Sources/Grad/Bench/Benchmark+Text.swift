// What `bench` prints.
extension Benchmark {
  /// A table for people.
  public var lines: [String] {
    var lines = ["\(model), \(backend.rawValue), \(threads) \(threads == 1 ? "thread" : "threads")"]
    func line(_ name: String, _ text: String) { lines.append("  " + name.padded(to: 12) + text) }
    line("compile", "\(compileMilliseconds.rounded(to: 3)) ms, \(firstCompileMilliseconds.rounded(to: 3)) the first time")
    line("call", "\(time(callMicroseconds.median)) (median), \(time(callMicroseconds.least)) (least)")
    if backend != .interpreter {
      line("workspace", "\(workspaceBytes) bytes")
      line("work", work(flops, bytes, callMicroseconds.median))
      line(
        "roof",
        "\((roof.flopsPerSecond.f32 / 1e9).rounded(to: 3)) GFLOP/s in f32, \((roof.flopsPerSecond.f64 / 1e9).rounded(to: 3)) in f64, "
          + "\((roof.bytesPerSecond / 1e9).rounded(to: 3)) GB/s from memory")
    }
    for kernel in kernels {
      let share = kernel.share.map { ", \(Int(($0 * 100).rounded())) % of the roof" } ?? ""
      lines.append("  \(kernel.name): \(time(kernel.microseconds)), \(work(kernel.flops, kernel.bytes, kernel.microseconds))\(share)")
      if !kernel.source.isEmpty { lines.append("    " + kernel.source) }
    }
    return lines
  }

  private func time(_ microseconds: Double) -> String {
    if microseconds < 1 { return "\((microseconds * 1e3).rounded(to: 3)) ns" }
    return microseconds < 1000 ? "\(microseconds.rounded(to: 3)) µs" : "\((microseconds / 1e3).rounded(to: 3)) ms"
  }

  private func work(_ flops: Double, _ bytes: Double, _ microseconds: Double) -> String {
    guard microseconds > 0 else { return "\(Int(flops)) FLOP, \(Int(bytes)) bytes" }
    let (rate, flow) = (flops / microseconds / 1e3, bytes / microseconds / 1e3)
    return "\(Int(flops)) FLOP at \(rate.rounded(to: 3)) GFLOP/s, \(Int(bytes)) bytes at \(flow.rounded(to: 3)) GB/s"
  }

  /// One object, as the command line's contract has it.
  public var json: String {
    let kernels = kernels.map {
      "{\"name\": \($0.name.jsonQuoted), \"source\": \($0.source.jsonQuoted), \"us\": \($0.microseconds), \"flops\": \($0.flops.whole), "
        + "\"bytes\": \($0.bytes.whole), \"roof_share\": \($0.share.map { "\($0.rounded(to: 3))" } ?? "null")}"
    }
    return """
      {"model": \(model.jsonQuoted), "backend": "\(backend.rawValue)", "threads": \(threads), "compile_ms": \(compileMilliseconds), "compile_first_ms": \(firstCompileMilliseconds), \
      "call_us_median": \(callMicroseconds.median), "call_us_min": \(callMicroseconds.least), "workspace_bytes": \(workspaceBytes), \
      "flops": \(flops.whole), "bytes": \(bytes.whole), "kernels": [\(kernels.joined(separator: ", "))]}
      """
  }
}

extension Double {
  /// Rounded to so many digits that count.
  func rounded(to digits: Int) -> Double {
    guard isFinite, self != 0 else { return self }
    var scale = 1.0
    var size = magnitude
    while size >= 10 { (size, scale) = (size / 10, scale / 10) }
    while size < 1 { (size, scale) = (size * 10, scale * 10) }
    for _ in 1..<digits { scale *= 10 }
    return (self * scale).rounded() / scale
  }
  fileprivate var whole: String { "\(Int64(exactly: rounded()) ?? .max)" }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: Swift.max(0, width - count)) }
}
