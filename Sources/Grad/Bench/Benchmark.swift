import Glibc
import GradCodegen
import GradIR
import GradJIT
import GradRuntime

/// Measures a model: what it takes to compile, a call, and each of its kernels.
public struct Benchmark: Sendable {
  /// One kernel of a call.
  public struct KernelResult: Sendable {
    /// What it computes: the first of its values that has a name, else its op.
    public var name: String
    /// `model.gd:12: h = relu(x @ W1 + b1)`
    public var source: String
    /// The median over the calls.
    public var microseconds: Double
    /// Operations of one run, an element-wise function counted as one.
    public var flops: Double
    /// Bytes of the arrays that it reads and writes, each array once.
    public var bytes: Double
    /// The least time that the machine needs for these operations and bytes, by the time that it took; nil where neither is counted.
    /// Beyond 1 the data came from a cache.
    public var share: Double?
  }

  /// The model's file.
  public var model: String
  /// Who computed.
  public var backend: Backend
  /// Those that a call may use.
  public var threads: Int
  /// From text to what can be called.
  public var compileMilliseconds: Double
  /// The first of these compilations: with the cc backend and an empty cache it contains a run of the compiler.
  public var firstCompileMilliseconds = 0.0
  /// One call, from its arguments to its outputs.
  public var callMicroseconds: (median: Double, least: Double)
  /// What a call needs beside its arguments.
  public var workspaceBytes: UInt64
  /// Operations of a call: the kernels' sum.
  public var flops: Double
  /// Bytes of a call: the kernels' sum.
  public var bytes: Double
  /// In the order in which they run; none of the interpreter's.
  public var kernels: [KernelResult]
  /// What the machine can do.
  public var roof: Roof

  /// Measures a model on its data: compiles it for a fifth of a second, calls it for about one.
  /// - Throws: `Diagnostic` or `ModelError`, as compiling and running do.
  public static func run(
    _ bound: BoundModel, on backend: Backend, threads: Int = 1, subnormals: Subnormals = .kept
  ) throws -> Benchmark {
    let roof = Roof.ofThisMachine(threads)
    var result = Benchmark(
      model: bound.model.source.name, backend: backend, threads: threads, compileMilliseconds: 0, callMicroseconds: (0, 0),
      workspaceBytes: 0, flops: 0,
      bytes: 0, kernels: [], roof: roof)
    guard let tier = backend.tier else {
      result.compileMilliseconds = try milliseconds { _ = try rebuilt(bound.model) }
      result.callMicroseconds = try subnormals.use { try calls { _ = try bound.interpreted() } }
      return result
    }
    func compile() throws { _ = try CompiledModel(rebuilt(bound.model, for: tier), tier: tier) }
    result.firstCompileMilliseconds = try milliseconds(compile)
    result.compileMilliseconds = try median { try milliseconds(compile) }
    let compiled = try CompiledModel(bound.model, tier: tier, threads: threads, subnormals: subnormals)
    var memory = try CallMemory(for: compiled, bound)
    result.workspaceBytes = memory.workspaceBytes
    result.callMicroseconds = try calls { try compiled.call(&memory) }
    try result.measureKernels(bound, tier, subnormals)
    return result
  }

  private static func rebuilt(_ model: Model, for tier: Tier? = nil) throws -> Model {
    var result = try Model(source: model.source, options: model.options, for: tier)
    if !model.updates.isEmpty { result.updates = model.updates }
    return result
  }

  // MARK: Kernels

  /// Each kernel's median over the calls of a twin of the code that tells when each ends.
  private mutating func measureKernels(_ bound: BoundModel, _ tier: Tier, _ subnormals: Subnormals) throws {
    let compiled = try CompiledModel(profiling: bound.model, tier: tier, threads: threads, subnormals: subnormals)
    var memory = try CallMemory(for: compiled, bound)
    let summaries = compiled.kernels
    var times = [[Int64]](repeating: [], count: summaries.count)
    var current = [Int64](repeating: 0, count: summaries.count)
    let start = MonotonicTime.nanoseconds
    var rounds = 0
    while rounds < 9 || (MonotonicTime.nanoseconds - start < 500_000_000 && rounds < 1000) {
      for index in current.indices { current[index] = 0 }
      try current.withUnsafeMutableBufferPointer { buffer throws(Diagnostic) in
        grad_profile(buffer.baseAddress)
        defer { grad_profile(nil) }
        try compiled.call(&memory)
      }
      for (index, time) in current.enumerated() { times[index].append(time) }
      rounds += 1
    }
    kernels = zip(summaries, times).map { summary, times in
      let flops = Double(summary.cost.flops.value(bound.dims) ?? 0)
      let bytes = Double(summary.cost.bytes.value(bound.dims) ?? 0)
      let nanoseconds = Double(times.sorted()[times.count / 2])
      let least = roof.seconds(flops: flops, bytes: bytes, isDouble: summary.isDouble) * 1e9
      return KernelResult(
        name: summary.name, source: summary.source, microseconds: nanoseconds / 1e3, flops: flops, bytes: bytes,
        share: least > 0 && nanoseconds > 0 ? least / nanoseconds : nil)
    }
    flops = kernels.reduce(0) { $0 + $1.flops }
    bytes = kernels.reduce(0) { $0 + $1.bytes }
  }

  // MARK: Clocks

  private static func milliseconds(_ work: () throws -> Void) rethrows -> Double {
    let start = MonotonicTime.nanoseconds
    try work()
    return Double(MonotonicTime.nanoseconds - start) / 1e6
  }

  /// The median of as many milliseconds as make up a fifth of a second, of five at least.
  private static func median(_ measure: () throws -> Double) rethrows -> Double {
    var values: [Double] = []
    var total = 0.0
    while values.count < 5 || total < 200 {
      values.append(try measure())
      total += values[values.count - 1]
    }
    return values.sorted()[values.count / 2]
  }

  /// Median and least time of a call, over batches of calls that take 50 µs or more, for about a second.
  private static func calls(_ call: () throws -> Void) throws -> (median: Double, least: Double) {
    var batch = 1
    while true {
      let time = try milliseconds { for _ in 0..<batch { try call() } }
      if time >= 0.05 || batch >= 1 << 20 { break }
      batch *= 2
    }
    var samples: [Double] = []
    let start = MonotonicTime.nanoseconds
    while samples.count < 9 || (MonotonicTime.nanoseconds - start < 1_000_000_000 && samples.count < 10_000) {
      samples.append(try milliseconds { for _ in 0..<batch { try call() } } * 1e3 / Double(batch))
    }
    samples.sort()
    return (samples[samples.count / 2], samples[0])
  }
}
