import GradIR

/// What a caller of generated code knows of it besides its address.
public struct CallSignature: Hashable, Sendable {
  /// An array that a call writes.
  public struct Output: Hashable, Sendable {
    /// The model's name of it.
    public var name: String
    /// The place of the input that it takes the place of.
    public var updatedInput: Int?
  }
  /// The entry's name.
  public var entry: String
  /// The symbolic dims, in the order in which the entry takes their values.
  public var dims: [String]
  /// The names of what it reads, in the entry's order.
  public var inputs: [String]
  /// What it writes, in the entry's order.
  public var outputs: [Output]
  /// The ways in which a run can end early.
  public var faults: [CFault]
  /// The bytes of workspace in the dims.
  public var workspace: String

  /// The fault of a status that is not 0.
  public func fault(_ status: Int) -> CFault? { faults.first { $0.status == status } }
}

extension GeneratedC {
  public var signature: CallSignature {
    CallSignature(
      entry: entry, dims: dims, inputs: inputs.map(\.name), outputs: outputs.map { .init(name: $0.name, updatedInput: $0.updatedInput) },
      faults: faults, workspace: workspace.bytes.description)
  }
}

// Signatures as bytes, to be kept with code.
extension CallSignature {
  public var serialized: [UInt8] {
    var bytes: [UInt8] = []
    func put(_ number: Int) { withUnsafeBytes(of: Int64(number).littleEndian) { bytes += $0 } }
    func put(_ text: String) {
      put(text.utf8.count)
      bytes += text.utf8
    }
    func put<Element>(_ list: [Element], _ each: (Element) -> Void) {
      put(list.count)
      list.forEach(each)
    }
    put(entry)
    put(dims) { put($0) }
    put(inputs) { put($0) }
    put(outputs) {
      put($0.name)
      put($0.updatedInput ?? -1)
    }
    put(faults) {
      put($0.status)
      put($0.message)
      put($0.tensor.map { [$0] } ?? []) { put($0) }
      put($0.range.map { [$0] } ?? []) {
        put(Int($0.lower))
        put(Int($0.upper))
      }
    }
    put(workspace)
    return bytes
  }

  /// Nil where these are not the bytes of a signature.
  public init?(serialized bytes: [UInt8]) {
    var rest = bytes[...]
    var isWhole = true
    func number() -> Int {
      guard rest.count >= 8 else {
        isWhole = false
        return 0
      }
      defer { rest = rest.dropFirst(8) }
      return rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    func count() -> Int {
      let count = number()
      if count < 0 || count > rest.count { isWhole = false }
      return isWhole ? count : 0
    }
    func text() -> String {
      let count = count()
      defer { rest = rest.dropFirst(count) }
      return String(decoding: rest.prefix(count), as: UTF8.self)
    }
    func list<Element>(_ element: () -> Element) -> [Element] {
      var list: [Element] = []
      for _ in 0..<count() where isWhole { list.append(element()) }
      return list
    }
    entry = text()
    dims = list(text)
    inputs = list(text)
    outputs = list {
      let name = text()
      let input = number()
      return Output(name: name, updatedInput: input < 0 ? nil : input)
    }
    faults = list {
      let status = number()
      let message = text()
      let tensor = list(text).first
      let range = list { SourceRange(number(), number()) }.first
      return CFault(status: status, message: message, tensor: tensor, range: range)
    }
    workspace = text()
    if !isWhole || !rest.isEmpty { return nil }
  }
}
