import GradIR

/// One loop being written as calls on blocks. The statements are taken in their order; a value that one other statement reads is written
/// where it is read, so that the operations are as rich as they can be.
final class Block {
  /// What an operation reads or writes.
  private enum Operand: Hashable {
    /// An array, from the index on that the loop's variable has; nil: an array of the block's own, from its start.
    case array(String, Expr?)
    /// One number for all elements.
    case number(String)
  }
  private enum Definition {
    case operand(Operand)
    /// Written where it is read.
    case expression(Expr)
  }

  private static let arrayLimit = 24

  private let body: [Stmt]
  private let variable: String
  private let start: Expr
  private let count: Expr
  private let local: (String) -> String
  private var types: [String: DType]
  private var definitions: [String: Definition] = [:]
  /// The last statement that reads a local, be it by way of what is written where it is read.
  private var lastUse: [String: Int] = [:]
  private var useCount: [String: Int] = [:]
  private var written: Set<String> = []
  private var declared: Set<String> = []
  /// Where a value is computed at once: it is stored there later, and nothing else happens to that array.
  private var homes: [String: Operand] = [:]

  private var result: [Stmt] = []
  /// The locals of numbers for all elements.
  private var numbers: [Expr: String] = [:]
  private var arrays: [(name: String, dtype: DType)] = []
  private var free: [DType: [String]] = [:]
  /// Of the statement at hand: arrays that are free when it is done.
  private var temporaries: Set<String> = []
  /// Statements for single elements, a loop when the next operation comes.
  private var single: [Stmt] = []
  private var singleNames: Set<String> = []
  private let k: String
  private var operationCount = 0
  private var singleCount = 0

  init(
    _ body: [Stmt], _ variable: String, start: Expr, count: Expr, types: [String: DType], local: @escaping (String) -> String
  ) {
    self.body = body
    self.variable = variable
    self.start = start
    self.count = count
    self.types = types
    self.local = local
    k = local("k")
  }

  /// What stands for the loop; nil where it is as well done one by one.
  func statements() -> [Stmt]? {
    prepare()
    for (index, statement) in body.enumerated() {
      guard lower(statement, index) else { return nil }
      release(after: index)
    }
    flush()
    if operationCount <= singleCount || arrays.count > Block.arrayLimit { return nil }
    return arrays.map { .declareArray(.element($0.dtype), $0.name, BlockLoops.size) } + result
  }

  // What is known before

