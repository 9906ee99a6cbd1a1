/// The closed set of operations. A value is a node's result; operands come from `Node.operands`.
///
/// parameter constant dimension iota · variable stopGradient derivative · map cast · reduce cumulative contract ·
/// broadcast reshape transpose slice pad concatenate diagonal window windowAdd · gather scatterAdd argsort · loop ·
/// triangularSolve cholesky
public enum Op: Hashable, Sendable {
  /// () → the graph's parameter of that index.
  case parameter(Int)
  /// () → a literal value.
  case constant(Constant)
  /// () → i64: a dim as a number.
  case dimension(Dim)
  /// () → i64[n]: 0, 1, … n − 1.
  case iota(Dim)
  /// (x) → x, a value of its own: what a derivative is taken by. Never hash-consed (the number tells two apart); gone after `differentiate`.
  case variable(Int)
  /// (x) → x with derivative zero.
  case stopGradient
  /// What `grad`, `vjp`, `jvp` and `jacobian` elaborate to; expanded by `differentiate`, refused by the verifier afterwards.
  case derivative(DerivativeKind)
  /// (x…) → f(x…) element by element; operands have equal shapes.
  case map(ScalarFunction)
  /// (x) → x in another number type. Float → integer saturates, NaN → 0; to bool is x ≠ 0.
  case cast(DType)
  /// (x) → x without the reduced axes (sorted). argmax and argmin give the row-major index over the reduced axes, in i64.
  case reduce(Reduction, axes: [Int])
  /// (x) → running totals along an axis.
  case cumulative(Cumulation)
  /// (l, r) → Σ over the labels that the result lacks.
  case contract(Contraction)
  /// (x) → x spread to `shape`: axis k of x is axis `axes[k]` (increasing) of the result, equal in extent; the other axes are new.
  case broadcast(Shape, axes: [Int])
  /// (x) → the same elements in C order in another shape.
  case reshape(Shape)
  /// (x) → axis k of the result is axis `permutation[k]` of x.
  case transpose([Int])
  /// (x) → x[start], x[start + step], … along each axis.
  case slice([SliceAxis])
  /// (x, value) → x with `low` values before, `high` behind and `interior` between its elements along each axis.
  case pad([PadAxis])
  /// (x…) → one behind the other along an axis.
  case concatenate(axis: Int)
  /// (x) → the diagonal of two axes, or its inverse.
  case diagonal(Diagonal)
  /// (x) → for each windowed axis the window's positions in its place, the places within the window as new last axes.
  case window([WindowAxis])
  /// (w) → the transpose of `window`: sums where windows overlap. `extents` are the windowed axes' extents.
  case windowAdd([WindowAxis], extents: [Dim])
  /// (x, indices) → x[B…, A…, index, R…] in [B…, A…, I…, R…] for indices [B…, I…]. Out of range is a fault of the run.
  case gather(GatherAxis)
  /// (updates, indices) → the transpose of `gather`: zeros of extent `extent` at the axis, updates added at their indices.
  case scatterAdd(GatherAxis, extent: Dim)
  /// (x) → i64: the stable order of x ascending along an axis, NaN last.
  case argsort(axis: Int)
  /// (initial states…, sequences…, captures…) → (last states…, stacked outputs…)
  case loop(Loop)
  /// (a [.., n, n], b [.., n, k]) → x with T x = b, T the triangle of a, transposed if said.
  case triangularSolve(lower: Bool, transposed: Bool)
  /// (a [.., n, n]) → lower l with l lᵀ = a, zeros above; reads the lower triangle of a. NaN where a is not positive definite.
  case cholesky
}

/// What a `derivative` node asks for. x are operands 1…; they are variables, parameters or captures.
public enum DerivativeKind: Hashable, Sendable {
  /// (f, x…) → ∂f/∂x for each x, in x's type; f is a scalar.
  case gradient
  /// (y, x, u) → uᵀ J in x's type; u has y's type.
  case vectorJacobian
  /// (y, x, v) → J v in y's type; v has x's type.
  case jacobianVector
  /// (y, x) → shape(y) ++ shape(x), in y's number type.
  case jacobian
}

public enum Reduction: String, Hashable, Sendable, CaseIterable { case sum, prod, max, min, argmax, argmin, any, all }

/// A running total. `exclusive`: the element itself is left out (the first total is 0, 1, or −∞ for max). `reverse`: from the end.
public struct Cumulation: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable { case sum, prod, max }
  public var kind: Kind
  public var axis: Int
  public var exclusive: Bool
  public var reverse: Bool
  public init(_ kind: Kind, axis: Int, exclusive: Bool = false, reverse: Bool = false) {
    self.kind = kind
    self.axis = axis
    self.exclusive = exclusive
    self.reverse = reverse
  }
}

