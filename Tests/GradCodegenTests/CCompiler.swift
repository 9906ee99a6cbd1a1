import Glibc
import GradCodegen
import GradIR

/// A C compiler of the system and how the tests call it: with every warning an error.
struct CCompiler: CustomStringConvertible, Sendable {
  var path: String
  var flags: String
  var description: String { path }

  static let strict = "-std=c99 -Wall -Wextra -pedantic -Werror -ffp-contract=off"
  /// The compilers that are here.
  static let all: [CCompiler] = [
    CCompiler(path: "tcc", flags: "-Werror"), CCompiler(path: "gcc", flags: strict + " -O2"),
    CCompiler(path: "clang", flags: strict + " -O1"),
  ].filter(\.exists)

  private var exists: Bool { system("command -v \(path) > /dev/null 2>&1") == 0 }

  /// What one call gives.
  enum Answer {
    case outputs([Tensor])
    case status(Int)
    case problem(String)
  }

  /// Compiles a module and calls it once, its arrays between guards that must stay as they are.
  func run(_ c: GeneratedC, _ inputs: [Tensor], _ dims: [String: Int]) -> Answer {
    guard let directory = TemporaryDirectory() else { return .problem("no temporary directory") }
    let library = "\(directory.path)/\(c.entry).so"
    directory.write(c.source + "\n" + CCompiler.wrapper(c), "\(c.entry).c")
    directory.write(c.header, "\(c.entry).h")
    let log = "\(directory.path)/log"
    if system("\(path) \(flags) -shared -fPIC -o \(library) \(directory.path)/\(c.entry).c -lm > \(log) 2>&1") != 0 {
      return .problem("\(path): " + directory.read("log") + "\n" + c.source)
    }
    guard let handle = dlopen(library, RTLD_NOW | RTLD_LOCAL) else { return .problem("dlopen of \(library)") }
    defer { dlclose(handle) }
    guard let entry = dlsym(handle, "wrapped_call"), let bytes = dlsym(handle, "wrapped_workspace_bytes") else {
      return .problem("no entry")
    }
    typealias Entry =
      @convention(c) (UnsafePointer<Int64>?, UnsafePointer<UnsafeRawPointer?>?, UnsafePointer<UnsafeRawPointer?>?, UnsafeMutableRawPointer?)
      -> Int32
    typealias Bytes = @convention(c) (UnsafePointer<Int64>?) -> UInt64
    let values = c.dims.map { Int64(dims[$0] ?? 0) }
    let size = unsafeBitCast(bytes, to: Bytes.self)(values)
    if size == UInt64.max { return .problem("the workspace cannot be counted") }

    let given = inputs.map { GuardedArray($0) }
    let shapes = c.outputs.map { $0.type.shape.extents(dims) ?? [] }
    let taken = zip(c.outputs, shapes).map { output, shape in
      output.updatedInput.map { given[$0] } ?? GuardedArray(count: output.type.dtype.byteCount * shape.reduce(1, *))
    }
    let workspace = GuardedArray(count: Int(size))
    let status = unsafeBitCast(entry, to: Entry.self)(
      values, given.map { UnsafeRawPointer($0.start) }, taken.map { UnsafeRawPointer($0.start) }, workspace.start)
    for array in given + taken + [workspace] where !array.isIntact { return .problem("an array was overrun") }
    let updated = Set(c.outputs.compactMap(\.updatedInput))
    for (index, (array, tensor)) in zip(given, inputs).enumerated()
    where !updated.contains(index) && array.bytes != GuardedArray.bytes(of: tensor) {
      return .problem("an input was written to")
    }
    if status != 0 { return .status(Int(status)) }
    return .outputs(zip(zip(c.outputs, shapes), taken).map { $1.tensor($0.0.type.dtype, $0.1) })
  }

