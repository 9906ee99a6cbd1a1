import GradIR

/// Thrown after a mistake has been reported (or follows from one that has): the value at hand becomes `Value.error`.
struct Poison: Error {}

/// Syntax → graph. Functions are inlined at each call, definitions elaborated when first needed, in the graph of their scope.
///
/// Topics: `+Scopes` (names), `+Statements` (dims, parameters, outputs), `+Expressions`, `+Operators` (types that meet, broadcasting),
/// `+Calls`, `+Index`, `+Derivatives`, `+Loops`; the built-in functions by family in `Builtins/`; what the language can say itself
/// in `Prelude/*.gd`.
final class Elaborator {
  let tree: SyntaxTree
  let options: ElaborationOptions
  let hasSyntaxErrors: Bool
  /// The model's float type.
  var precision: DType = .f32
  let root = ElaborationContext()
  /// The graph that nodes are added to.
  var context: ElaborationContext
  /// The names in sight.
  var frame: Frame
  let modelFrame: Frame
  /// The model's functions by name.
  var functions: [NameID: Int] = [:]
  var dimensions: [ElaboratedModel.Dimension] = []
  /// False while the types of inputs and params are read.
  var areParametersDeclared = false
  /// Names of the model that a derivative somewhere is taken by, and the prelude's own.
  var differentiatedNames: Set<NameID> = []
  var diagnostics: [Diagnostic] = []
  private var reported: Set<ReportKey> = []
  /// Functions that call themselves, which has been reported.
  var recursiveFunctions: Set<Int> = []
  /// Functions whose bodies were elaborated, for a call or on trial.
  var inlinedFunctions: Set<Int> = []
  /// True while bodies are checked that no call has reached: what they ask of dims is not asked of the model.
  var isTrial = false
  /// Names of the model that functions need, by function; found when first asked for.
  var freeNames: [Int: Set<NameID>] = [:]
  /// The place in the model of what is being elaborated.
  var source: SourceRange?
  /// What has been written out so far; bodies of loops that had to be written again count again.
  private var calls = 0
  private var operations = 0
  /// The unknown names for which what was meant has been looked for.
  var suggestions = 0
  /// Whatever recurses without a bound comes by `evaluate`, which sees to it that there is room.
  var stack = DeepStack()
  static let suggestionLimit = 20

  private struct ReportKey: Hashable {
    var id: String
    var range: SourceRange?
  }

  init(_ tree: SyntaxTree, options: ElaborationOptions, hasSyntaxErrors: Bool) {
    self.tree = tree
    self.options = options
    self.hasSyntaxErrors = hasSyntaxErrors
    context = root
    modelFrame = Frame(tree: tree, context: root)
    frame = modelFrame
  }

  // MARK: Mistakes

  /// Reports a mistake, once for each place. In the prelude it is the model's call that is at fault; in a function of the model the
  /// calls that led there are noted.
  func report(_ id: String, _ message: String, at range: SourceRange?, hint: String? = nil, notes: [Diagnostic.Note] = []) {
    var message = message
    var range = range
    var notes = notes
    var place: Frame? = frame
    while let here = place, here.isPrelude {
      if here.caller?.isPrelude != true { message = "in `\(here.functionName)`: \(message)" }
      range = here.callRange
      place = here.caller
    }
    var count = 0
    while let here = place, let caller = here.caller, count < 4 {
      if isTrial, caller === modelFrame { break }
      notes.append(Diagnostic.Note("in this call of `\(here.functionName)`", at: here.modelCallRange))
      count += 1
      place = caller
    }
    guard reported.insert(ReportKey(id: id, range: range)).inserted else { return }
    diagnostics.append(Diagnostic(id, message, at: range, hint: hint, notes: notes))
  }
  /// Reports a mistake and gives what to throw.
  func mistake(_ id: String, _ message: String, at range: SourceRange?, hint: String? = nil, notes: [Diagnostic.Note] = []) -> Poison {
    report(id, message, at: range, hint: hint, notes: notes)
    return Poison()
  }

  // MARK: Size

