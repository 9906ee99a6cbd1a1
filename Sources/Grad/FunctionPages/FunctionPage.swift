import GradAD
import GradIR
import GradLanguage

/// What there is to know of one function of the language: `gradc help NAME` prints it, docs/functions.md holds them all.
///
/// Signature, types, Jacobians and numbers are the compiler's own; only the words and the choice of the example are written here.
public struct FunctionPage: Sendable {
  /// As the language calls it.
  public let name: String
  /// What it gives, and what happens at edges.
  public let words: String
  /// A model of one call of it, with data.
  public let example: ModelExample

  /// - Parameters:
  ///   - model: The example: y is a call of the function, and its derivatives are asked for.
  ///   - data: The inputs of the run: `x=[1,2] k=3`.
  init(_ name: String, _ words: String, _ model: String, _ data: String = "") {
    self.name = name
    self.words = words
    example = ModelExample(model, data.split(separator: " ").map { "--set \($0)" }.joined(separator: " "))
  }

  /// A function of one argument, element by element.
  static func unary(_ name: String, _ words: String, at points: String) -> FunctionPage {
    FunctionPage(name, words, "dim n\ninput x: [n]\ny = \(name)(x)\noutput y, jacobian(y, x)", "x=\(points)")
  }

  /// The pages by kinds of functions, with what holds for the whole kind.
  static let families: [(title: String, words: String, pages: [FunctionPage])] = [
    ("Element by element", elementwiseWords, elementwise), ("Reductions", reductionWords, reductions),
    ("Linear algebra", linearAlgebraWords, linearAlgebra), ("Shapes", shapeWords, shapes),
    ("Neural networks", networkWords, networks), ("Loops", loopWords, loops), ("Derivatives", derivativeWords, derivatives),
  ]
  /// All pages, family by family.
  public static var all: [FunctionPage] { families.flatMap(\.pages) }

  /// The page of that function; nil where there is none.
  public static func page(_ name: String) -> FunctionPage? { all.first { $0.name == name } }
}

extension FunctionPage {
  /// As the compiler's tables have it; nil where they have no such function.
  public var signature: FunctionSignature? { FunctionSignature.all.first { $0.name == name } }

  /// The page as text, which is Markdown as well.
  ///
  /// - Throws: `ModelError` where the example does not run: a fault of gradc.
  public func text() throws -> String {
    let file = "\(name).gd"
    let (model, outputs) = try example.run(name: file)
    var parts = ["### \(name)", (signature?.calls ?? []).joined(separator: "\n").indented, words]
    if let definition = signature?.definition { parts += ["It is written in the language:", definition.indented] }
    let results = outputs.map { "\($0.name): \($0.tensor.typeText) = \($0.tensor.valueText())" }
    parts.append(([example.text, "", example.command(name: file)] + results).joined(separator: "\n").indented)
    let given = model.graph.parameters.map { "\($0.name): \($0.type)" }
    let types = model.graph.results.map { "\($0.name): \(model.graph.type(of: $0.value))" }
    parts.append([given, types].filter { !$0.isEmpty }.map { "`\($0.joined(separator: ", "))`" }.joined(separator: " → "))
    let jacobians = describeJacobians(of: model.graph)
    if jacobians != "no derivatives" { parts.append(jacobians.indented) }
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  /// docs/functions.md.
  public static func document() throws -> String {
    let list = families.map { family in
      "- \(family.title.lowercased()): \(family.pages.map { "[\($0.name)](#\($0.name))" }.joined(separator: " · "))"
    }
    let sections = try families.map { family in
      (["## \(family.title)", family.words] + (try family.pages.map { try $0.text() })).joined(separator: "\n\n")
    }
    return """
      # Functions

      Every function that a model may call: how it is called, what it gives, a model that calls it with what `gradc run` prints, its types, and
      the Jacobians of the operations it is made of, as `gradc inspect --stage jacobians` prints them: from y back to x, a product along
      the path, a sum over paths. `gradc help NAME` prints one entry. This page is made from the compiler's own tables; [the language](language.md) says the rest.

      \(list.joined(separator: "\n"))

      \(sections.joined(separator: "\n\n"))

      """
  }
}
