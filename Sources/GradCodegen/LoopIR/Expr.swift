import GradIR

/// The C type of a scalar or of what a pointer points to.
public enum CType: Hashable, Sendable {
  case element(DType)
  /// `int64_t`: indices, extents, counts.
  case index
  case unsigned32, unsigned64
  case status
  case bytes
  /// A state of a running sum or product of the runtime: `grad_sum_f32`.
  case accumulator(String)
  indirect case pointer(CType, const: Bool, restrict: Bool)

  static let i64 = CType.element(.i64)
}

/// An expression of the loop language: what C computes without side effects. Kept shallow, since libtcc takes little nesting.
public indirect enum Expr: Hashable, Sendable {
  case variable(Name)
  /// An `int64_t` number.
  case integer(Int)
  /// A scalar of a number type, by its bits.
  case literal(DType, UInt64)
  case unary(String, Expr)
  case binary(String, Expr, Expr)
  /// `condition ? a : b`
  case conditional(Expr, Expr, Expr)
  /// `buffer[index]`
  case load(Name, Expr)
  case call(String, [Expr])
  case cast(CType, Expr)
  /// `&name`
  case address(Name)

  static func + (a: Expr, b: Expr) -> Expr { .binary("+", a, b) }
  static func * (a: Expr, b: Expr) -> Expr { .binary("*", a, b) }
  static let zero = Expr.integer(0)

  /// True where C needs no statement to hold it: a name or a number.
  var isAtom: Bool {
    switch self {
    case .variable, .integer, .literal: true
    default: false
    }
  }
}

/// A statement of the loop language.
public indirect enum Stmt: Hashable, Sendable {
  case comment(String)
  /// `const float x = value;`, or without `const` where it is assigned to later.
  case declare(CType, Name, Expr?, const: Bool)
  /// `float block[256];`
  case declareArray(CType, Name, Int)
  /// `name = value;`
  case assign(Name, Expr)
  /// `buffer[index] = value;`
  case store(Name, Expr, Expr)
  case call(String, [Expr])
  /// `status = function(…); if (status != 0) return status;`
  case checkedCall(String, [Expr])
  /// `for (int64_t v = from; v < to; v += step)`; downwards where `descends`: from `to − 1` to `from`.
  case loop(variable: Name, from: Expr, to: Expr, step: Expr, descends: Bool, body: [Stmt])
  case whileLoop(Expr, [Stmt])
  case branch(Expr, then: [Stmt], else: [Stmt])
  case giveBack(Expr)
  /// `(void)name;`: a parameter that nothing reads.
  case discard(Name)
  case blank
}

/// One C function.
public struct Function: Hashable, Sendable {
  public struct Parameter: Hashable, Sendable {
    public var name: Name
    public var type: CType
  }
  public var name: String
  public var parameters: [Parameter]
  public var body: [Stmt]
  /// Lines that stand over the function, without comment signs.
  public var comment: [String]
  /// True where it returns a status that the caller passes on.
  public var returnsStatus: Bool
}