  private static func wrapper(_ c: GeneratedC) -> String {
    let dims = c.dims.indices.map { "dims[\($0)]" }
    let arguments = c.arguments(dims: "dims", inputs: "inputs", outputs: "outputs") + ["workspace"]
    return """
      int wrapped_call(const int64_t *dims, const void *const *inputs, void *const *outputs, void *workspace);
      int wrapped_call(const int64_t *dims, const void *const *inputs, void *const *outputs, void *workspace) {
        (void)dims, (void)inputs, (void)outputs;
        return \(c.entry)(\(arguments.joined(separator: ", ")));
      }
      uint64_t wrapped_workspace_bytes(const int64_t *dims);
      uint64_t wrapped_workspace_bytes(const int64_t *dims) {
        (void)dims;
        return \(c.workspaceFunction)(\(dims.joined(separator: ", ")));
      }

      """
  }
}

/// A directory that goes away with the value.
final class TemporaryDirectory {
  let path: String
  init?() {
    var template = Array("/tmp/gradc-codegen-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
  deinit { _ = system("rm -r \(path)") }
  func write(_ text: String, _ name: String) {
    guard let file = fopen("\(path)/\(name)", "w") else { return }
    fputs(text, file)
    fclose(file)
  }
  func read(_ name: String) -> String {
    guard let file = fopen("\(path)/\(name)", "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while true {
      let byte = getc(file)
      if byte == EOF { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(UInt8(byte))
    }
  }
}

/// Memory between two guards.
final class GuardedArray {
  private static let guardCount = 256
  private static let pattern: UInt8 = 0xA5
  private let memory: UnsafeMutableRawPointer
  private let count: Int
  var start: UnsafeMutableRawPointer { memory + GuardedArray.guardCount }

  init(count: Int) {
    self.count = count
    memory = .allocate(byteCount: count + 2 * GuardedArray.guardCount, alignment: 64)
    memset(memory, Int32(GuardedArray.pattern), count + 2 * GuardedArray.guardCount)
  }
  convenience init(_ tensor: Tensor) {
    let bytes = GuardedArray.bytes(of: tensor)
    self.init(count: bytes.count)
    memcpy(start, bytes, bytes.count)
  }
  deinit { memory.deallocate() }

  var bytes: [UInt8] { Array(UnsafeRawBufferPointer(start: start, count: count)) }
  var isIntact: Bool {
    let all = UnsafeRawBufferPointer(start: memory, count: count + 2 * GuardedArray.guardCount)
    return (all.prefix(GuardedArray.guardCount) + all.suffix(GuardedArray.guardCount)).allSatisfy { $0 == GuardedArray.pattern }
  }
  static func bytes(of tensor: Tensor) -> [UInt8] {
    switch tensor.storage {
    case .f32(let v): v.withUnsafeBytes { Array($0) }
    case .f64(let v): v.withUnsafeBytes { Array($0) }
    case .i32(let v): v.withUnsafeBytes { Array($0) }
    case .i64(let v): v.withUnsafeBytes { Array($0) }
    case .bool(let v): v.map { $0 ? 1 : 0 }
    }
  }
  func tensor(_ dtype: DType, _ shape: [Int]) -> Tensor {
    let indices = 0..<(count / dtype.byteCount)
    switch dtype {
    case .f32: return Tensor(indices.map { start.load(fromByteOffset: $0 * 4, as: Float.self) }, shape: shape)
    case .f64: return Tensor(indices.map { start.load(fromByteOffset: $0 * 8, as: Double.self) }, shape: shape)
    case .i32: return Tensor(indices.map { start.load(fromByteOffset: $0 * 4, as: Int32.self) }, shape: shape)
    case .i64: return Tensor(indices.map { start.load(fromByteOffset: $0 * 8, as: Int64.self) }, shape: shape)
    case .bool: return Tensor(indices.map { start.load(fromByteOffset: $0, as: UInt8.self) != 0 }, shape: shape)
    }
  }
}
