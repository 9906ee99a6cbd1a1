import GradIR

/// What one loop nest of the program computes: a materialised root and the values computed in passing, with the loops around them.
struct Kernel {
  /// The node whose results are stored.
  var root: Int
  /// The values that are computed inside, element by element, and never stored.
  var inlined: [ValueID] = []
  var schedule: Schedule
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
  /// A C local of the region (rank 0).
  case scalar
  /// An array: a kernel's result.
  case memory
  /// The elements of another value in another shape.
  case view(ValueID)
  /// Not needed.
  case dead
}
