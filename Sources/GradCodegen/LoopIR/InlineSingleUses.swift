// Writes a constant local that is read once into the place that reads it, so that C reads like a formula: only unnamed ones, only
// past statements that change nothing, and only as deep as every compiler takes.
extension Function {
  func inliningSingleUses() -> Function {
    var counts: [Name: Int] = [:]
    Function.countUses(body, &counts)
    var result = self
    result.body = Function.inlineUses(body, counts)
    return result
  }

  /// So many operators at most stand in one expression.
  private static let operatorLimit = 5

  private static func inlineUses(_ statements: [Stmt], _ counts: [Name: Int]) -> [Stmt] {
    var result: [Stmt] = []
    var pending: [Name: Expr] = [:]
    var order: [(name: Name, type: CType)] = []

    func resolve(_ expression: Expr) -> Expr {
      if pending.isEmpty { return expression }
      var room = operatorLimit - expression.operators
      return expression.substituting { name in
        guard let value = pending[name], value.operators <= room else { return nil }
        room -= value.operators
        pending[name] = nil
        return value
      }
    }
    func flush() {
      for (name, type) in order { if let value = pending[name] { result.append(.declare(type, name, value, const: true)) } }
      pending = [:]
      order = []
    }

    for statement in statements {
      switch statement {
      case .declare(let type, let name, let value?, const: let const):
        let resolved = resolve(value)
        if const, counts[name] == 1, isUnnamed(name), resolved.mayBeInlined, !type.isPointer {
          pending[name] = resolved
          order.append((name, type))
        } else {
          // What is still pending and read here stays a local before it.
          flushRead(by: resolved)
          result.append(.declare(type, name, resolved, const: const))
        }
      case .declare: result.append(statement)
      case .assign(let name, let value):
        let resolved = resolve(value)
        flush()
        result.append(.assign(name, resolved))
      case .store(let buffer, let index, let value):
        let resolved = resolve(value)
        flush()
        result.append(.store(buffer, index, resolved))
      case .call(let function, let arguments):
        let resolved = arguments.map(resolve)
        flush()
        result.append(.call(function, resolved))
      case .checkedCall(let function, let arguments):
        let resolved = arguments.map(resolve)
        flush()
        result.append(.checkedCall(function, resolved))
      case .loop(let variable, let from, let to, let step, let descends, let body):
        flush()
        result.append(.loop(variable: variable, from: from, to: to, step: step, descends: descends, body: inlineUses(body, counts)))
      case .whileLoop(let condition, let body):
        flush()
        result.append(.whileLoop(condition, inlineUses(body, counts)))
      case .branch(let condition, let then, let otherwise):
        flush()
        result.append(.branch(condition, then: inlineUses(then, counts), else: inlineUses(otherwise, counts)))
      case .declareArray, .giveBack, .discard, .comment, .blank:
        flush()
        result.append(statement)
      }
    }
    flush()
    return result

    func flushRead(by expression: Expr) {
      if pending.isEmpty { return }
      var readsPending = false
      expression.forEachName { if pending[$0] != nil { readsPending = true } }
      if readsPending { flush() }
    }
  }

  /// True of `v1` and `x_at2`, false of the model's own names.
  private static func isUnnamed(_ name: Name) -> Bool {
    let name = name.text.utf8
    let digits = name.reversed().prefix { (48...57).contains($0) }.count
    let stem = name.dropLast(digits)
    return digits > 0 && stem.elementsEqual("v".utf8) || stem.suffix(3).elementsEqual("_at".utf8)
  }

  private static func countUses(_ statements: [Stmt], _ counts: inout [Name: Int]) {
    func count(_ expression: Expr) { expression.countNames(into: &counts) }
    for statement in statements {
      switch statement {
      case .declare(_, _, let value, _): if let value { count(value) }
      case .assign(_, let value), .giveBack(let value): count(value)
      case .store(let buffer, let index, let value):
        counts[buffer, default: 0] += 1
        count(index)
        count(value)
      case .call(_, let arguments), .checkedCall(_, let arguments): arguments.forEach(count)
      case .loop(_, let from, let to, let step, _, let body):
        [from, to, step].forEach(count)
        countUses(body, &counts)
      case .whileLoop(let condition, let body):
        count(condition)
        countUses(body, &counts)
      case .branch(let condition, let then, let otherwise):
        count(condition)
        countUses(then, &counts)
        countUses(otherwise, &counts)
      case .discard(let name): counts[name, default: 0] += 1
      case .declareArray, .comment, .blank: break
      }
    }
  }
}

extension CType {
  var isPointer: Bool { if case .pointer = self { true } else { false } }
}

extension Expr {
  /// The operators, calls and casts in it.
  var operators: Int {
    switch self {
    case .variable, .integer, .literal, .address: 0
    case .load: 0
    case .unary(_, let a): a.operators + 1
    case .cast(_, let a): a.operators + 1
    case .binary(_, let a, let b): a.operators + b.operators + 1
    case .conditional(let a, let b, let c): a.operators + b.operators + c.operators + 1
    case .call(_, let arguments): arguments.reduce(1) { $0 + $1.operators }
    }
  }
  /// Conditionals are not written into others: libtcc has been seen to drop code around nested ones.
  var mayBeInlined: Bool {
    switch self {
    case .conditional: false
    case .variable, .integer, .literal, .address, .load: true
    case .unary(_, let a), .cast(_, let a): a.mayBeInlined
    case .binary(_, let a, let b): a.mayBeInlined && b.mayBeInlined
    case .call(_, let arguments): arguments.allSatisfy(\.mayBeInlined)
    }
  }
  /// Variables replaced; a conditional takes only loads and atoms.
  func substituting(_ replacement: (Name) -> Expr?) -> Expr {
    switch self {
    case .variable(let name): return replacement(name) ?? self
    case .integer, .literal, .address, .load: return self
    case .unary(let symbol, let a): return .unary(symbol, a.substituting(replacement))
    case .cast(let type, let a): return .cast(type, a.substituting(replacement))
    case .binary(let symbol, let a, let b):
      let left = a.substituting(replacement)
      return .binary(symbol, left, b.substituting(replacement))
    case .conditional: return self
    case .call(let name, let arguments): return .call(name, arguments.map { $0.substituting(replacement) })
    }
  }
  func countNames(into counts: inout [Name: Int]) { forEachName { counts[$0, default: 0] += 1 } }
}
