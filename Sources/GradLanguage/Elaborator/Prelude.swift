import GradIR

/// The functions that are written in the language itself: `Prelude/*.gd`, parsed when first needed.
struct Prelude: Sendable {
  let tree: SyntaxTree
  let functions: [String: Int]
  let differentiatedNames: Set<NameID>

  static let shared = Prelude()
  static let derivativeOperators: Set<String> = ["grad", "jacobian", "hessian", "jvp", "vjp"]

  private static var utf8: [UInt8] { PackageResources.activations_gd + PackageResources.statistics_gd + PackageResources.layers_gd }

  /// The part of the prelude's text that a range names.
  func text(_ range: SourceRange) -> String { String(decoding: Prelude.utf8[Int(range.lower)..<Int(range.upper)], as: UTF8.self) }

  private init() {
    let (tree, diagnostics) = Parser.parse(SourceFile(name: "prelude.gd", utf8: Prelude.utf8))
    precondition(diagnostics.isEmpty, "the prelude parses: \(diagnostics.map(\.message))")
    self.tree = tree
    var functions: [String: Int] = [:]
    for (index, function) in tree.functions.enumerated() { functions[tree.text(function.identifier.name)] = index }
    self.functions = functions
    differentiatedNames = Prelude.differentiatedNames(of: tree) { _ in false }
  }

  /// The names that derivatives in a text are taken by.
  static func differentiatedNames(of tree: SyntaxTree, isHidden: (NameID) -> Bool) -> Set<NameID> {
    var names: Set<NameID> = []
    for expression in tree.expressions {
      guard case .call(let callee, let arguments) = expression, derivativeOperators.contains(tree.text(callee)), !isHidden(callee) else {
        continue
      }
      let count = tree.text(callee) == "grad" ? arguments.indices.count : min(2, arguments.indices.count)
      for index in arguments.indices.prefix(count).dropFirst() {
        if case .name(let name) = tree[tree.arguments[index].value] { names.insert(name) }
      }
    }
    return names
  }
}
