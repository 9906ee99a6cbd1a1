import GradIR

// What is known of a loop before it is taken apart.
extension Block {
  /// True of a body whose elements have nothing to do with one another but for sums, and that does not branch.
  static func isIndependent(_ body: [Stmt]) -> Bool {
    var (changed, handed, loaded, stored): ([Name], Set<Name>, Set<Name>, Set<Name>) = ([], [], [], [])
    for statement in body {
      switch statement {
      case .declare(_, _, .some, const: true): break
      case .store(let buffer, _, _): stored.insert(buffer)
      case .assign(let name, _): changed.append(name)
      case .call(_, let arguments):
        for argument in arguments {
          argument.forEachAddress { changed.append($0) }
          argument.collectPointers(into: &handed)
        }
      default: return false
      }
    }
    let accumulators = Set(changed)
    // Each is added to by one statement alone, for the order of what is added is that of the elements.
    if accumulators.count < changed.count { return false }
    for statement in body {
      var names: Set<Name> = []
      for expression in statement.expressions { expression.collectNames(into: &names) }
      switch statement {
      case .assign(let own, _): names.remove(own)
      case .call(_, let arguments): for argument in arguments { argument.forEachAddress { names.remove($0) } }
      default: break
      }
      if !names.isDisjoint(with: accumulators) { return false }
      loaded.formUnion(names)
      // A kernel that is called may write to an array that it is handed.
      if statement.expressions.contains(where: { $0.loads(fromAny: handed) }) { return false }
    }
    // What the loop writes is read before that, and only the element itself.
    return stored.intersection(loaded).allSatisfy { Block.isReadInPlace($0, body) }
  }

  /// True of an array whose elements are read where they are written, and before.
  static func isReadInPlace(_ array: Name, _ body: [Stmt]) -> Bool {
    var places: Set<Expr> = []
    var isStored = false
    for statement in body {
      var own: Set<Expr> = []
      for expression in statement.expressions { expression.collectPlaces(of: array, into: &own) }
      if isStored && !own.isEmpty { return false }
      places.formUnion(own)
      if case .store(array, let index, _) = statement {
        isStored = true
        places.insert(index)
      }
    }
    return isStored && places.count == 1
  }

  func prepare() {
    var stores: [Name: [(index: Expr, value: Expr)]] = [:]
    var loaded: Set<Name> = []
    for statement in body {
      if case .store(let buffer, let index, let value) = statement {
        written.insert(buffer)
        stores[buffer, default: []].append((index, value))
      }
      if case .declare(let type, let name, _, _) = statement {
        types[name] = type.dtype
        declared.insert(name)
      }
      var counts: [Name: Int] = [:]
      for expression in statement.expressions { expression.countNames(into: &counts) }
      loaded.formUnion(counts.keys)
      for (name, count) in counts { useCount[name, default: 0] += count }
    }
    for (index, statement) in body.enumerated().reversed() {
      var reader = index
      if case .declare(_, let name, let value?, _) = statement, isWrittenWhereRead(name, value) { reader = lastUse[name] ?? index }
      var names: Set<Name> = []
      for expression in statement.expressions { expression.collectNames(into: &names) }
      for name in names { lastUse[name] = max(lastUse[name] ?? reader, reader) }
    }
    for (buffer, places) in stores where !loaded.contains(buffer) && places.count == 1 {
      if case .variable(let name) = places[0].value, homes[name] == nil, types[name] == types[buffer] {
        homes[name] = .array(buffer, places[0].index)
      }
    }
  }

  /// True of what one statement reads, or what is as cheap to read again, where nothing that it reads is written on the way.
  func isWrittenWhereRead(_ name: Name, _ value: Expr) -> Bool {
    if readsWritten(value) { return false }
    switch value {
    case .load, .variable, .literal, .integer: return true
    default: return types[name] == .i64 ? !value.containsLoad : useCount[name] == 1
    }
  }
  func readsWritten(_ value: Expr) -> Bool {
    if value.loads(fromAny: written) { return true }
    var names: Set<Name> = []
    value.collectNames(into: &names)
    return names.contains { name in
      switch definitions[name] {
      case .operand(.array(let buffer, _)): written.contains(buffer) && homes[name] == nil
      default: false
      }
    }
  }
}