/// A general product: each axis bears a label; equal labels have equal extents. No label stands twice in one operand or in the
/// result, every label stands in at least two of the three, every label of the result in an operand.
///
/// Summation order: labels that the result lacks, in the order of the left operand. With free labels on both sides (a matrix
/// product) the sum is sequential in fma with blocks of 256 (`grad_product_*`); else it is the order of sums (`grad_sum_*`, by
/// `multiply_add`). Integers wrap.
public struct Contraction: Hashable, Sendable {
  public var left: [Int]
  public var right: [Int]
  public var result: [Int]
  /// A term counts as 0 where the right operand is 0, whatever the left is: a cotangent (right) below a `where`.
  public var annihilating: Bool
  public init(_ left: [Int], _ right: [Int], _ result: [Int], annihilating: Bool = false) {
    self.left = left
    self.right = right
    self.result = result
    self.annihilating = annihilating
  }
  /// The labels that are summed over, in the left operand's order.
  public var contracted: [Int] { left.filter { !result.contains($0) } }
  /// The labels in both operands and the result.
  public var batch: [Int] { left.filter { right.contains($0) && result.contains($0) } }
  public var leftFree: [Int] { left.filter { !right.contains($0) } }
  public var rightFree: [Int] { right.filter { !left.contains($0) } }
  /// True where both sides have free labels: the sequential order of sums.
  public var isMatrixProduct: Bool { !leftFree.isEmpty && !rightFree.isEmpty }
}

/// One axis of a slice: `count` elements from `start` by `step` (not 0; negative steps go down).
public struct SliceAxis: Hashable, Sendable {
  public var start: Dim
  public var count: Dim
  public var step: Int
  public init(start: Dim = 0, count: Dim, step: Int = 1) {
    self.start = start
    self.count = count
    self.step = step
  }
}

/// One axis of a pad; all three ≥ 0. The result's extent is low + high + n + max(n − 1, 0) · interior; interior > 0 asks for n ≥ 1
/// unless n is 0 by its expression.
public struct PadAxis: Hashable, Sendable {
  public var low: Dim
  public var high: Dim
  public var interior: Int
  public init(low: Dim = 0, high: Dim = 0, interior: Int = 0) {
    self.low = low
    self.high = high
    self.interior = interior
  }
}

/// extract: axes first < second of equal extent become one, in the place of `first`. embed: axis `first` becomes the diagonal of
/// axes `first` and `second` of the result, zeros elsewhere. Each is the transpose of the other.
public struct Diagonal: Hashable, Sendable {
  public enum Mode: String, Hashable, Sendable { case extract, embed }
  public var mode: Mode
  public var first: Int
  public var second: Int
  public init(_ mode: Mode, first: Int, second: Int) {
    self.mode = mode
    self.first = first
    self.second = second
  }
}

/// A window along one axis: ⌊(n − (size − 1)·dilation − 1)/stride⌋ + 1 positions.
public struct WindowAxis: Hashable, Sendable {
  public var axis: Int
  public var size: Dim
  public var stride: Int
  public var dilation: Int
  public init(axis: Int, size: Dim, stride: Int = 1, dilation: Int = 1) {
    self.axis = axis
    self.size = size
    self.stride = stride
    self.dilation = dilation
  }
  /// The number of positions of the window on an axis of that extent.
  public func positions(on extent: Dim) -> Dim {
    Dim.floorQuotient(extent - (size - 1) * Dim(dilation) - 1, Dim(stride)) + 1
  }
}

/// Where indices select: `batch` leading axes that operand and indices share, then the selected axis of the operand (counted from
/// its first axis, ≥ batch). `wrapsNegative`: −n … −1 count from the end.
public struct GatherAxis: Hashable, Sendable {
  public var axis: Int
  public var batch: Int
  public var wrapsNegative: Bool
  public init(axis: Int, batch: Int = 0, wrapsNegative: Bool = true) {
    self.axis = axis
    self.batch = batch
    self.wrapsNegative = wrapsNegative
  }
}

/// A loop of `count` steps. The body's parameters are (states…, one slice of each sequence…, captures…), its results (next states…,
/// outputs of the step…). Step t reads slice t of each sequence (axis 0) and writes slice t of each stacked output; `reverse`
/// runs t from count − 1 down to 0. Without states it is a `map`: its steps are independent.
public struct Loop: Hashable, Sendable {
  public var body: Graph
  public var count: Dim
  public var states: Int
  public var sequences: Int
  public var reverse: Bool
  public init(body: Graph, count: Dim, states: Int, sequences: Int, reverse: Bool = false) {
    self.body = body
    self.count = count
    self.states = states
    self.sequences = sequences
    self.reverse = reverse
  }
  public var captures: Int { body.parameters.count - states - sequences }
  public var outputs: Int { body.results.count - states }
}
