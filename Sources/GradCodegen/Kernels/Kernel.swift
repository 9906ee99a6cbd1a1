import GradIR

/// What one loop nest of the program computes: one or more roots, and the values computed in passing, with the loops around them.
struct Kernel {
  /// The nodes whose results leave it, in order.
  var members: [Member]
  /// The values that are computed inside, element by element, and never stored.
  var inlined: [ValueID] = []
  var schedule: Schedule
  /// Why it does not join others that it reads from or shares what it reads with.
  var reasons: [String] = []

  var root: Int { members[0].node }
  /// True where its loops hold what is not lowered by an op's own rule.
  var isFused: Bool {
    if members.count > 1 { return true }
    if case .column = members[0].role { return true }
    return false
  }

  /// A node that is computed in the loops of a kernel.
  struct Member {
    var node: Int
    var role: Role
    /// The extents of all loops around it, those of extent 1 left out.
    var space: [Dim] = []
    /// The pass over the row that computes it.
    var pass = 0
  }

  /// What a node is to the loops of its kernel.
  enum Role: Equatable {
    /// An element at each place.
    case element
    /// A transpose that goes through the places of its operand, and stores each element where it belongs.
    case scattered
    /// A reduction of all places.
    case total
    /// A reduction of each row: over the loops within the first `kept`.
    case row(kept: Int)
    /// A sum of all rows, column by column: over the first `rows` loops. `factor` is the operand that has one number for each row.
    case column(rows: Int, factor: Int?)
    /// A matrix product that goes by blocks of rows, which others read while they are in the nearest cache.
    case product
    /// A kernel of its own kind, which nothing joins.
    case alone
  }
}

/// How a kernel runs: its loops, outermost first.
struct Schedule {
  struct Axis {
    enum Kind: String {
      /// Its steps are independent.
      case parallel
      /// Its steps are added up in order.
      case reduction
      /// Each step needs the one before.
      case sequential
    }
    var extent: Dim
    var kind: Kind
  }
  var axes: [Axis]
  /// Of a kernel of several members: the loops that are around every pass; the others are in the passes.
  var rows: Int = 0
  var passes: Int = 1
}

/// Where a value lives while its graph runs.
enum Placement: Hashable {
  /// What the region is given: memory, or a scalar of the caller.
  case parameter(Int)
  /// A constant tensor: a `static const` array.
  case table
  /// Written out wherever it is read: a literal, a dim, an index.
  case immediate
  /// Computed inside the kernels that read it.
  case inlined
  /// A local of the kernel that computes and reads it: a row's reduction.
  case held
  /// A C local of the region (rank 0).
  case scalar
  /// An array: a kernel's result.
  case memory
  /// The elements of another value in another shape.
  case view(ValueID)
  /// Not needed.
  case dead
}
