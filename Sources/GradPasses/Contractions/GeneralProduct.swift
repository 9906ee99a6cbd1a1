import GradIR

/// ± Σ over labels of a product of factors: what nested contractions, products and transposes amount to, whatever their order.
///
/// Labels are small numbers; a factor has one for each of its axes. A label of the result that no factor has is a broadcast, one that
/// is neither in a factor nor in the result counts its extent.
struct GeneralProduct {
  struct Factor {
    /// In the graph that was read.
    var value: ValueID
    var labels: [Int]
    var mask: LabelSet { LabelSet(labels) }
  }
  var factors: [Factor] = []
  /// Of rank 0: pulled out of the sum.
  var scalars: [ValueID] = []
  var isNegated = false
  /// By label.
  var extents: [Dim] = []
  var result: [Int] = []
  /// What the graph as written takes.
  var cost = Cost(0)
  /// The contractions that the product replaces, the root first.
  var replaced: [Int] = []
  /// While it is read: the factors that are known to come, and how many products were looked through.
  var (pending, looks) = (0, 0)
  /// Transposes, broadcasts or signs stand between the root and its factors.
  var seesThroughViews = false
  /// A factor was 1, and is none.
  var hasOnes = false

  mutating func newLabels(_ shape: some Sequence<Dim>) -> [Int] {
    let first = extents.count
    extents += shape
    return Array(first..<extents.count)
  }
  func size(_ labels: LabelSet) -> Dim { labels.reduce(Dim(1)) { $0 * extents[$1] } }
}

/// A set of labels of one product; a product has fewer than 64.
struct LabelSet: Hashable, Sequence {
  var bits: UInt64 = 0
  static let capacity = 64

  init(bits: UInt64 = 0) { self.bits = bits }
  init(_ labels: [Int]) { for label in labels { bits |= 1 << UInt64(label) } }
  var isEmpty: Bool { bits == 0 }
  func contains(_ label: Int) -> Bool { bits >> UInt64(label) & 1 == 1 }
  func isSubset(of other: LabelSet) -> Bool { bits & ~other.bits == 0 }
  func union(_ other: LabelSet) -> LabelSet { LabelSet(bits: bits | other.bits) }
  func intersection(_ other: LabelSet) -> LabelSet { LabelSet(bits: bits & other.bits) }
  func makeIterator() -> AnyIterator<Int> {
    var rest = bits
    return AnyIterator {
      guard rest != 0 else { return nil }
      defer { rest &= rest - 1 }
      return rest.trailingZeroBitCount
    }
  }
}

/// Multiplications, as a polynomial in the dims.
struct Cost: Equatable {
  var dim: Dim
  init(_ dim: Dim) { self.dim = dim }
  static func + (a: Cost, b: Dim) -> Cost { Cost(a.dim + b) }

  /// True where this is less for all sizes: nowhere more (dims being 1 or more), or of lower degree and nowhere more than
  /// four times as much (a sum of n terms is no less than n where the other dims are 1).
  func isLess(than other: Cost) -> Bool {
    if dim == other.dim || dim.isOverflow || other.dim.isOverflow { return false }
    if Cost.isNonNegative(other.dim - dim) { return true }
    return degree < other.degree && Cost.isNonNegative(other.dim * 4 - dim)
  }
  private var degree: Int { dim.terms.map(\.factors.count).max() ?? 0 }
  /// True of a dim that is 0 or more wherever its symbols are 1 or more.
  private static func isNonNegative(_ dim: Dim) -> Bool {
    dim.substituting { Dim.symbol($0) + 1 }.isAtLeast(0) == true
  }
}
