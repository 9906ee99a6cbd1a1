/// Reads what `GraphPrinter` prints. Every op's type rule is run on what is read, so a graph that is given back is valid.
public struct GraphParser {
  private var scanner: GraphScanner

  /// - Throws: `Diagnostic` with a range in the graph's text.
  public static func parse(_ text: String) throws(Diagnostic) -> Graph {
    var parser = GraphParser(scanner: GraphScanner(Array(text.utf8)))
    guard parser.scanner.accept(word: "graph") else { throw parser.scanner.failure("`graph` expected") }
    let graph = try parser.graph(depth: 0)
    guard parser.scanner.isAtEnd else { throw parser.scanner.failure("the end of the graph's text expected") }
    do {
      try GraphVerifier.verify(graph)
    } catch {
      throw Diagnostic("graph.invalid", error.message)
    }
    return graph
  }

  private init(scanner: GraphScanner) { self.scanner = scanner }

  /// `{ … }`
  private mutating func graph(depth: Int) throws(Diagnostic) -> Graph {
    if depth > 50 { throw scanner.failure("loops too deep in one another") }
    var graph = Graph()
    var values: [String: ValueID] = [:]
    try scanner.expect("{")
    while !scanner.accept("}") {
      // A statement's word may also be the label of a value, which an `=`, a comma or a name in quotes follows.
      let before = scanner
      if let word = scanner.peekedWord {
        _ = try scanner.word()
        if (!scanner.sees("=") || scanner.sees("==")) && !scanner.sees(",") {
          try statement(word, &graph, values)
          continue
        }
        scanner = before
      }
      try node(&graph, &values, depth)
    }
    return graph
  }

  private mutating func statement(_ word: String, _ graph: inout Graph, _ values: [String: ValueID]) throws(Diagnostic) {
    switch word {
    case "input", "param", "body":
      let name = try scanner.name()
      try scanner.expect(":")
      let type = try scanner.type()
      var role = word == "input" ? Parameter.Role.input : .body
      if word == "param" { role = .param(scanner.accept("~") ? try initializer() : nil) }
      graph.parameters.append(Parameter(name: name, type: type, role: role, source: try scanner.source()))
    case "require":
      let left = try scanner.dim()
      guard
        let relation = [Requirement.Relation.equal, .atLeast].first(where: { $0 == .equal ? scanner.accept("==") : scanner.accept(">=") })
      else { throw scanner.failure("`==` or `>=` expected") }
      let right = try scanner.dim()
      let message = try scanner.string()
      graph.requirements.append(Requirement(left, relation, right, message: message, source: try scanner.source()))
    case "return":
      let name = try scanner.name()
      try scanner.expect(":")
      let value = try operand(graph, values)
      graph.results.append(Output(name: name, value: value, source: try scanner.source()))
    default: throw scanner.failure("`\(word)` begins no line of a graph")
    }
  }

  private mutating func initializer() throws(Diagnostic) -> Initializer {
    let start = scanner.offset
    switch try scanner.word() {
    case "zeros": return .zeros
    case "ones": return .ones
    case "glorot": return .glorot
    case "he": return .he
    case "constant":
      try scanner.expect("(")
      let start = scanner.offset
      let text = try scanner.numeral()
      // A float has a point, an exponent or a name.
      guard let value = Int64(text).map(Initializer.constantInteger) ?? Double(text).map(Initializer.constant) else {
        throw scanner.failure("a number expected", from: start)
      }
      try scanner.expect(")")
      return value
    case "normal": return .normal(standardDeviation: try numbers(1)[0])
    case "uniform":
      let bounds = try numbers(2)
      return .uniform(low: bounds[0], high: bounds[1])
    default: throw scanner.failure("an initializer expected", from: start)
    }
  }
  private mutating func numbers(_ count: Int) throws(Diagnostic) -> [Double] {
    try scanner.expect("(")
    var found = [try scanner.double()]
    while found.count < count {
      try scanner.expect(",")
      found.append(try scanner.double())
    }
    try scanner.expect(")")
    return found
  }

  private mutating func operand(_ graph: Graph, _ values: [String: ValueID]) throws(Diagnostic) -> ValueID {
    let start = scanner.offset
    if scanner.accept("%") {
      let index = try scanner.integer()
      guard (0..<graph.valueCount).contains(index) else { throw scanner.failure("%\(index) does not come before", from: start) }
      return ValueID(index)
    }
    let word = try scanner.word()
    guard let value = values[word] else { throw scanner.failure("there is no value `\(word)` before", from: start) }
    return value
  }

  /// `label, … = op[attributes](operands) : type, … { body }`
  private mutating func node(_ graph: inout Graph, _ values: inout [String: ValueID], _ depth: Int) throws(Diagnostic) {
    let start = scanner.offset
    let first = graph.valueCount
    var labels: [(label: String?, name: String?)] = []
    repeat {
      if scanner.accept("%") {
        guard try scanner.integer() == first + labels.count else { throw scanner.failure("values are numbered in order", from: start) }
        labels.append((nil, scanner.sees("\"") ? try scanner.string() : nil))
      } else {
        let word = try scanner.word()
        labels.append((word, word))
      }
    } while scanner.accept(",")
    try scanner.expect("=")

    var reader = OpReader(scanner: scanner, parameterCount: graph.parameters.count)
    let shapeless = try reader.op()
    scanner = reader.scanner
    var operands: [ValueID] = []
    if scanner.accept("(") {
      if !scanner.sees(")") { repeat { operands.append(try operand(graph, values)) } while scanner.accept(",") }
      try scanner.expect(")")
    }
    try scanner.expect(":")
    var types: [TensorType] = []
    repeat { types.append(try scanner.type()) } while scanner.accept(",")
    let source = try scanner.source()
    guard types.count == labels.count else { throw scanner.failure("\(labels.count) values, \(types.count) types", from: start) }

    let op: Op
    switch shapeless {
    case .loop(var loop):
      loop.body = try self.graph(depth: depth + 1)
      op = .loop(loop)
    default: op = try reader.completed(shapeless, types[0])
    }
    if case .parameter(let index) = op {
      guard operands.isEmpty else { throw scanner.failure("a parameter takes no operands", from: start) }
      // Its name is the node's own unless it says or its role makes one expect otherwise.
      let parameter = graph.parameters[index]
      if labels[0].label == parameter.name, !(reader.naming ?? (parameter.role != .body)) { labels[0].name = nil }
    } else {
      let inferred: [TensorType]
      do {
        inferred = try TypeRule.infer(op, operands.map(graph.type(of:)))
      } catch {
        throw scanner.failure(error.message, from: start)
      }
      guard inferred == types else {
        throw scanner.failure("the type is " + inferred.map(\.description).joined(separator: ", "), from: start)
      }
    }
    graph.nodeOfValue += types.map { _ in Int32(graph.nodes.count) }
    graph.nodes.append(Node(op: op, operands: operands, types: types, firstResult: ValueID(first), source: source))
    for (index, label) in labels.enumerated() {
      if let word = label.label, values.updateValue(ValueID(first + index), forKey: word) != nil {
        throw scanner.failure("`\(word)` stands twice", from: start)
      }
      if let name = label.name { graph.names[ValueID(first + index)] = name }
    }
  }
}
