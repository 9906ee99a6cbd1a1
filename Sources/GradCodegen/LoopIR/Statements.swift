// What statements are made of.
extension Stmt {
  /// The expressions of the statement itself.
  var expressions: [Expr] {
    switch self {
    case .comment, .blank, .declareArray, .discard: []
    case .declare(_, _, let value, _): value.map { [$0] } ?? []
    case .assign(_, let value), .giveBack(let value): [value]
    case .store(_, let index, let value): [index, value]
    case .call(_, let arguments), .checkedCall(_, let arguments): arguments
    case .loop(_, let from, let to, let step, _, _): [from, to, step]
    case .whileLoop(let condition, _), .branch(let condition, _, _): [condition]
    }
  }
  /// The statements within it.
  var lists: [[Stmt]] {
    switch self {
    case .loop(_, _, _, _, _, let body), .whileLoop(_, let body): [body]
    case .branch(_, let then, let otherwise): [then, otherwise]
    default: []
    }
  }
}

extension [Stmt] {
  /// The most of them, or within one of them, that stand side by side.
  var longestRun: Int {
    var (longest, run) = (0, 0)
    for statement in self {
      let lists = statement.lists
      run = lists.isEmpty ? run + 1 : 0
      longest = Swift.max(longest, run, lists.map(\.longestRun).max() ?? 0)
    }
    return longest
  }
  /// The steps of the loops that have none within them; false where a number is open.
  func collectInnerSteps(into steps: inout [Int]) -> Bool {
    for statement in self {
      let known = steps.count
      guard statement.lists.allSatisfy({ $0.collectInnerSteps(into: &steps) }) else { return false }
      switch statement {
      case .loop(_, .integer(let from), .integer(let to), .integer(let step), _, _):
        if steps.count == known { steps.append((to - from + step - 1) / step) }
      case .loop, .whileLoop: if steps.count == known { return false }
      default: break
      }
    }
    return true
  }
}

extension Expr {
  /// What the expression is made of.
  var parts: [Expr] {
    switch self {
    case .variable, .integer, .literal, .address: []
    case .unary(_, let a), .cast(_, let a), .load(_, let a): [a]
    case .binary(_, let a, let b): [a, b]
    case .conditional(let a, let b, let c): [a, b, c]
    case .call(_, let arguments): arguments
    }
  }
  /// How deep it nests: 0 for a name or a number.
  var depth: Int { parts.isEmpty ? 0 : 1 + (parts.map(\.depth).max() ?? 0) }
  /// So deep at most nests what is printed: libtcc keeps each open operand on a stack of 256.
  static let depthLimit = 24

  /// The locals whose address it takes.
  func forEachAddress(_ body: (Name) -> Void) {
    if case .address(let name) = self { body(name) }
    for part in parts { part.forEachAddress(body) }
  }
}
