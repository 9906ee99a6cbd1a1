import GradIR

/// A name or word of a model, interned: equal names are equal ids within one `NameTable`.
public struct NameID: Hashable, Numbered, Sendable {
  public let index: Int32
  @inlinable public init(index: Int32) { self.index = index }
  @inlinable public var number: Int { Int(index) }
}

/// The names that occur in one text, each held once. The reserved words come first, so a word is reserved when its id is small.
public struct NameTable: Sendable {
  private var texts: [String] = []
  private var ids: [String: Int32] = [:]

  public init() {
    for word in ReservedWord.allCases { _ = intern(word.rawValue) }
  }
  /// The id of a text, new or known.
  public mutating func intern(_ text: String) -> NameID {
    if let known = ids[text] { return NameID(index: known) }
    let id = Int32(texts.count)
    texts.append(text)
    ids[text] = id
    return NameID(index: id)
  }
  /// The id of a text that occurs, or nil.
  public func find(_ text: String) -> NameID? { ids[text].map(NameID.init(index:)) }
  public subscript(_ id: NameID) -> String { texts[Int(id.index)] }
  public var count: Int { texts.count }

  /// The reserved word with this id, if it is one.
  func reservedWord(_ id: NameID) -> ReservedWord? {
    let index = Int(id.index)
    return index < ReservedWord.allCases.count ? ReservedWord.allCases[index] : nil
  }
}

/// The words that no value or function may be called.
enum ReservedWord: String, CaseIterable, Sendable {
  case dim, precision, input, param, fn, `return`, output
  case `if`, then, `else`, and, or, not
  case `true`, `false`, inf, nan, pi
  case f32, f64, i32, i64, bool
}
