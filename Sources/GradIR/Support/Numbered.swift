/// What is told by a number: an index into a table, or a few of them. Sets and dictionaries of such are everywhere in the compiler; their
/// hash is a multiplication instead of a keyed one, which took a tenth of the time of compiling. Whoever makes the ids numbers them, so that no
/// input can choose their hashes.
public protocol Numbered: Hashable {
  /// What it is told by.
  var number: Int { get }
}

extension Numbered {
  /// What Swift's tables call (its name is the standard library's); by default it goes through a `Hasher`. A table's seed keeps tables that are filled in the order of another from clustering.
  @inlinable public func _rawHashValue(seed: Int) -> Int {
    let product = UInt(bitPattern: number ^ seed) &* 0x9E37_79B9_7F4A_7C15
    return Int(bitPattern: product ^ product >> 32)
  }
  @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(number) }
}
