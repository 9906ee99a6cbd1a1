import GradIR

// A loop whose steps may end the run, in two: the first makes the checks, so that the second is one of vectors.
//
//     for (i …) { const int64_t index = label[i]; if ((index < 0) | (index >= 10)) { return 1; } … }
//
// becomes
//
//     for (i2 …) { const int64_t index2 = label[i2]; if ((index2 < 0) | (index2 >= 10)) { return 1; } }
//     for (i …) { const int64_t index = label[i]; … }
//
// The fault is the same, for the checks keep their order and there are no others.
extension Stmt {
  /// The loops in the statement's place; the statement itself where it makes no checks, or they read what the steps write.
  func checksFirst(_ local: (String) -> Name) -> [Stmt] {
    guard case .loop(let variable, let from, let to, let step, false, let body) = self, body.contains(where: \.isCheck) else {
      return [self]
    }
    var needed: Set<Name> = []
    var checks: [Stmt] = []
    for statement in body.reversed() where statement.isCheck || statement.sets.map(needed.contains) ?? false {
      checks.append(statement)
      statement.collectNames(into: &needed)
    }
    let rest = body.filter { !$0.isCheck }
    if needed.contains(where: body.writes) || rest.contains(where: \.mayEnd) { return [self] }
    var names: [Name: Name] = [:]
    for name in [variable] + checks.compactMap(\.declares) {
      names[name] = local(String(name.text.reversed().drop(while: \.isNumber).reversed()))
    }
    let renamed = checks.reversed().map { $0.renamed(names) }
    let first = Stmt.loop(variable: names[variable] ?? variable, from: from, to: to, step: step, descends: false, body: renamed)
    return [first, .loop(variable: variable, from: from, to: to, step: step, descends: false, body: rest)]
  }

  /// What a branch does that does one thing or nothing.
  private var onlyStep: Stmt? {
    if case .branch(_, let then, let other) = self, then.count == 1, other.isEmpty { then[0] } else { nil }
  }
  private var isCheck: Bool { if case .giveBack? = onlyStep { true } else { false } }

  /// True where it may end the run.
  private var mayEnd: Bool {
    switch self {
    case .giveBack, .checkedCall: true
    default: lists.joined().contains { $0.mayEnd }
    }
  }
  private var declares: Name? { if case .declare(_, let name, _, _) = self { name } else { nil } }
  /// The local that it gives a value.
  fileprivate var sets: Name? {
    switch self {
    case .declare(_, let name, _, _): name
    case .branch: if case .assign(let name, _)? = onlyStep { name } else { nil }
    default: nil
    }
  }
  private func collectNames(into names: inout Set<Name>) {
    for expression in expressions { expression.collectNames(into: &names) }
    for statement in lists.joined() { statement.collectNames(into: &names) }
  }

  private func renamed(_ names: [Name: Name]) -> Stmt {
    func own(_ expression: Expr) -> Expr { expression.replacing { names[$0].map { .variable($0) } } }
    return switch self {
    case .declare(let type, let name, let value, let const): .declare(type, names[name] ?? name, value.map(own), const: const)
    case .assign(let name, let value): .assign(names[name] ?? name, own(value))
    case .branch(let condition, let then, let other):
      .branch(own(condition), then: then.map { $0.renamed(names) }, else: other.map { $0.renamed(names) })
    default: self
    }
  }
}

extension [Stmt] {
  /// True where a step may write to what the name stands for, and it is no local that `Stmt.sets` knows of.
  fileprivate func writes(_ name: Name) -> Bool {
    contains { statement in
      switch statement {
      case .store(let array, _, _): array == name
      case .assign(let local, _): local == name
      case .call(_, let arguments), .checkedCall(_, let arguments): arguments.contains { $0.mentions(name) }
      default: statement.sets == nil && statement.lists.contains { $0.writes(name) }
      }
    }
  }
}
extension Expr {
  fileprivate func mentions(_ name: Name) -> Bool {
    var names: Set<Name> = []
    collectNames(into: &names)
    return names.contains(name)
  }
}