  /// True of a body whose elements have nothing to do with one another but for sums, and that does not branch.
  static func isIndependent(_ body: [Stmt]) -> Bool {
    var (changed, handed, loaded, stored): ([String], Set<String>, Set<String>, Set<String>) = ([], [], [], [])
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
      var names: Set<String> = []
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
  static func isReadInPlace(_ array: String, _ body: [Stmt]) -> Bool {
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

  private func prepare() {
    var stores: [String: [(index: Expr, value: Expr)]] = [:]
    var loaded: Set<String> = []
    for statement in body {
      if case .store(let buffer, let index, let value) = statement {
        written.insert(buffer)
        stores[buffer, default: []].append((index, value))
      }
      if case .declare(let type, let name, _, _) = statement {
        types[name] = type.dtype
        declared.insert(name)
      }
      var counts: [String: Int] = [:]
      for expression in statement.expressions { expression.countNames(into: &counts) }
      loaded.formUnion(counts.keys)
      for (name, count) in counts { useCount[name, default: 0] += count }
    }
    for (index, statement) in body.enumerated().reversed() {
      var reader = index
      if case .declare(_, let name, let value?, _) = statement, isWrittenWhereRead(name, value) { reader = lastUse[name] ?? index }
      var names: Set<String> = []
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
  private func isWrittenWhereRead(_ name: String, _ value: Expr) -> Bool {
    if readsWritten(value) { return false }
    switch value {
    case .load, .variable, .literal, .integer: return true
    default: return types[name] == .i64 ? !value.containsLoad : useCount[name] == 1
    }
  }
  private func readsWritten(_ value: Expr) -> Bool {
    if value.loads(fromAny: written) { return true }
    var names: Set<String> = []
    value.collectNames(into: &names)
    return names.contains { name in
      switch definitions[name] {
      case .operand(.array(let buffer, _)): written.contains(buffer) && homes[name] == nil
      default: false
      }
    }
  }

  // Statements

  /// False where the loop cannot be taken apart.
  private func lower(_ statement: Stmt, _ index: Int) -> Bool {
    switch statement {
    case .declare(let type, let name, let value?, _):
      guard let dtype = type.dtype else { return false }
      if case .array(_, .some(let place)) = homes[name], stride(place) != .integer(1) { homes[name] = nil }
      if isWrittenWhereRead(name, value) {
        definitions[name] = .expression(value)
      } else if isOperable(value), let operand = operand(value, into: homes[name]) {
        if case .array(let array, nil) = operand { temporaries.remove(array) }
        definitions[name] = .operand(operand)
      } else {
        homes[name] = nil
        let array = newArray(dtype)
        temporaries.remove(array)
        one { .store(array, .variable($0.k), $0.element(value)) }
        definitions[name] = .operand(.array(array, nil))
      }
    case .store(let buffer, let place, let value):
      if case .variable(let name) = value, homes[name] == .array(buffer, place), case .operand = definitions[name] { break }
      keepWhatIsOverwritten(buffer, index)
      if stride(place) == .integer(1), isOperable(value), operand(value, into: .array(buffer, place)) != nil { break }
      one { .store(buffer, $0.element(place), $0.element(value)) }
    case .call(let function, let arguments):
      if function == "grad_sum_add_f32" || function == "grad_sum_add_f64", isOperable(arguments[1]),
        let value = operand(arguments[1])
      {
        add(.call("grad_sum_add_block_\(function.suffix(3))", [arguments[0], count, pointer(spread(value, DType(function)))]))
      } else {
        one { .call(function, arguments.map($0.element)) }
      }
    case .assign(let name, .call(let function, let arguments)):
      if ["grad_max_f32", "grad_max_f64", "grad_min_f32", "grad_min_f64"].contains(function), arguments.first == .variable(name),
        isOperable(arguments[1]), let value = operand(arguments[1])
      {
        let whole = Expr.call(
          "grad_\(BlockOperation.stem(function))_of_block_\(function.suffix(3))", [count, pointer(spread(value, DType(function)))])
        add(.assign(name, .call(function, [.variable(name), whole])))
      } else {
        one { .assign(name, .call(function, arguments.map($0.element))) }
      }
    case .assign(let name, let value): one { .assign(name, $0.element(value)) }
    default: return false
    }
    return true
  }

  /// A value that stands in an array which is about to be written, and is read once more after that, is copied.
  private func keepWhatIsOverwritten(_ buffer: String, _ index: Int) {
    for (name, definition) in definitions.sorted(by: { $0.key < $1.key }) {
      guard case .operand(.array(buffer, .some(let place))) = definition, (lastUse[name] ?? 0) > index, let dtype = types[name] else {
        continue
      }
      let copy = emit("copy", dtype, [.array(buffer, place)], into: nil)
      if case .array(let array, _) = copy { temporaries.remove(array) }
      definitions[name] = .operand(copy)
    }
  }

  // Operations

  /// True of an expression of floats that the runtime's operations compute.
  private func isOperable(_ expression: Expr) -> Bool {
    guard let dtype = type(expression), dtype.isFloat else { return false }
    if isPlain(expression) { return true }
    switch expression {
    case .variable(let name): if case .expression(let value) = definitions[name] { return isOperable(value) } else { return false }
    case .load(_, let index): return stride(index).map { $0 != .zero } ?? false
    case .call(let function, let arguments) where arguments.count == 1:
      return BlockOperation.functions.contains(BlockOperation.stem(function)) && isOperable(arguments[0])
    default:
      guard let operation = BlockOperation(expression, seeing: seeing) else { return false }
      return operation.operands.allSatisfy { type($0) == dtype && isOperable($0) }
    }
  }

  /// What computes an operable expression, with the operations that it takes written.
  private func operand(_ expression: Expr, into place: Operand? = nil) -> Operand? {
    guard let dtype = type(expression), dtype.isFloat else { return nil }
    if let plain = plain(expression, dtype) { return place.map { emit("copy", dtype, [plain], into: $0) } ?? plain }
    if case .variable(let name) = expression, case .expression(let value) = definitions[name] { return operand(value, into: place) }
    if case .load(let buffer, let index) = expression, let step = stride(index) {
      // Elements apart from one another
      let target = place ?? .array(newArray(dtype), nil)
      add(.call("grad_copy_blocks_\(dtype)", [count, pointer(target), pointer(.array(buffer, index)), step]))
      return target
    }
    if case .call(let function, let arguments) = expression, arguments.count == 1 {
      let stem = BlockOperation.stem(function)
      guard let argument = operand(arguments[0]) else { return nil }
      let array = spread(argument, dtype)
      let target = place ?? .array(newArray(dtype), nil)
      add(.call("grad_\(stem)_block_\(dtype)", [count, pointer(target), pointer(array)]))
      return target
    }
    guard let operation = BlockOperation(expression, seeing: seeing) else { return nil }
    let operands = operation.operands.compactMap { operand($0) }
    return emit(operation.name, dtype, operands, into: place)
  }

  /// True of what needs no operation: a value that is there, an array as it lies in memory, a number for all elements.
  private func isPlain(_ expression: Expr) -> Bool {
    if case .variable(let name) = expression, case .operand = definitions[name] { return true }
    if case .load(_, let index) = expression, stride(index) == .integer(1) { return true }
    return isUniform(expression) && expanded(expression).mayBeInlined
  }
  private func plain(_ expression: Expr, _ dtype: DType) -> Operand? {
    guard isPlain(expression) else { return nil }
    if case .variable(let name) = expression, case .operand(let operand) = definitions[name] { return operand }
    if case .load(let buffer, let index) = expression, stride(index) == .integer(1) { return .array(buffer, expanded(index)) }
    let value = expanded(expression)
    if case .variable(let name) = value { return .number(name) }
    if let known = numbers[value] { return .number(known) }
    let number = local("v")
    numbers[value] = number
    result.append(.declare(.element(dtype), number, value, const: true))
    return .number(number)
  }

  private func seeing(_ expression: Expr) -> Expr {
    if case .variable(let name) = expression, case .expression(let value) = definitions[name] { return seeing(value) }
    return expression
  }

  private func emit(_ name: String, _ dtype: DType, _ operands: [Operand], into place: Operand?) -> Operand {
    let target = place ?? .array(newArray(dtype), nil)
    let arguments = operands.flatMap { operand -> [Expr] in
      if case .number(let number) = operand { return [.address(number), .zero] }
      return [pointer(operand), .integer(1)]
    }
    add(.call("grad_\(name)_blocks_\(dtype)", [count, pointer(target)] + arguments))
    return target
  }
  private func add(_ statement: Stmt) {
    flush()
    operationCount += 1
    result.append(statement)
  }
  private func spread(_ operand: Operand, _ dtype: DType) -> Operand {
    if case .number = operand { return emit("copy", dtype, [operand], into: nil) }
    return operand
  }

  // Single elements
  private func one(_ statement: (Block) -> Stmt) {
    singleCount += 1
    let statement = statement(self)
    single.append(statement)
  }
  private func flush() {
    if single.isEmpty { return }
    let index = Stmt.declare(.index, variable, .binary("+", start, .variable(k)), const: true)
    let own = Function.reads(variable, in: single) ? [index] + single : single
    single = []
    singleNames = []
    result.append(.loop(variable: k, from: .zero, to: count, step: .integer(1), descends: false, body: own))
  }
  /// An expression with the values of the element at hand. What is written where it is read has a local there, if it is more than a
  /// place in memory or an index.
  private func element(_ expression: Expr) -> Expr {
    expression.replacing { name in
      switch definitions[name] {
      case .operand(.array(let array, let index)): return .load(array, index.map(element) ?? .variable(k))
      case .operand(.number(let number)): return .variable(number)
      case .expression(let value):
        if value.isAtom { return element(value) }
        if case .load = value { return element(value) }
        if singleNames.insert(name).inserted, let dtype = types[name] {
          single.append(.declare(dtype == .i64 ? .index : .element(dtype), name, element(value), const: true))
        }
        return .variable(name)
      case nil: return nil
      }
    }
  }

  // Arrays of the block's own
  private func newArray(_ dtype: DType) -> String {
    let array: String
    if let known = free[dtype]?.popLast() {
      array = known
    } else {
      array = local("block")
      arrays.append((array, dtype))
    }
    temporaries.insert(array)
    return array
  }
  private func release(after index: Int) {
    for (name, definition) in definitions {
      if case .operand(.array(let array, nil)) = definition, lastUse[name] ?? index <= index {
        temporaries.insert(array)
        definitions[name] = nil
      }
    }
    for array in temporaries.sorted() {
      if let dtype = arrays.first(where: { $0.name == array })?.dtype { free[dtype, default: []].append(array) }
    }
    temporaries = []
  }

  // Places
  private func pointer(_ operand: Operand) -> Expr {
    switch operand {
    case .array(let array, nil): return .variable(array)
    case .array(let array, .some(let index)):
      let first = expanded(index).replacing { $0 == variable ? start : nil }.simplified
      return first == .zero ? .variable(array) : .binary("+", .variable(array), first)
    case .number(let number): return .address(number)
    }
  }
  /// An index or a number without the locals that are written where they are read.
  private func expanded(_ expression: Expr) -> Expr {
    expression.replacing { name in
      if case .expression(let value) = definitions[name] { return expanded(value) }
      return nil
    }
  }
  private func isUniform(_ expression: Expr) -> Bool {
    switch expression {
    case .integer, .literal: true
    case .address: false
    case .variable(let name):
      switch definitions[name] {
      case .operand(.number): true
      case .operand(.array): false
      case .expression(let value): isUniform(value)
      case nil: name != variable && !declared.contains(name)
      }
    case .load(let buffer, let index): !written.contains(buffer) && isUniform(index)
    default: expression.parts.allSatisfy(isUniform)
    }
  }
  /// How far apart the places of neighbouring elements are; nil where that depends on the data.
  private func stride(_ index: Expr) -> Expr? {
    if isUniform(index) { return .zero }
    switch index {
    case .variable(variable): return .integer(1)
    case .variable(let name): if case .expression(let value) = definitions[name] { return stride(value) } else { return nil }
    case .binary(let symbol, let a, let b) where symbol == "+" || symbol == "-":
      guard let left = stride(a), let right = stride(b) else { return nil }
      return Expr.binary(symbol, left, right).simplified
    case .binary("*", let a, let b):
      if isUniform(a), let step = stride(b) { return Expr.binary("*", expanded(a), step).simplified }
      if isUniform(b), let step = stride(a) { return Expr.binary("*", step, expanded(b)).simplified }
      return nil
    default: return nil
    }
  }

  private func type(_ expression: Expr) -> DType? {
    switch expression {
    case .literal(let dtype, _): dtype
    case .integer: .i64
    case .variable(let name): types[name]
    case .load(let buffer, _): types[buffer]
    case .unary(_, let a): type(a)
    case .binary(let symbol, let a, _): ["<", "<=", ">", ">=", "==", "!="].contains(symbol) ? .bool : type(a)
    case .conditional(_, let a, _): type(a)
    case .call(let function, _): DType(function)
    case .cast(let type, _): type.dtype
    case .address: nil
    }
  }
}

extension DType {
  /// The type that a function's name ends with.
  fileprivate init(_ function: String) { self = DType.allCases.first { function.hasSuffix("_\($0)") } ?? .f32 }
}
