/// Graphs as text, a node a line; `GraphParser` reads it back to an equal graph.
///
///     graph {
///       input x: f32[n, 3]
///       param w: f32[3] ~ glorot
///       require n >= 1 "the mean of an empty axis (`n`)"
///       x = parameter 0 : f32[n, 3]
///       w = parameter 1 : f32[3]
///       %2 = contract[ab,b->a](x, w) : f32[n]
///       total = reduce_sum[axes 0](%2) : f32
///       return loss: total
///     }
///
/// - Values are called by the model's names, else by number: `%2`, or `%2 "h"` where its name is that of an earlier value or no word.
///   Numbers count all values. A body's parameters lend their nodes their names for printing; a node that bears such a name itself
///   says `named`, and one of an input or param that does not says `unnamed`.
/// - Attributes stand in brackets, each in the words of its op: `slice[n - 1 from 1, 2 from n - 1 by -1]` is count, start, step of each
///   axis; `pad[low | high | interior]`; `window[axis 1 size k stride 2 dilation 2]`; a contraction's labels are letters, a … z for 0 … 25,
///   A … Z for 26 … 51, others a number in quotes; a `!` behind them says that it is annihilating.
/// - Floats are in the shortest form that reads back the same (hexadecimal is read too); a NaN with other bits than the usual ones is
///   `nan:` and its bits.
/// - The body of a loop follows in braces. With sources a line ends in `@lower..upper`, offsets in the model's text.
public struct GraphPrinter {
  private let graph: Graph
  private let showsSources: Bool
  /// How each value is called.
  private var labels: [String] = []
  private var lines: [String] = []

  /// The text of a graph.
  public static func print(_ graph: Graph, sources: Bool = false) -> String {
    var printer = GraphPrinter(graph, sources: sources)
    return "graph {\n" + printer.body().map { "  \($0)\n" }.joined() + "}\n"
  }

  private init(_ graph: Graph, sources: Bool) {
    self.graph = graph
    showsSources = sources
    var taken: Set<String> = []
    labels = (0..<graph.valueCount).map { index in
      guard let name = name(of: ValueID(index)), GraphPrinter.isWord(name), taken.insert(name).inserted else { return "%\(index)" }
      return name
    }
  }

  private func name(of value: ValueID) -> String? {
    if let name = graph.names[value] { return name }
    if case .parameter(let index) = graph.node(of: value).op { return graph.parameters[index].name }
    return nil
  }

  private mutating func body() -> [String] {
    for parameter in graph.parameters {
      let (word, initializer) =
        switch parameter.role {
        case .input: ("input", "")
        case .body: ("body", "")
        case .param(let initializer): ("param", initializer.map { " ~ " + GraphPrinter.text($0) } ?? "")
        }
      lines.append("\(word) \(GraphPrinter.word(parameter.name)): \(parameter.type)\(initializer)\(source(parameter.source))")
    }
    for requirement in graph.requirements {
      lines.append(
        "require \(requirement.left) \(requirement.relation.rawValue) \(requirement.right) "
          + GraphPrinter.quoted(requirement.message) + source(requirement.source))
    }
    for node in graph.nodes { append(node) }
    for result in graph.results {
      lines.append("return \(GraphPrinter.word(result.name)): \(labels[Int(result.value.index)])\(source(result.source))")
    }
    return lines
  }

  private mutating func append(_ node: Node) {
    let results = node.results.map(defined).joined(separator: ", ")
    let operands = node.operands.map { labels[Int($0.index)] }.joined(separator: ", ")
    var text = "\(results) = \(node.op.name)\(attributes(node.op))"
    switch node.op {
    case .parameter, .constant, .dimension, .iota: break
    default: text += "(\(operands))"
    }
    text += " : " + node.types.map(\.description).joined(separator: ", ") + source(node.source)
    guard case .loop(let loop) = node.op else { return lines.append(text) }
    var inner = GraphPrinter(loop.body, sources: showsSources)
    lines.append(text + " {")
    lines += inner.body().map { "  " + $0 }
    lines.append("}")
  }

  /// The value's label where it is defined, with its name if the label does not tell it.
  private func defined(_ value: ValueID) -> String {
    let label = labels[Int(value.index)]
    if label.hasPrefix("%") { return graph.names[value].map { "\(label) \(GraphPrinter.quoted($0))" } ?? label }
    return label
  }

