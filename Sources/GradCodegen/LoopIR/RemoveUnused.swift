// Removes constant locals that nothing reads: what was computed for a value of which only a part is needed.
extension Function {
  /// The function without unused constants, and the names that it still reads.
  func removingUnused() -> (function: Function, used: Set<Name>) {
    var result = self
    while true {
      var used = Set<Name>(minimumCapacity: 32)
      var removed = false
      result.body = Function.removeUnused(result.body, &used, result.namesRead, &removed)
      if !removed { return (result, used) }
    }
  }

  /// Names that some statement reads, an assignment to the name itself aside.
  var namesRead: Set<Name> {
    var read = Set<Name>(minimumCapacity: 32)
    Function.collectReads(body, &read)
    return read
  }

  static func reads(_ name: Name, in statements: [Stmt]) -> Bool {
    var read: Set<Name> = []
    collectReads(statements, &read)
    return read.contains(name)
  }

  /// Names that some statement reads, an assignment to the name itself aside.
  private static func collectReads(_ statements: [Stmt], _ read: inout Set<Name>) {
    for statement in statements {
      switch statement {
      case .declare(_, _, let value, _): value?.collectNames(into: &read)
      case .assign(let name, let value):
        value.forEachName { if $0 != name { read.insert($0) } }
      case .store(let buffer, let index, let value):
        read.insert(buffer)
        index.collectNames(into: &read)
        value.collectNames(into: &read)
      case .call(_, let arguments), .checkedCall(_, let arguments): for argument in arguments { argument.collectNames(into: &read) }
      case .loop(_, let from, let to, let step, _, let body):
        for expression in [from, to, step] { expression.collectNames(into: &read) }
        collectReads(body, &read)
      case .whileLoop(let condition, let body):
        condition.collectNames(into: &read)
        collectReads(body, &read)
      case .branch(let condition, let then, let otherwise):
        condition.collectNames(into: &read)
        collectReads(then, &read)
        collectReads(otherwise, &read)
      case .giveBack(let value): value.collectNames(into: &read)
      case .discard(let name): read.insert(name)
      case .declareArray, .comment, .blank: break
      }
    }
  }

  /// Backwards, for a name is declared before it is read.
  private static func removeUnused(_ statements: [Stmt], _ used: inout Set<Name>, _ read: Set<Name>, _ removed: inout Bool) -> [Stmt] {
    var kept: [Stmt] = []
    for statement in statements.reversed() {
      switch statement {
      case .declare(let type, let name, let value, const: let const):
        var isConstant = const
        if case .pointer = type { isConstant = true }
        if isConstant ? !used.contains(name) : !read.contains(name) && name != .status {
          removed = true
          continue
        }
        value?.collectNames(into: &used)
        kept.append(statement)
      case .assign(let name, let value):
        if !read.contains(name) {
          removed = true
          continue
        }
        used.insert(name)
        value.collectNames(into: &used)
        kept.append(statement)
      case .store(let buffer, let index, let value):
        used.insert(buffer)
        index.collectNames(into: &used)
        value.collectNames(into: &used)
        kept.append(statement)
      case .call(_, let arguments), .checkedCall(_, let arguments):
        for argument in arguments { argument.collectNames(into: &used) }
        kept.append(statement)
      case .loop(let variable, let from, let to, let step, let descends, let body):
        let inner = removeUnused(body, &used, read, &removed)
        if inner.isEmpty {
          removed = true
          continue
        }
        for expression in [from, to, step] { expression.collectNames(into: &used) }
        kept.append(.loop(variable: variable, from: from, to: to, step: step, descends: descends, body: inner))
      case .whileLoop(let condition, let body):
        condition.collectNames(into: &used)
        kept.append(.whileLoop(condition, removeUnused(body, &used, read, &removed)))
      case .branch(let condition, let then, let otherwise):
        let (a, b) = (removeUnused(then, &used, read, &removed), removeUnused(otherwise, &used, read, &removed))
        if a.isEmpty && b.isEmpty {
          removed = true
          continue
        }
        condition.collectNames(into: &used)
        kept.append(.branch(condition, then: a, else: b))
      case .giveBack(let value):
        value.collectNames(into: &used)
        kept.append(statement)
      case .discard(let name):
        used.insert(name)
        kept.append(statement)
      case .declareArray, .comment, .blank: kept.append(statement)
      }
    }
    return kept.reversed()
  }
}

extension Expr {
  /// The variables and buffers that the expression reads.
  func collectNames(into names: inout Set<Name>) { forEachName { names.insert($0) } }
  func forEachName(_ body: (Name) -> Void) {
    switch self {
    case .variable(let name), .address(let name): body(name)
    case .integer, .literal: break
    case .unary(_, let a), .cast(_, let a): a.forEachName(body)
    case .binary(_, let a, let b):
      a.forEachName(body)
      b.forEachName(body)
    case .conditional(let a, let b, let c):
      a.forEachName(body)
      b.forEachName(body)
      c.forEachName(body)
    case .load(let buffer, let index):
      body(buffer)
      index.forEachName(body)
    case .call(_, let arguments): for argument in arguments { argument.forEachName(body) }
    }
  }
}

extension Function {
  /// The runtime's functions and types that the function names, and the names of its tables among others.
  func collectRuntime(into names: inout Set<String>) {
    func visit(_ expression: Expr) {
      switch expression {
      case .variable, .address, .integer: break
      case .literal(let dtype, let bits):
        if let function = CPrinter.runtimeFunction(ofLiteral: dtype, bits) { names.insert(function) }
      case .unary(_, let a), .cast(_, let a), .load(_, let a): visit(a)
      case .binary(_, let a, let b):
        visit(a)
        visit(b)
      case .conditional(let a, let b, let c):
        visit(a)
        visit(b)
        visit(c)
      case .call(let name, let arguments):
        if name.hasPrefix("grad_") { names.insert(name) }
        arguments.forEach(visit)
      }
    }
    func visit(_ statements: [Stmt]) {
      for statement in statements {
        switch statement {
        case .declare(let type, _, let value, _):
          if case .accumulator(let name) = type { names.insert(name) }
          if let value { visit(value) }
        case .assign(_, let value), .giveBack(let value): visit(value)
        case .store(_, let index, let value):
          visit(index)
          visit(value)
        case .call(let name, let arguments), .checkedCall(let name, let arguments): visit(.call(name, arguments))
        case .loop(_, let from, let to, let step, _, let body):
          [from, to, step].forEach(visit)
          visit(body)
        case .whileLoop(let condition, let body):
          visit(condition)
          visit(body)
        case .branch(let condition, let then, let otherwise):
          visit(condition)
          visit(then)
          visit(otherwise)
        case .declareArray, .comment, .discard, .blank: break
        }
      }
    }
    visit(body)
  }
}
