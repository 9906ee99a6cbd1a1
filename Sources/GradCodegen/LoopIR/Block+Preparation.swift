import GradIR

// What is known of a loop before it is taken apart.
extension Block {
  /// True of a body whose elements have nothing to do with one another but for sums, and that does not branch.
  static func isIndependent(_ body: [Stmt], _ variable: Name) -> Bool {
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
    // What the loop writes is read before that, and only by the step that writes it.
    let places = StepPlaces(body, variable)
    return stored.intersection(loaded).allSatisfy { Block.isReadInPlace($0, body) || places.areOwn($0) }
  }

  /// True of an array whose elements are read where they are written, and before.
  static func isReadInPlace(_ array: Name, _ body: [Stmt]) -> Bool { Stmt.placesReadThenWritten(array, body)?.count == 1 }

  func prepare() {
    var stores: [Name: [(index: Expr, value: Expr)]] = [:]
    for (number, statement) in body.enumerated() {
      if case .store(let buffer, let index, let value) = statement {
        storedAt[buffer] = storedAt[buffer] ?? number
        stores[buffer, default: []].append((index, value))
      }
      if case .declare(let type, let name, _, _) = statement {
        types[name] = type.dtype
        declared.insert(name)
        if case .declare(_, _, .load(let buffer, _)?, _) = statement { arrayOf[name] = buffer }
      }
      var counts: [Name: Int] = [:]
      for expression in statement.expressions { expression.countNames(into: &counts) }
      for (name, count) in counts { useCount[name, default: 0] += count }
    }
    for (index, statement) in body.enumerated().reversed() {
      var reader = index
      if case .declare(_, let name, let value?, _) = statement, isWrittenWhereRead(name, value) { reader = lastUse[name] ?? index }
      var names: Set<Name> = []
      for expression in statement.expressions { expression.collectNames(into: &names) }
      for name in names { lastUse[name] = max(lastUse[name] ?? reader, reader) }
    }
    for (buffer, places) in stores where places.count == 1 && !streamed.contains(buffer) {
      if case .variable(let name) = places[0].value, homes[name] == nil, types[name] == types[buffer], isOver(buffer, with: name) {
        homes[name] = .array(buffer, places[0].index)
      }
    }
  }

  /// True of an array that nothing reads after the statement that declares a local.
  private func isOver(_ buffer: Name, with name: Name) -> Bool {
    guard let end = body.firstIndex(where: { if case .declare(_, name, _, _) = $0 { true } else { false } }) else { return false }
    return body.enumerated().allSatisfy { index, statement in
      var names: Set<Name> = []
      for expression in statement.expressions { expression.collectNames(into: &names) }
      guard names.contains(buffer) else { return true }
      if case .declare(_, let own, _, _) = statement, own != name { return (lastUse[own] ?? index) <= end }
      return index <= end
    }
  }
  /// True of what one statement reads, or what is as cheap to read again, where nothing that it reads is written on the way.
  func isWrittenWhereRead(_ name: Name, _ value: Expr) -> Bool {
    let arrays = writtenArrays(value)
    // A condition is part of an operation, or done one by one.
    if !arrays.isEmpty && types[name] != .bool { return false }
    // The statement that stores reads before it writes.
    for array in arrays { if let store = storedAt[array], lastUse[name] ?? Int.max > store { return false } }
    switch value {
    case .load, .variable, .literal, .integer: return true
    default: return types[name] == .i64 ? !value.containsLoad : useCount[name] == 1
    }
  }
  /// The arrays that a value is read from and the loop writes to.
  private func writtenArrays(_ value: Expr) -> [Name] {
    var names: Set<Name> = []
    value.collectNames(into: &names)
    return names.map { arrayOf[$0] ?? $0 }.filter { storedAt[$0] != nil }
  }
}