  /// Counts a call that is about to be inlined. Beyond the limit everything is poisoned, so that the end comes soon.
  func countCall(at range: SourceRange) throws {
    if operations >= GraphTooLarge.defaultLimit { throw Poison() }
    calls += 1
    if calls == GraphTooLarge.callLimit { report(GraphTooLarge(.calls, at: range, limit: calls)) }
    if calls >= GraphTooLarge.callLimit { throw Poison() }
  }
  private func countOperation() throws {
    if calls >= GraphTooLarge.callLimit { throw Poison() }
    operations += 1
    if operations == GraphTooLarge.defaultLimit { report(GraphTooLarge(.operations, at: source, limit: operations)) }
    if operations >= GraphTooLarge.defaultLimit { throw Poison() }
  }
  private func report(_ fault: GraphTooLarge) {
    let diagnostic = fault.diagnostic
    report(diagnostic.id, diagnostic.message, at: diagnostic.range, hint: diagnostic.hint)
  }

  // MARK: Nodes

  /// The id of a value in the graph at hand: its own, or what a loop's body reads it by.
  func resolve(_ value: TensorValue) -> ValueID { resolve(value, in: context) }
  func resolve(_ value: TensorValue, in target: ElaborationContext) -> ValueID {
    if value.context === target { return value.id }
    guard let parent = target.parent else { preconditionFailure("a value of an inner graph is used outside of it") }
    return target.bring(resolve(value, in: parent), from: parent.builder)
  }

  /// Adds a node. What the op's type rule refuses is reported in its words: checks before give better ones.
  func emitAll(_ op: Op, _ operands: [TensorValue], isWeak: Bool = false) throws -> [TensorValue] {
    try countOperation()
    let ids = operands.map(resolve)
    if case .constant = op {
    } else {
      do {
        for type in try TypeRule.infer(op, ids.map(context.builder.type(of:))) where type.rank > Self.rankLimit {
          try checkSize(of: type.shape, at: source)
        }
      } catch let error as TypeRuleError {
        throw mistake(error.isTooLarge ? "dim.size" : "type.rule", error.message, at: source)
      }
    }
    context.builder.source = source
    return context.builder.addAll(op, ids).map {
      TensorValue(id: $0, type: context.builder.type(of: $0), isWeak: isWeak, context: context)
    }
  }
  func emit(_ op: Op, _ operands: [TensorValue], isWeak: Bool = false) throws -> TensorValue {
    try emitAll(op, operands, isWeak: isWeak)[0]
  }
  func map(_ name: String, _ operands: [TensorValue], isWeak: Bool) throws -> TensorValue {
    guard let function = ScalarFunction(named: name) else { preconditionFailure("no scalar function \(name)") }
    return try emit(.map(function), operands, isWeak: isWeak)
  }
  func constant(_ value: Constant, isWeak: Bool = false) -> TensorValue {
    context.builder.source = source
    let id = context.builder.constant(value)
    return TensorValue(id: id, type: value.type, isWeak: isWeak, context: context)
  }

  /// The op that gives a value, where it is one of the graph at hand or around it.
  func op(of value: TensorValue) -> Op { value.context.builder.graph.node(of: value.id).op }

  /// What must hold when dims are bound: decided here where it can be.
  func require(
    _ left: Dim, _ relation: Requirement.Relation, _ right: Dim, id: String, _ message: @autoclosure () -> String, at range: SourceRange?
  ) throws {
    let holds: Bool? =
      switch relation {
      // What is beyond all dims holds for none.
      case _ where left.isOverflow || right.isOverflow: false
      case .equal: left == right ? true : (left - right).constant.map { $0 == 0 } ?? undecidedEquality(left, right)
      case .atLeast: left.isAtLeast(right)
      }
    switch holds {
    case true: return
    case false: throw mistake(id, message(), at: range)
    default:
      if isTrial { return }
      root.builder.require(Requirement(left, relation, right, message: message(), source: frame.isPrelude ? frame.modelCallRange : range))
    }
  }
  /// False where two dims differ for all values of the symbols.
  private func undecidedEquality(_ left: Dim, _ right: Dim) -> Bool? {
    left.isAtLeast(right + 1) == true || right.isAtLeast(left + 1) == true ? false : nil
  }

  /// Runs a body with the place of an expression as the source of its nodes.
  func at<Result>(_ range: SourceRange, _ body: () throws -> Result) rethrows -> Result {
    let outer = source
    source = frame.isPrelude ? frame.modelCallRange : range
    defer { source = outer }
    return try body()
  }
}
