/// An element-wise function: an index into the table of records, `ScalarFunction.table`.
///
/// To add one, append its record to a family in this folder; interpreter, derivatives, C and the table tests read the record.
public struct ScalarFunction: Hashable, Sendable, CustomStringConvertible {
  public let index: UInt16

  init(index: Int) { self.index = UInt16(index) }

  /// The function of that name, if there is one.
  public init?(named name: String) {
    guard let found = ScalarFunction.byName[name] else { return nil }
    self = found
  }
  /// The function of a name written in the compiler's own text.
  public static func known(_ name: StaticString) -> ScalarFunction {
    guard let found = ScalarFunction(named: "\(name)") else { preconditionFailure("no scalar function \(name)") }
    return found
  }

  /// `where`, and the product below it, which the calculus treats apart.
  public static let select = known("select")
  public static let annihilatingMultiply = known("annihilating_multiply")

  public var record: ScalarRecord { ScalarFunction.table[Int(index)] }
  public var name: String { record.name }
  public var arity: Int { record.arity }
  public var description: String { name }

  /// Every function, in the order of the families.
  public static let all: [ScalarFunction] = table.indices.map { ScalarFunction(index: $0) }
  /// The partial derivatives of each function, as its record gives them.
  private static let partials: [[ScalarExpression?]] = table.map { $0.partials() }
  /// ∂f/∂xᵢ for each input; nil where no derivative passes.
  public var partials: [ScalarExpression?] { ScalarFunction.partials[Int(index)] }
  /// About how many simple operations it takes: a division some, what calls a function of analysis some tens.
  package var cost: Int {
    switch record.spelling {
    case .infix("/"): 8
    case .call(let name) where !ScalarFunction.comparing.contains(name): ScalarFunction.costOfAnalysis
    default: 1
    }
  }
  package static let costOfAnalysis = 32
  private static let comparing: Set = ["max", "min", "abs", "sign", "relu", "floor", "ceil", "round"]
  static let table: [ScalarRecord] =
    ScalarRecord.arithmetic + ScalarRecord.comparison + ScalarRecord.exponential + ScalarRecord.trigonometric
    + ScalarRecord.special + ScalarRecord.rounding
  private static let byName: [String: ScalarFunction] = Dictionary(
    uniqueKeysWithValues: table.indices.map { (table[$0].name, ScalarFunction(index: $0)) })
}

/// Which operand types a scalar function takes, and what it gives.
public enum ScalarTypeRule: Hashable, Sendable {
  /// All operands of one float or integer type, the result too.
  case arithmetic
  /// All operands of one float type, the result too.
  case float
  /// Both operands of one type (any, bool too); the result is bool.
  case comparison
  /// Bools to bool.
  case logical
  /// (bool, T, T) to T.
  case select
}

/// How generated C spells a function of C values `a`, `b`, `c`.
public enum CSpelling: Hashable, Sendable {
  /// `a + b`; integers wrap, so they are printed as unsigned arithmetic.
  case infix(String)
  /// `-a`, `!a`
  case prefix(String)
  /// `grad_exp_f32(a)`: a runtime function, its name without the type's suffix.
  case call(String)
  /// `a ? b : c`
  case conditional
}

/// A partial derivative as data: an expression over the inputs and the result.
public indirect enum ScalarExpression: Hashable, Sendable {
  case input(Int)
  case result
  case constant(Double)
  case apply(ScalarFunction, [ScalarExpression])
}

/// All that gradc knows of one element-wise function.
public struct ScalarRecord: Sendable {
  public let name: String
  public let arity: Int
  public let typeRule: ScalarTypeRule
  /// ∂f/∂xᵢ for each input; nil where no derivative passes (identically zero or not differentiable).
  public let partials: @Sendable () -> [ScalarExpression?]
  /// The reference value.
  public let evaluate: ScalarEvaluation
  public let spelling: CSpelling
}

/// Reference evaluations by type; a nil is a type that the type rule refuses.
public struct ScalarEvaluation: Sendable {
  public var f32: (@Sendable (Float, Float) -> Float)?
  public var f64: (@Sendable (Double, Double) -> Double)?
  public var i64: (@Sendable (Int64, Int64) -> Int64)?
  public var i32: (@Sendable (Int32, Int32) -> Int32)?
  public var bool: (@Sendable (Bool, Bool) -> Bool)?
  /// A comparison's answer by the order of its operands.
  public var ordering: (@Sendable (ScalarOrdering) -> Bool)?

  public init(
    f32: (@Sendable (Float, Float) -> Float)? = nil, f64: (@Sendable (Double, Double) -> Double)? = nil,
    i64: (@Sendable (Int64, Int64) -> Int64)? = nil, i32: (@Sendable (Int32, Int32) -> Int32)? = nil,
    bool: (@Sendable (Bool, Bool) -> Bool)? = nil, ordering: (@Sendable (ScalarOrdering) -> Bool)? = nil
  ) {
    self.f32 = f32
    self.f64 = f64
    self.i64 = i64
    self.i32 = i32
    self.bool = bool
    self.ordering = ordering
  }
  /// `where`, which the interpreter does itself.
  static var selection: ScalarEvaluation { ScalarEvaluation() }
}

/// How two numbers compare; `unordered` where one is NaN.
public enum ScalarOrdering: Hashable, Sendable { case less, equal, greater, unordered }

extension ScalarExpression: ExpressibleByFloatLiteral {
  public init(floatLiteral value: Double) { self = .constant(value) }

  static var a: ScalarExpression { .input(0) }
  static var b: ScalarExpression { .input(1) }
  static func call(_ name: StaticString, _ operands: ScalarExpression...) -> ScalarExpression { .apply(.known(name), operands) }
  static func + (a: Self, b: Self) -> Self { .call("add", a, b) }
  static func - (a: Self, b: Self) -> Self { .call("subtract", a, b) }
  static func * (a: Self, b: Self) -> Self { .call("multiply", a, b) }
  static func / (a: Self, b: Self) -> Self { .call("divide", a, b) }
  static prefix func - (a: Self) -> Self { .call("negate", a) }
}
