import GradIR

/// The place of an expression in a `SyntaxTree`. Operands have smaller ids than what is made of them.
public struct ExpressionID: Hashable, Sendable {
  public let index: Int32
  @inlinable public init(index: Int32) { self.index = index }
}

/// The place of a definition in a `SyntaxTree`.
public struct DefinitionID: Hashable, Sendable {
  public let index: Int32
  @inlinable public init(index: Int32) { self.index = index }
}

/// A run of entries in one of the tree's tables: the elements of a list, the arguments of a call, the items of an index.
public struct SyntaxSlice: Hashable, Sendable {
  public let start: Int32
  public let count: Int32
  public var indices: Range<Int> { Int(start)..<Int(start) + Int(count) }
}

public enum UnaryOperator: Hashable, Sendable { case negate, not }

public enum BinaryOperator: Hashable, Sendable, CaseIterable {
  case or, and
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  case add, subtract, multiply, divide, matrixMultiply, power
}

/// A constant that is a reserved word.
public enum ConstantWord: String, Hashable, Sendable { case `true`, `false`, inf, nan, pi }

/// An expression. It holds no expression itself but ids, so that deep ones cost no stack.
public enum Expression: Hashable, Sendable {
  /// What stands where an expression was expected and none was found. It has been reported.
  case missing
  /// A literal's magnitude; with a minus in front 2^63 is -2^63, already negated.
  case integer(Int64)
  case float(Double)
  case constant(ConstantWord)
  case name(NameID)
  case text(String)
  case unary(UnaryOperator, ExpressionID)
  case binary(BinaryOperator, ExpressionID, ExpressionID)
  case conditional(ExpressionID, then: ExpressionID, otherwise: ExpressionID)
  /// A call of a function by its name, which is the first word of the expression's range; `arguments` are in `SyntaxTree.arguments`.
  case call(NameID, arguments: SyntaxSlice)
  /// `items` are in `SyntaxTree.indexItems`.
  case index(ExpressionID, items: SyntaxSlice)
  /// `[a, b]`; the elements are in `SyntaxTree.elements`.
  case list(SyntaxSlice)
  /// `(a, b)`; the elements are in `SyntaxTree.elements`.
  case tuple(SyntaxSlice)
  case transposed(ExpressionID)
}

/// A name with its place.
public struct Identifier: Hashable, Sendable {
  public var name: NameID
  public var range: SourceRange
}

/// An argument of a call: by position, or by name.
public struct ArgumentSyntax: Hashable, Sendable {
  public var label: Identifier?
  public var value: ExpressionID
}

/// An item between the brackets of an index.
public enum IndexItem: Hashable, Sendable {
  case position(ExpressionID)
  case slice(start: ExpressionID?, stop: ExpressionID?, step: ExpressionID?)
  case ellipsis
}

/// A type as written: `f32[batch, 3]`, `[n]`, `i32`.
public struct TypeSyntax: Hashable, Sendable {
  /// The number type; nil: the model's float type.
  public var dtype: DType?
  /// The dims; empty for `[]` and for a type without a shape.
  public var shape: [ExpressionID]
  public var range: SourceRange
}

/// One dim of a `dim` statement.
public struct DimensionSyntax: Hashable, Sendable {
  public var identifier: Identifier
  /// The size of a fixed dim.
  public var size: ExpressionID?
}

/// A `precision` statement.
public struct PrecisionSyntax: Hashable, Sendable {
  public var dtype: DType
  public var range: SourceRange
}

/// An `input` or a `param`.
public struct ParameterSyntax: Hashable, Sendable {
  public enum Kind: Hashable, Sendable { case input, param }
  public var kind: Kind
  public var identifier: Identifier
  public var type: TypeSyntax
  /// What follows `~`: a name or a call.
  public var initializer: ExpressionID?
  public var range: SourceRange
}

/// `y = expr`, `y: T = expr`, `a, b = expr`.
public struct DefinitionSyntax: Hashable, Sendable {
  public var targets: [Identifier]
  public var type: TypeSyntax?
  public var value: ExpressionID
  public var range: SourceRange
  /// The places of all its expressions.
  public var expressions: Range<Int>
}

/// A parameter of a function.
public struct FunctionParameterSyntax: Hashable, Sendable {
  public var identifier: Identifier
  public var defaultValue: ExpressionID?
}

