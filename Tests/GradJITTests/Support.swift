import Glibc
import GradJIT

/// An entry of the shape that generated modules have, made of C for the body of `NAME_call`.
func entry(_ name: String, workspaceBytes: String = "0", _ body: String) -> String {
  """
  typedef int int32_t; typedef long int64_t; typedef unsigned long uint64_t;
  uint64_t \(name)_call_workspace_bytes(const int64_t *dims) { return \(workspaceBytes); }
  int32_t \(name)_call(const int64_t *dims, const void *const *inputs, void *const *outputs, void *workspace) {
  \(body)
  return 0;
  }
  """
}

/// y = a x + b through a workspace, n elements long.
let affineSource = entry(
  "affine", workspaceBytes: "(uint64_t)dims[0] * 8",
  """
  int64_t n = dims[0];
  const double *x = (const double *)inputs[0];
  const double *a = (const double *)inputs[1];
  double *restrict y = (double *)outputs[0];
  double *restrict t = (double *)workspace;
  for (int64_t i = 0; i < n; i++) { double p = a[0] * x[i]; t[i] = p; }
  for (int64_t i = 0; i < n; i++) { double s = t[i] + 0x1.8p+0; y[i] = s; }
  """)

/// Calls an entry that maps n doubles to n doubles.
func callDoubles(
  _ module: borrowing CompiledModule, _ name: String, _ inputs: [[Double]], count: Int, _ workspace: inout Workspace
) throws -> [Double] {
  var result = [Double](repeating: .nan, count: count)
  // The arrays live to the end of the call: they are held by `storage` below.
  let storage = inputs.map { input in
    let copy = UnsafeMutableBufferPointer<Double>.allocate(capacity: input.count)
    _ = copy.initialize(from: input)
    return copy
  }
  defer { for buffer in storage { buffer.deallocate() } }
  let status = try result.withUnsafeMutableBufferPointer { buffer in
    let output = UnsafeMutableRawPointer(buffer.baseAddress)
    return try module.withEntry(named: name) { entry in
      try entry.call(
        dims: [Int64(count)], inputs: storage.map { UnsafeRawPointer($0.baseAddress) }, outputs: [output], workspace: &workspace)
    }
  }
  guard status == 0 else { throw JITError.workspace(bytes: nil) }
  return result
}

/// Runs the body in that many threads of the system at once and waits for them.
func inThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  final class Work: Sendable {
    let index: Int
    let body: @Sendable (Int) -> Void
    init(_ index: Int, _ body: @escaping @Sendable (Int) -> Void) {
      self.index = index
      self.body = body
    }
  }
  var threads: [pthread_t] = []
  for index in 0..<count {
    var thread = pthread_t()
    let work = Unmanaged.passRetained(Work(index, body))
    let status = pthread_create(
      &thread, nil,
      { context in
        // The context is the one passed below, retained once.
        let work = Unmanaged<Work>.fromOpaque(context!).takeRetainedValue()
        work.body(work.index)
        return nil
      }, work.toOpaque())
    if status == 0 { threads.append(thread) } else { work.release() }
  }
  for thread in threads { pthread_join(thread, nil) }
}

/// The permissions of the page at an address, as `/proc/self/maps` has them: `r-xp`; nil where there is none.
func permissions(at address: UInt) -> String? {
  for line in mappings() {
    let fields = line.split(separator: " ", maxSplits: 2)
    let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
    if bounds.count == 2, (bounds[0]..<bounds[1]).contains(address) { return String(fields[1]) }
  }
  return nil
}

/// The lines of `/proc/self/maps`.
func mappings() -> [Substring] {
  guard let file = fopen("/proc/self/maps", "r") else { return [] }
  defer { fclose(file) }
  var text: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = fread(&chunk, 1, chunk.count, file)
    if count == 0 { break }
    text += chunk[..<count]
  }
  return String(decoding: text, as: UTF8.self).split(separator: "\n")
}
