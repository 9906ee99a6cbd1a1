import GradIR

#if canImport(Glibc)
  import Glibc
#endif

/// One definition of the runtime's C text: a function or the type of an accumulator. What a name does not say is read from the text
/// when it is asked for: a model uses a few of some hundred.
public struct RuntimeFunction: Sendable {
  public let name: String
  private let file: Int
  /// Where in the file stand the words after its name, and its C.
  private let head: Range<Int>
  private let body: Range<Int>

  private func bytes(_ range: Range<Int>) -> ArraySlice<UInt8> { RuntimeFunction.files[file].text[range] }

  /// What it calls or is made of.
  public var requires: [String] {
    bytes(head).split(separator: UInt8(ascii: " ")).dropFirst().map { String(decoding: $0, as: UTF8.self) }
  }
  /// C99, complete where the definitions it requires come before.
  public var text: String { String(decoding: bytes(body), as: UTF8.self) }

  /// `float grad_exp_f32(float x)`; nil for a type.
  public var prototype: String? {
    var rest = bytes(body)
    while !rest.isEmpty {
      let line = rest.prefix { $0 != UInt8(ascii: "\n") }
      rest = rest[line.endIndex...].dropFirst()
      guard line.starts(with: "static inline ".utf8) else { continue }
      guard let open = line.firstIndex(of: UInt8(ascii: "(")) else { continue }
      let declared = line[..<open].split(separator: UInt8(ascii: " ")).last ?? []
      guard declared.drop(while: { $0 == UInt8(ascii: "*") }).elementsEqual(name.utf8) else { continue }
      guard let close = line.prefix(while: { $0 != UInt8(ascii: "{") }).lastIndex(of: UInt8(ascii: ")")) else { return nil }
      return String(decoding: line[...close].dropFirst("static inline ".utf8.count), as: UTF8.self)
    }
    return nil
  }

  /// What a library of this process calls in the process instead of having it: products, which are long to compile and know of the
  /// process's threads, functions on blocks that not every compiler makes vectors of, and sums of blocks, which where there are many would
  /// take most of the time to compile.
  public static let lent: Set<String> = Set(
    Array(threads.keys) + Array(ChunkLoops.lent.values) + Array(Streaming.prototypes.keys)
      + ["matrix_product", "annihilating_matrix_product", "view_product", "annihilating_view_product", "sum_add_block"].flatMap { stem in
        ["f32", "f64"].map { "grad_\(stem)_\($0)" }
      })
  /// What is only there in a process that has threads.
  static let threads = [
    "grad_parallel":
      "void grad_parallel(int64_t pieces, int64_t nanoseconds, void (*piece)(unsigned char *, int64_t), unsigned char *context)",
    "grad_piece_size": "int64_t grad_piece_size(int64_t count, int64_t unit, int64_t nanoseconds)",
    "grad_first_status": "int grad_first_status(int64_t pieces, const int *statuses)",
  ]

  /// Every definition, in an order in which each comes after what it requires.
  public static let all: [RuntimeFunction] = parse()
  static let byName: [String: Int] = Dictionary(
    all.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })

  /// The definitions that some names need, in the order of the files.
  static func closure(of names: some Sequence<String>) -> [RuntimeFunction] {
    var found: Set<Int> = []
    var open = names.compactMap { byName[$0] }
    if let preamble = byName["grad_floating_point"], !open.isEmpty { open.append(preamble) }
    while let index = open.popLast() {
      guard found.insert(index).inserted else { continue }
      open += all[index].requires.compactMap { byName[$0] }
    }
    return sorted(found)
  }

  /// Depth first, so that the order of the files does not matter.
  private static func sorted(_ indices: Set<Int>) -> [RuntimeFunction] {
    var done: Set<Int> = []
    var result: [RuntimeFunction] = []
    func visit(_ index: Int) {
      guard indices.contains(index), done.insert(index).inserted else { return }
      for name in all[index].requires { if let next = byName[name] { visit(next) } }
      result.append(all[index])
    }
    if let preamble = byName["grad_floating_point"] { visit(preamble) }
    for index in indices.sorted() { visit(index) }
    return result
  }

  /// The files of the runtime's text, without their endings.
  static let fileNames: [String] = files.map(\.name)
  private static let files: [(name: String, text: [UInt8])] = [
    ("grad_accumulators", PackageResources.RuntimeTypes_h), ("grad_base", PackageResources.grad_base_h),
    ("grad_selection", PackageResources.grad_selection_h), ("grad_integer", PackageResources.grad_integer_h),
    ("grad_division", PackageResources.grad_division_h), ("grad_sum", PackageResources.grad_sum_h),
    ("grad_dot", PackageResources.grad_dot_h), ("grad_column_sum", PackageResources.grad_column_sum_h),
    ("grad_product", PackageResources.grad_product_h), ("grad_vector", PackageResources.grad_vector_h),
    ("grad_matrix_tile_f32", PackageResources.grad_matrix_tile_f32_h), ("grad_matrix_tile_f64", PackageResources.grad_matrix_tile_f64_h),
    ("grad_matrix_product_f32", PackageResources.grad_matrix_product_f32_h),
    ("grad_matrix_product_f64", PackageResources.grad_matrix_product_f64_h),
    ("grad_row_sum_f32", PackageResources.grad_row_sum_f32_h), ("grad_row_sum_f64", PackageResources.grad_row_sum_f64_h),
    ("grad_view", PackageResources.grad_view_h), ("grad_view_product_f32", PackageResources.grad_view_product_f32_h),
    ("grad_view_product_f64", PackageResources.grad_view_product_f64_h),
    ("grad_double_double", PackageResources.grad_double_double_h), ("grad_error_function", PackageResources.grad_error_function_h),
    ("grad_exponential", PackageResources.grad_exponential_h), ("grad_hyperbolic", PackageResources.grad_hyperbolic_h),
    ("grad_inverse_trigonometric", PackageResources.grad_inverse_trigonometric_h),
    ("grad_logarithm", PackageResources.grad_logarithm_h), ("grad_power", PackageResources.grad_power_h),
    ("grad_trigonometric", PackageResources.grad_trigonometric_h),
  ]

  /// Text between `/* runtime: NAME requires A B */` and `/* end */`.
  private static func parse() -> [RuntimeFunction] {
    var result: [RuntimeFunction] = []
    for (number, file) in files.enumerated() {
      file.text.withUnsafeBytes { text in
        var open: (head: Range<Int>, body: Int)?
        var start = 0
        while start < text.count {
          // All the text is gone through once a process: by the C library, which takes many bytes at a time.
          let newline = memchr(text.baseAddress! + start, Int32(UInt8(ascii: "\n")), text.count - start)
          let end = newline.map { $0 - UnsafeMutableRawPointer(mutating: text.baseAddress!) } ?? text.count
          let line = text[start..<end]
          if line.first != UInt8(ascii: "/") {
            // Most lines are C.
          } else if line.starts(with: "/* runtime: ".utf8) {
            open = (start + "/* runtime: ".utf8.count..<end - " */".utf8.count, end + 1)
          } else if let (head, body) = open, line.elementsEqual("/* end */".utf8) {
            let name = text[head].prefix { $0 != UInt8(ascii: " ") }
            result.append(
              RuntimeFunction(
                name: String(decoding: name, as: UTF8.self), file: number, head: name.endIndex..<head.upperBound, body: body..<start))
            open = nil
          }
          start = end + 1
        }
      }
    }
    return result
  }
}
