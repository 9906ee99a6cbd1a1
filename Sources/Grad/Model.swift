import GradAD
import GradCodegen
import GradIR
import GradLanguage
import GradPasses

/// What a model is read with.
public struct ModelOptions: Hashable, Sendable {
  /// The float type of types that name none; nil leaves it to the file.
  public var precision: DType?
  /// `-D name=value`: dims bound from outside.
  public var dims: [String: Int]
  /// Reads f32 as f64: to check derivatives.
  var widensFloats = false
  /// By default the file's precision, and dims that the data binds.
  public init(precision: DType? = nil, dims: [String: Int] = [:]) {
    self.precision = precision
    self.dims = dims
  }
}

/// Everything that is wrong with a model or its data, with the text that the places are in.
public struct ModelError: Error, Sendable, CustomStringConvertible {
  /// All of them, in the order of the text.
  public var diagnostics: [Diagnostic]
  /// The text of their places; nil where they have none.
  public var source: SourceFile?
  /// An error of those diagnostics.
  public init(_ diagnostics: [Diagnostic], in source: SourceFile?) {
    self.diagnostics = diagnostics
    self.source = source
  }
  /// Each with its line of the text, as the command prints them.
  public var description: String { Diagnostic.rendered(diagnostics, in: source) }
}

/// A model through all graph stages: typed, differentiated, optimized.
///
///     let model = try Model(source: SourceFile(name: "square.gd", text: "input x: f64\noutput y = x^2, grad(x^2, x)"))
public struct Model: Sendable {
  /// The model's text.
  public let source: SourceFile
  /// The graph as written, derivatives still operators.
  public let graph: Graph
  /// The same with every derivative expanded, made anew each time that it is asked for.
  public var derivative: Graph { stages.derivative }
  /// What is run and printed. Parameters, requirements, and names and types of the results are those of `graph`.
  public var optimized: Graph { stages.result.optimized }
  /// Time of each stage and pass, in order.
  public var timings: [StageTiming] { elaboration + stages.result.timings }
  /// What is declared in the model and never read.
  public let warnings: [Diagnostic]
  /// The dims as declared, with what binds them from outside: for messages.
  let dimensions: [ElaboratedModel.Dimension]
  let options: ModelOptions
  /// Outputs that compiled code writes over inputs.
  var updates: [InPlaceUpdate] = [] {
    didSet { kept = nil }
  }
  /// The machine code that the user's cache had for this text.
  private(set) var kept: ModelCode?
  private let stages: ModelStages
  private let elaboration: [StageTiming]

  /// - Parameter tier: For `.cc`, where the user's cache has the code, the stages after the graph wait until they are asked for.
  /// - Throws: `ModelError` with every mistake of the file; `VerifierError` (a bug of the compiler) where a stage breaks the graph.
  public init(source: SourceFile, options: ModelOptions = ModelOptions(), for tier: Tier? = nil) throws {
    var clock = StageClock()
    let (elaborated, diagnostics) = clock.measure("elaborate") {
      elaborate(
        source, options: ElaborationOptions(precision: options.precision, bindings: options.dims, widensFloats: options.widensFloats))
    }
    guard let elaborated, !diagnostics.contains(where: { $0.severity == .error }) else {
      throw ModelError(diagnostics, in: source)
    }
    self.source = source
    self.options = options
    dimensions = elaborated.dimensions
    warnings = elaborated.warnings
    graph = elaborated.graph
    elaboration = clock.timings
    stages = ModelStages(elaborated.graph, of: source)
    if tier == .cc { kept = ModelCode(keptFor: self) }
    if kept == nil { try stages.make() }
  }

  /// Inputs and params in the order of the file.
  public var parameters: [Parameter] { graph.parameters }
  /// What the model returns, in order; the values are those of `graph`.
  public var outputs: [Output] { graph.results }
  /// The symbols that stay open until data binds them, in order of appearance.
  public var dims: [String] {
    var seen: Set<String> = []
    var ordered: [String] = []
    func add(_ dim: Dim) { for name in dim.symbols where seen.insert(name).inserted { ordered.append(name) } }
    for parameter in parameters { parameter.type.shape.dims.forEach(add) }
    for node in optimized.nodes { node.types.forEach { $0.shape.dims.forEach(add) } }
    for requirement in graph.requirements {
      add(requirement.left)
      add(requirement.right)
    }
    return ordered
  }
}