  private func attributes(_ op: Op) -> String {
    func list(_ parts: [String]) -> String { parts.isEmpty ? "" : "[" + parts.joined(separator: ", ") + "]" }
    func numbers(_ values: [Int]) -> String { values.map(String.init).joined(separator: " ") }
    switch op {
    case .parameter(let index): return " \(index)" + naming(index)
    case .constant(let constant): return " {" + constant.bits.indices.map { GraphPrinter.text(constant, $0) }.joined(separator: ", ") + "}"
    case .dimension(let dim), .iota(let dim): return "[\(dim)]"
    case .variable(let number): return "[\(number)]"
    case .stopGradient, .derivative, .map, .cast, .reshape, .cholesky: return ""
    case .reduce(_, let axes): return axes.isEmpty ? "" : "[axes \(numbers(axes))]"
    case .cumulative(let cumulation):
      return list(
        ["axis \(cumulation.axis)"] + (cumulation.exclusive ? ["exclusive"] : []) + (cumulation.reverse ? ["reverse"] : []))
    case .contract(let c):
      let labels = [c.left, c.right, c.result].map { $0.map(GraphPrinter.label).joined() }
      return "[\(labels[0]),\(labels[1])->\(labels[2])\(c.annihilating ? "!" : "")]"
    case .broadcast(_, let axes): return axes.isEmpty ? "" : "[axes \(numbers(axes))]"
    case .transpose(let permutation): return permutation.isEmpty ? "" : "[axes \(numbers(permutation))]"
    case .slice(let axes):
      return list(
        axes.map { "\($0.count)" + ($0.start == 0 ? "" : " from \($0.start)") + ($0.step == 1 ? "" : " by \($0.step)") })
    case .pad(let axes): return list(axes.map { "\($0.low) | \($0.high)" + ($0.interior == 0 ? "" : " | \($0.interior)") })
    case .concatenate(let axis), .argsort(let axis): return "[axis \(axis)]"
    case .diagonal(let diagonal): return "[\(diagonal.mode.rawValue) \(diagonal.first) \(diagonal.second)]"
    case .window(let axes): return list(axes.map(window))
    case .windowAdd(let axes, let extents): return list(zip(axes, extents).map { window($0) + " of \($1)" })
    case .gather(let axis): return list(selection(axis))
    case .scatterAdd(let axis, let extent): return list(selection(axis) + ["extent \(extent)"])
    case .loop(let loop):
      return list(
        ["count \(loop.count)"] + (loop.states == 0 ? [] : ["states \(loop.states)"])
          + (loop.sequences == 0 ? [] : ["sequences \(loop.sequences)"]) + (loop.reverse ? ["reverse"] : []))
    case .triangularSolve(let lower, let transposed): return list([lower ? "lower" : "upper"] + (transposed ? ["transposed"] : []))
    }
  }

  /// Whether a parameter's node bears the name itself, where that is not what its role makes one expect.
  private func naming(_ index: Int) -> String {
    let parameter = graph.parameters[index]
    guard let value = graph.parameterValues[index], labels[Int(value.index)] == parameter.name else { return "" }
    let isNamed = graph.names[value] != nil
    return isNamed == (parameter.role != .body) ? "" : isNamed ? " named" : " unnamed"
  }

  private func window(_ axis: WindowAxis) -> String {
    "axis \(axis.axis) size \(axis.size)" + (axis.stride == 1 ? "" : " stride \(axis.stride)")
      + (axis.dilation == 1 ? "" : " dilation \(axis.dilation)")
  }
  private func selection(_ axis: GatherAxis) -> [String] {
    ["axis \(axis.axis)"] + (axis.batch == 0 ? [] : ["batch \(axis.batch)"]) + (axis.wrapsNegative ? ["wraps"] : [])
  }
  private func source(_ range: SourceRange?) -> String {
    guard showsSources, let range else { return "" }
    return " @\(range.lower)..\(range.upper)"
  }
}

// Words, strings and numbers.
extension GraphPrinter {
  static func isWord(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first) else { return false }
    return text.utf8.allSatisfy { isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
  }
  static func word(_ text: String) -> String { isWord(text) ? text : quoted(text) }
  static func quoted(_ text: String) -> String {
    var result = "\""
    for character in text.unicodeScalars {
      switch character {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(character)
      }
    }
    return result + "\""
  }
  static func label(_ label: Int) -> String {
    switch label {
    case 0..<26: String(UnicodeScalar(UInt8(ascii: "a") + UInt8(label)))
    case 26..<52: String(UnicodeScalar(UInt8(ascii: "A") + UInt8(label - 26)))
    default: "'\(label)'"
    }
  }
  static func text(_ initializer: Initializer) -> String {
    switch initializer {
    case .zeros: "zeros"
    case .ones: "ones"
    case .glorot: "glorot"
    case .he: "he"
    case .constant(let value): "constant(\(value))"
    case .constantInteger(let value): "constant(\(value))"
    case .normal(let deviation): "normal(\(deviation))"
    case .uniform(let low, let high): "uniform(\(low), \(high))"
    }
  }
  /// One element of a constant.
  static func text(_ constant: Constant, _ index: Int) -> String {
    let bits = constant.bits[index]
    switch constant.dtype {
    case .f32:
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
      return value.isNaN && bits != UInt64(Float.nan.bitPattern) ? "nan:\(bits)" : "\(value)"
    case .f64:
      let value = Double(bitPattern: bits)
      return value.isNaN && bits != Double.nan.bitPattern ? "nan:\(bits)" : "\(value)"
    case .i32, .i64: return "\(Int64(bitPattern: bits))"
    case .bool: return bits == 0 ? "false" : "true"
    }
  }
}
