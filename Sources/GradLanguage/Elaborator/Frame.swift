import GradIR

/// The names in sight at a place: those of the model, or those of a function in one call of it.
final class Frame {
  enum Binding {
    case dimension(Int)
    case parameter(Int)
    /// One of a definition's targets.
    case definition(DefinitionID, target: Int)
    case value(Value)
  }
  enum State {
    /// Being elaborated: to need it now is to need itself.
    case active
    case done([Value])
  }
  let tree: SyntaxTree
  /// The graph that the frame's definitions are added to.
  let context: ElaborationContext
  var bindings: [NameID: Binding] = [:]
  var states: [DefinitionID: State] = [:]
  var dimensionValues: [Int: Value] = [:]
  var activeDimensions: Set<Int> = []
  var parameterValues: [Int: Value] = [:]

  // Of a function's call:
  let caller: Frame?
  let function: Int?
  let isPrelude: Bool
  /// The place of the call, in the caller's text.
  let callRange: SourceRange?
  let depth: Int

  init(tree: SyntaxTree, context: ElaborationContext) {
    self.tree = tree
    self.context = context
    caller = nil
    function = nil
    isPrelude = false
    callRange = nil
    depth = 0
  }
  init(tree: SyntaxTree, isPrelude: Bool, function: Int, context: ElaborationContext, caller: Frame, callRange: SourceRange) {
    self.tree = tree
    self.context = context
    self.caller = caller
    self.function = function
    self.isPrelude = isPrelude
    self.callRange = callRange
    depth = caller.depth + 1
  }

  var functionName: String { function.map { tree.text(tree.functions[$0].identifier.name) } ?? "" }
  /// The place in the model's text from which the frame was called.
  var modelCallRange: SourceRange? {
    var place: Frame? = self
    while let here = place {
      if here.caller?.isPrelude != true { return here.callRange }
      place = here.caller
    }
    return nil
  }
}
