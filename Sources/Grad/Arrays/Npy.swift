import Glibc
import GradIR

/// Arrays in numpy's .npy format: f32, f64, i32, i64 and bool, little-endian, in C order (Fortran order is converted when read).
///
/// Whatever the bytes, reading gives a tensor or throws a `Diagnostic`; memory is taken only after the file was found large enough.
public enum Npy {
  /// Reads one array from memory. `name` is what errors call it.
  public static func parse(_ bytes: [UInt8], name: String? = nil) throws -> Tensor {
    try reportingDiagnostics {
      try bytes.withUnsafeBytes { buffer in
        var source = BufferByteSource(buffer)
        return try read(from: &source, subject: ArraySubject(name: name), limit: Memory.limit)
      }
    }
  }

  /// Reads one array from a file; a pipe will do.
  public static func read(path: String) throws -> Tensor {
    try reportingDiagnostics {
      var source = FileByteSource(file: try InputFile(path: path))
      return try read(from: &source, subject: ArraySubject(file: path), limit: Memory.limit)
    }
  }

  /// The bytes of an .npy file that holds the tensor.
  public static func serialized(_ tensor: Tensor) -> [UInt8] {
    var result = NpyHeader(dtype: tensor.dtype, shape: tensor.shape).serialized
    tensor.withUnsafeElementBytes { result.append(contentsOf: $0) }
    return result
  }

  /// Writes the tensor to a file, which holds all of it or what it held before.
  public static func write(_ tensor: Tensor, path: String) throws {
    try reportingDiagnostics {
      let header = NpyHeader(dtype: tensor.dtype, shape: tensor.shape).serialized
      try OutputFile.write(path: path) { output in
        try header.withUnsafeBytes { try output.write($0) }
        try tensor.withUnsafeElementBytes { try output.write($0) }
      }
    }
  }
}

extension Npy {
  /// Reads an array of at most `limit` bytes that fills the source.
  static func read<Source: ByteSource>(from source: inout Source, subject: ArraySubject, limit: Int) throws -> Tensor {
    let header = try readHeader(from: &source, subject: subject)
    let expected = header.byteCount
    // The sizes first: what a header claims is believed only where as many bytes follow.
    if let found = source.remaining, found != expected { throw ArrayError.byteCount(subject, expected: expected, found: found) }
    guard expected <= limit, canAllocate(expected) else { throw ArrayError.memory(subject, bytes: expected) }
    let storage: Tensor.Storage
    switch header.dtype {
    case .f32: storage = .f32(try elements(0, header, &source, subject))
    case .f64: storage = .f64(try elements(0, header, &source, subject))
    case .i32: storage = .i32(try elements(0, header, &source, subject))
    case .i64: storage = .i64(try elements(0, header, &source, subject))
    // A byte other than 0 and 1 is no Bool; numpy takes it as true.
    case .bool: storage = .bool(try elements(UInt8(0), header, &source, subject).map { $0 != 0 })
    }
    try source.finish(subject)
    return Tensor(shape: header.shape, storage: storage)
  }

  private static func readHeader<Source: ByteSource>(from source: inout Source, subject: ArraySubject) throws -> NpyHeader {
    func take(_ count: Int) throws -> [UInt8] {
      let isShort = ArrayError.header(subject, reason: "it ends within the header")
      if let remaining = source.remaining, remaining < count { throw isShort }
      var bytes = [UInt8](repeating: 0, count: count)
      do {
        try bytes.withUnsafeMutableBytes { try source.read(into: $0, subject) }
      } catch ArrayError.byteCount where source.remaining == nil {
        throw isShort
      }
      return bytes
    }
    let start = try take(8)
    guard start.prefix(6) == NpyHeader.magic[...] else { throw ArrayError.header(subject, reason: "the magic bytes are missing") }
    let length: Int
    switch (start[6], start[7]) {
    case (1, _): length = try take(2).reversed().reduce(0) { $0 << 8 | Int($1) }
    case (2, _), (3, _): length = try take(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    default: throw ArrayError.header(subject, reason: "version \(start[6]).\(start[7]) is not known")
    }
    guard length <= NpyHeader.greatestLength else { throw ArrayError.header(subject, reason: "the header is \(length) bytes long") }
    return try NpyHeader(text: try take(length), of: subject)
  }

  /// The elements in C order.
  private static func elements<Element: BitwiseCopyable, Source: ByteSource>(
    _ zero: Element, _ header: NpyHeader, _ source: inout Source, _ subject: ArraySubject
  ) throws -> [Element] {
    let count = header.count
    let stored = try [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      let bytes = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: header.byteCount)
      try source.read(into: bytes, subject)
      initialized = count
    }
    // With fewer than two axes longer than one, both orders are the same.
    guard header.isFortranOrder, count > 0, header.shape.filter({ $0 > 1 }).count > 1 else { return stored }
    return try permuted(stored, shape: header.shape, subject)
  }

  /// The elements of an array that is stored with the first axis fastest, in C order.
  private static func permuted<Element: BitwiseCopyable>(
    _ stored: [Element], shape: [Int], _ subject: ArraySubject
  ) throws -> [Element] {
    let bytes = stored.count * MemoryLayout<Element>.stride
    guard canAllocate(bytes) else { throw ArrayError.memory(subject, bytes: bytes) }
    var strides: [Int] = []
    var stride = 1
    for extent in shape {
      strides.append(stride)
      stride *= extent
    }
    return [Element](unsafeUninitializedCapacity: stored.count) { buffer, initialized in
      var index = [Int](repeating: 0, count: shape.count)
      var offset = 0
      for position in 0..<stored.count {
        buffer.initializeElement(at: position, to: stored[offset])
        // The next index in C order: the last axis counts, and carries into the one before.
        var axis = shape.count - 1
        while axis >= 0 {
          index[axis] += 1
          offset += strides[axis]
          if index[axis] < shape[axis] { break }
          offset -= strides[axis] * shape[axis]
          index[axis] = 0
          axis -= 1
        }
      }
      initialized = stored.count
    }
  }

  /// Whether that much memory can be had; Swift's arrays end the process where it cannot.
  private static func canAllocate(_ bytes: Int) -> Bool {
    guard bytes > 1 << 20 else { return true }
    // The system maps pages when they are touched, so that asking is cheap.
    guard let memory = malloc(bytes) else { return false }
    free(memory)
    return true
  }
}

/// Turns an `ArrayError` into the `Diagnostic` that callers are promised.
func reportingDiagnostics<Result>(_ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as ArrayError {
    throw error.diagnostic
  }
}
