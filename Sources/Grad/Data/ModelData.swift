/// Data for a model by name, before it is bound: an archive's arrays, then what is set by hand, which wins.
public struct ModelData: Sendable {
  /// A tensor with where it comes from, for messages: `data.npz`, `--set`.
  struct Item: Sendable {
    var tensor: Tensor
    var origin: String
  }
  var items: [String: Item] = [:]
  /// Names that the model does not know, left aside.
  private(set) var leftAside: [String] = []
  /// Names set by hand, which the model must know.
  private(set) var setByHand: [String] = []

  /// No data yet: what a model's params need can be drawn, its inputs must be set.
  public init() {}

  /// One array, as a library's caller gives it.
  public mutating func set(_ name: String, _ tensor: Tensor) {
    items[name] = Item(tensor: tensor, origin: "the data")
    setByHand.append(name)
  }

  /// Reads the arrays that the model names from an archive.
  /// - Throws: `Diagnostic` where the archive or an array of it cannot be read.
  public mutating func read(npz path: String, for model: Model) throws {
    let wanted = Set(model.parameters.map(\.name))
    let contents = try Npz.read(path: path) { wanted.contains($0) }
    for array in contents.arrays { items[array.name] = Item(tensor: array.tensor, origin: path) }
    leftAside += contents.leftAside
  }

  /// A value as text: `3.5`, `[1, 2]`, `[[1, 0], [0, 1]]`, `true`, or `@file.npy`.
  /// - Throws: `Diagnostic` where the text is no value.
  public mutating func set(_ name: String, text: String) throws {
    let tensor = text.hasPrefix("@") ? try Npy.read(path: String(text.dropFirst())) : try LiteralParser.parse(text, name: name)
    items[name] = Item(tensor: tensor, origin: "--set")
    setByHand.append(name)
  }
}

/// Parses nested lists of numbers, without recursion beyond the rank of an array.
struct LiteralParser {
  private static let greatestRank = 32
  private let text: [UInt8]
  private let name: String
  private var position = 0
  private var numbers: [Substring] = []
  private var shape: [Int?] = []
  /// How deep in lists the numbers stand: the same for all.
  private var numberDepth: Int?

  static func parse(_ text: String, name: String) throws -> Tensor {
    var parser = LiteralParser(text: Array(text.utf8), name: name)
    try parser.value(depth: 0)
    parser.skipSpaces()
    guard parser.position == parser.text.count else { throw parser.fault("there is more behind the value") }
    return try parser.tensor()
  }

  private init(text: [UInt8], name: String) {
    self.text = text
    self.name = name
  }

  private func fault(_ reason: String) -> Diagnostic {
    Diagnostic(
      "data.literal", "cannot read the value of '\(name)': \(reason)",
      hint: "write a number, nested lists such as [[1, 0], [0, 1]], or @file.npy")
  }
  private mutating func skipSpaces() {
    while position < text.count, text[position] == UInt8(ascii: " ") || text[position] == UInt8(ascii: "\t") { position += 1 }
  }

  private mutating func value(depth: Int) throws {
    skipSpaces()
    guard depth < LiteralParser.greatestRank else { throw fault("lists are nested more than \(LiteralParser.greatestRank) deep") }
    guard position < text.count, text[position] == UInt8(ascii: "[") else { return try number(depth: depth) }
    guard depth != numberDepth else { throw fault("numbers and lists stand side by side") }
    position += 1
    if shape.count <= depth { shape.append(nil) }
    var count = 0
    skipSpaces()
    if position < text.count, text[position] == UInt8(ascii: "]") {
      position += 1
    } else {
      while true {
        try value(depth: depth + 1)
        count += 1
        skipSpaces()
        guard position < text.count else { throw fault("a ] is missing") }
        position += 1
        if text[position - 1] == UInt8(ascii: "]") { break }
        guard text[position - 1] == UInt8(ascii: ",") else { throw fault("a comma or ] is missing") }
      }
    }
    if let known = shape[depth], known != count { throw fault("lists of \(known) and of \(count) elements stand side by side") }
    shape[depth] = count
  }

  private mutating func number(depth: Int) throws {
    let start = position
    while position < text.count, !",[] \t".utf8.contains(text[position]) { position += 1 }
    let word = String(decoding: text[start..<position], as: UTF8.self)
    guard !word.isEmpty else { throw fault("a number is missing") }
    guard depth == numberDepth ?? depth, shape.count == depth else { throw fault("numbers and lists stand side by side") }
    numberDepth = depth
    numbers.append(Substring(word))
  }

  private func tensor() throws -> Tensor {
    let extents = shape.map { $0 ?? 0 }
    guard numbers.count == extents.reduce(1, *) else { throw fault("the lists are not of one shape") }
    let integers = numbers.compactMap { Int64($0) }
    if integers.count == numbers.count, !numbers.isEmpty { return Tensor(integers, shape: extents) }
    let bools = numbers.compactMap { $0 == "true" ? true : $0 == "false" ? false : nil }
    if bools.count == numbers.count, !numbers.isEmpty { return Tensor(bools, shape: extents) }
    var doubles: [Double] = []
    for number in numbers {
      guard let value = Double(number) else { throw fault("'\(printable(String(number)))' is no number") }
      doubles.append(value)
    }
    // Of an empty list the type is open; integers convert to every type.
    return doubles.isEmpty ? Tensor([Int64](), shape: extents) : Tensor(doubles, shape: extents)
  }
}
