import GradIR
import Synchronization

/// The name of a variable in generated C, by its number in a table of all such names: it is copied, compared and hashed as a number.
public struct Name: Numbered, Sendable {
  private let index: Int32
  public var number: Int { Int(index) }

  public init(_ text: String) { index = Name.table.withLock { $0.index(of: text) } }
  public var text: String { Name.table.withLock { $0.texts[number] } }

  private struct Table {
    var texts: [String] = []
    private var known: [String: Int32] = [:]

    mutating func index(of text: String) -> Int32 {
      if let index = known[text] { return index }
      let index = Int32(texts.count)
      known[text] = index
      texts.append(text)
      return index
    }
  }
  private static let table = Mutex(Table())

  /// What functions give back.
  static let status = Name("status")
}

extension Name: ExpressibleByStringInterpolation, CustomStringConvertible, Comparable {
  public init(stringLiteral value: String) { self.init(value) }
  public var description: String { text }
  /// By their text, so that no order depends on which name was met first.
  public static func < (a: Name, b: Name) -> Bool { a.text < b.text }
}