/// `fn f(x, y=1) = expr` or `fn f(x) { definitions; return expr }`.
public struct FunctionSyntax: Hashable, Sendable {
  public var identifier: Identifier
  public var parameters: [FunctionParameterSyntax]
  /// False where the list of parameters holds a mistake: calls are not counted against it.
  public var hasSoundParameters = true
  public var definitions: [DefinitionID]
  public var result: ExpressionID
  public var range: SourceRange
  /// The places of all its expressions, those of its definitions and defaults among them.
  public var expressions: Range<Int>
}

/// An item of an `output` statement: `name = expr`, a name, or an expression.
public struct OutputSyntax: Hashable, Sendable {
  public var label: Identifier?
  public var value: ExpressionID
  public var range: SourceRange
}

/// A parsed text: statements by kind, each in the order of the text, and the expressions they hold. A reference, for it is large
/// and never changes.
public final class SyntaxTree: Sendable {
  /// A statement, as the place in the table of its kind.
  public enum Statement: Hashable, Sendable {
    /// The dims of one `dim` statement.
    case dimensions(Range<Int>)
    case precision(Int)
    case parameter(Int)
    case definition(DefinitionID)
    case function(Int)
    /// The items of one `output` statement.
    case outputs(Range<Int>)
  }
  private let tables: SyntaxTables
  init(_ tables: SyntaxTables) { self.tables = tables }

  public var source: SourceFile { tables.source }
  public var names: NameTable { tables.names }
  public var statements: [Statement] { tables.statements }
  public var dimensions: [DimensionSyntax] { tables.dimensions }
  public var precisions: [PrecisionSyntax] { tables.precisions }
  public var parameters: [ParameterSyntax] { tables.parameters }
  /// The definitions of the model and of its functions; those of the model stand in `statements`.
  public var definitions: [DefinitionSyntax] { tables.definitions }
  public var functions: [FunctionSyntax] { tables.functions }
  public var outputs: [OutputSyntax] { tables.outputs }
  /// Names that statements with mistakes may have meant to declare: that one is unknown follows from a mistake already reported.
  public var doubtfulNames: Set<NameID> { tables.doubtfulNames }
  public var expressions: [Expression] { tables.expressions }
  public var arguments: [ArgumentSyntax] { tables.arguments }
  public var indexItems: [IndexItem] { tables.indexItems }
  public var elements: [ExpressionID] { tables.elements }

  public subscript(_ id: ExpressionID) -> Expression { tables.expressions[Int(id.index)] }
  public subscript(_ id: DefinitionID) -> DefinitionSyntax { tables.definitions[Int(id.index)] }
  /// The text of a name.
  public func text(_ name: NameID) -> String { tables.names[name] }
  /// The place of an expression, without parentheses around it.
  public func range(of id: ExpressionID) -> SourceRange { tables.ranges[Int(id.index)] }
  /// The place of the function's name in a call.
  public func calleeRange(of id: ExpressionID) -> SourceRange {
    let range = range(of: id)
    guard case .call(let name, _) = self[id] else { return range }
    return SourceRange(Int(range.lower), Int(range.lower) + tables.names[name].utf8.count)
  }
}

/// The tables of a `SyntaxTree`, as the parser fills them.
struct SyntaxTables: Sendable {
  let source: SourceFile
  var names: NameTable
  var statements: [SyntaxTree.Statement] = []
  var dimensions: [DimensionSyntax] = []
  var precisions: [PrecisionSyntax] = []
  var parameters: [ParameterSyntax] = []
  var definitions: [DefinitionSyntax] = []
  var functions: [FunctionSyntax] = []
  var outputs: [OutputSyntax] = []
  var doubtfulNames: Set<NameID> = []
  var expressions: [Expression] = []
  var ranges: [SourceRange] = []
  var arguments: [ArgumentSyntax] = []
  var indexItems: [IndexItem] = []
  var elements: [ExpressionID] = []

  init(source: SourceFile, names: NameTable) {
    self.source = source
    self.names = names
  }

  mutating func add(_ expression: Expression, at range: SourceRange) -> ExpressionID {
    expressions.append(expression)
    ranges.append(range)
    return ExpressionID(index: Int32(expressions.count - 1))
  }
}
