/// A function that every model may call, as the compiler's tables have it: for the documentation.
public struct FunctionSignature: Sendable {
  /// As the language calls it.
  public let name: String
  /// `softmax(x, axis=-1)`; `max` and `min` have two.
  public let calls: [String]
  /// The function's text, where it is written in the language itself.
  public let definition: String?

  /// All of them, in the order of their names.
  public static let all: [FunctionSignature] = (builtins + prelude + operators).sorted { $0.name < $1.name }

  private static var builtins: [FunctionSignature] {
    Builtin.table.map { name, builtin in
      let lists = builtin.isVariadic ? ["\"ij,jk->ik\" a b …"] : builtin.signatures
      return FunctionSignature(
        name: name, calls: lists.map { "\(name)(\($0.split(separator: " ").joined(separator: ", ")))" }, definition: nil)
    }
  }

  private static var prelude: [FunctionSignature] {
    let (prelude, tree) = (Prelude.shared, Prelude.shared.tree)
    return prelude.functions.filter { !$0.key.hasPrefix("_") }.map { name, index in
      let parameters = tree.functions[index].parameters.map { parameter in
        let fallback = parameter.defaultValue.map { prelude.text(tree.range(of: $0)) }
        return tree.text(parameter.identifier.name) + (fallback.map { $0 == "_all" ? "=all" : "=\($0)" } ?? "")
      }
      return FunctionSignature(
        name: name, calls: ["\(name)(\(parameters.joined(separator: ", ")))"], definition: prelude.text(tree.functions[index].range))
    }
  }

  /// What takes a function or a name for its first arguments.
  private static var operators: [FunctionSignature] {
    [
      ("grad", ["grad(f, x, …)"]), ("jacobian", ["jacobian(y, x)"]), ("hessian", ["hessian(f, x)"]), ("jvp", ["jvp(y, x, v)"]),
      ("vjp", ["vjp(y, x, u)"]), ("map", ["map(f, xs, …)"]), ("fold", ["fold(f, init, xs, …)"]), ("scan", ["scan(f, init, xs, …)"]),
    ].map { FunctionSignature(name: $0, calls: $1, definition: nil) }
  }
}
