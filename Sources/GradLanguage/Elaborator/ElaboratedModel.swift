import GradIR

/// What the command line may say about a model.
public struct ElaborationOptions: Sendable {
  /// The float type of types that name none; it wins over the file's `precision`.
  public var precision: DType?
  /// Values of dims, fixed or symbolic.
  public var bindings: [String: Int]
  /// Reads f32 as f64 wherever the text says it: for those who want the model's mathematics, not its rounding.
  public var widensFloats: Bool
  /// By default the file's precision, and no dim bound.
  public init(precision: DType? = nil, bindings: [String: Int] = [:], widensFloats: Bool = false) {
    self.precision = precision
    self.bindings = bindings
    self.widensFloats = widensFloats
  }
  /// The number type that a type of the text means.
  func meaning(of dtype: DType) -> DType { widensFloats && dtype == .f32 ? .f64 : dtype }
}

/// A model with its meaning: the graph and what is known of its dims.
public struct ElaboratedModel: Sendable {
  /// A dim as declared.
  public struct Dimension: Hashable, Sendable {
    /// As the model declares it.
    public var name: String
    /// The value of a fixed dim, or of one bound from outside; nil: the data binds it.
    public var value: Int?
    /// Where it is declared.
    public var range: SourceRange
  }
  /// Parameters are the inputs and params in the order of the text, results the outputs.
  public var graph: Graph
  /// In the order of their declarations.
  public var dimensions: [Dimension]
  /// The model's float type.
  public var precision: DType
  /// What is declared and never read.
  public var warnings: [Diagnostic]
  /// The dims that the data binds.
  public var symbolicDimensions: [String] { dimensions.filter { $0.value == nil }.map(\.name) }
}

/// The meaning of a text, or what is wrong with it: every mistake, once.
public func elaborate(_ source: SourceFile, options: ElaborationOptions = ElaborationOptions()) -> (ElaboratedModel?, [Diagnostic]) {
  let (tree, syntaxErrors) = Parser.parse(source)
  return elaborate(tree, syntaxErrors: syntaxErrors, options: options)
}

/// The meaning of a parsed text. What follows from its syntax errors is not reported again.
public func elaborate(
  _ tree: SyntaxTree, syntaxErrors: [Diagnostic], options: ElaborationOptions
) -> (ElaboratedModel?, [Diagnostic]) {
  let elaborator = Elaborator(tree, options: options, hasSyntaxErrors: !syntaxErrors.isEmpty)
  let model = elaborator.elaborateModel()
  let diagnostics = (syntaxErrors + elaborator.diagnostics).sortedByPlace()
  return (diagnostics.contains { $0.severity == .error } ? nil : model, diagnostics)
}
