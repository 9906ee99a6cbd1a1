import GradIR

/// One definition of the runtime's C text: a function or the type of an accumulator.
public struct RuntimeFunction: Sendable {
  public let name: String
  /// What it calls or is made of.
  public let requires: [String]
  /// C99, complete where the definitions it requires come before.
  public let text: String

  /// `float grad_exp_f32(float x)`; nil for a type.
  public var prototype: String? {
    for line in text.split(separator: "\n") where line.hasPrefix("static inline ") && RuntimeFunction.calls(line, name) {
      guard let end = line.lastIndex(of: ")", before: "{") else { return nil }
      return String(line[line.index(line.startIndex, offsetBy: 14)...end])
    }
    return nil
  }
  private static func calls(_ line: Substring, _ name: String) -> Bool {
    guard let open = line.firstIndex(of: "(") else { return false }
    return line[..<open].hasSuffix(name) && !line[..<open].hasSuffix("_" + name)
  }

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
    ("grad_column_sum", PackageResources.grad_column_sum_h),
    ("grad_product", PackageResources.grad_product_h), ("grad_vector", PackageResources.grad_vector_h),
    ("grad_matrix_product_f32", PackageResources.grad_matrix_product_f32_h),
    ("grad_matrix_product_f64", PackageResources.grad_matrix_product_f64_h),
    ("grad_double_double", PackageResources.grad_double_double_h), ("grad_error_function", PackageResources.grad_error_function_h),
    ("grad_exponential", PackageResources.grad_exponential_h), ("grad_hyperbolic", PackageResources.grad_hyperbolic_h),
    ("grad_inverse_trigonometric", PackageResources.grad_inverse_trigonometric_h),
    ("grad_logarithm", PackageResources.grad_logarithm_h), ("grad_power", PackageResources.grad_power_h),
    ("grad_trigonometric", PackageResources.grad_trigonometric_h),
  ]

  /// Text between `/* runtime: NAME requires A B */` and `/* end */`.
  private static func parse() -> [RuntimeFunction] {
    var result: [RuntimeFunction] = []
    for file in files {
      var head: (name: String, requires: [String])?
      var body: [Substring] = []
      for line in String(decoding: file.text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
        if line.hasPrefix("/* runtime: ") {
          let words = line.dropFirst(12).split(separator: " ").filter { $0 != "*/" }
          head = words.first.map { (String($0), words.dropFirst(2).map(String.init)) }
          body = []
        } else if line == "/* end */" {
          if let head {
            result.append(RuntimeFunction(name: head.name, requires: head.requires, text: body.joined(separator: "\n") + "\n"))
          }
          head = nil
        } else if head != nil {
          body.append(line)
        }
      }
    }
    return result
  }
}

extension Substring {
  /// The last place of a character before the first place of another.
  fileprivate func lastIndex(of character: Character, before end: Character) -> Substring.Index? {
    let limit = firstIndex(of: end) ?? endIndex
    return self[..<limit].lastIndex(of: character)
  }
}
