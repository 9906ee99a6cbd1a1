import GradIR

// Expressions of floats as operations on blocks.
extension Block {
  /// True of an expression of floats that the runtime's operations compute.
  func isOperable(_ expression: Expr) -> Bool {
    guard let dtype = type(expression), dtype.isFloat else { return false }
    if isPlain(expression) { return true }
    switch expression {
    case .variable(let name): if case .expression(let value) = definitions[name] { return isOperable(value) } else { return false }
    case .load(_, let index): return stride(index).map { $0 != .zero } ?? false
    case .call(let function, let arguments) where arguments.count == 1 && BlockOperation.functions.contains(BlockOperation.stem(function)):
      return isOperable(arguments[0])
    default:
      guard let operation = BlockOperation(expression, seeing: seeing) else { return false }
      return operation.operands.allSatisfy { type($0) == dtype && isOperable($0) }
    }
  }

  /// What computes an operable expression, with the operations that it takes written.
  func operand(_ expression: Expr, into place: Operand? = nil) -> Operand? {
    guard let dtype = type(expression), dtype.isFloat else { return nil }
    if let plain = plain(expression, dtype) { return place.map { emit("copy", dtype, [plain], into: $0) } ?? plain }
    if case .variable(let name) = expression, case .expression(let value) = definitions[name] { return operand(value, into: place) }
    if case .load(let buffer, let index) = expression, let step = stride(index) {
      // Elements apart from one another
      let target = target(place, dtype)
      add(.call("grad_copy_blocks_\(dtype)", [count, pointer(target), pointer(.array(buffer, index)), step]))
      return target
    }
    let operation = BlockOperation(expression, seeing: seeing)
    if operation == nil, case .call(let function, let arguments) = expression, arguments.count == 1 {
      let stem = BlockOperation.stem(function)
      guard let argument = operand(arguments[0]) else { return nil }
      let array = spread(argument, dtype)
      let target = target(place, dtype)
      add(.call("grad_\(stem)_block_\(dtype)", [count, pointer(target), pointer(array)]))
      return target
    }
    guard let operation else { return nil }
    let operands = operation.operands.compactMap { operand($0) }
    return emit(operation.name, dtype, operands, into: place)
  }

  /// True of what needs no operation: a value that is there, an array as it lies in memory, a number for all elements.
  func isPlain(_ expression: Expr) -> Bool {
    if case .variable(let name) = expression, case .operand = definitions[name] { return true }
    if case .load(_, let index) = expression, stride(index) == .integer(1) { return true }
    return isUniform(expression) && expanded(expression).mayBeInlined
  }
  func plain(_ expression: Expr, _ dtype: DType) -> Operand? {
    guard isPlain(expression) else { return nil }
    if case .variable(let name) = expression, case .operand(let operand) = definitions[name] { return operand }
    if case .load(let buffer, let index) = expression, stride(index) == .integer(1) {
      let operand = Operand.array(buffer, expanded(index))
      prefetchLater(operand, dtype)
      return operand
    }
    let value = expanded(expression)
    if case .variable(let name) = value { return .number(name) }
    if let known = numbers[value] { return .number(known) }
    let number = local("v")
    numbers[value] = number
    result.append(.declare(.element(dtype), number, value, const: true))
    return .number(number)
  }

  func seeing(_ expression: Expr) -> Expr {
    if case .variable(let name) = expression, case .expression(let value) = definitions[name] { return seeing(value) }
    return expression
  }

  func emit(_ name: String, _ dtype: DType, _ operands: [Operand], into place: Operand?) -> Operand {
    let target = target(place, dtype)
    add(.call("grad_\(name)_blocks_\(dtype)", [count, pointer(target)] + operands.flatMap(arguments)))
    return target
  }
  /// What operations are told of an operand.
  func arguments(_ operand: Operand) -> [Expr] {
    if case .number(let number) = operand { return [.address(number), .zero] }
    return [pointer(operand), .integer(1)]
  }
  func add(_ statement: Stmt) {
    flush()
    operationCount += 1
    result.append(statement)
    if !toPrefetch.isEmpty { prefetchOne() }
  }
  func target(_ place: Operand?, _ dtype: DType) -> Operand {
    guard let place else { return .array(newArray(dtype), nil) }
    prefetchLater(place, dtype)
    return place
  }
  /// What the next block goes on with is asked for, once.
  func prefetchLater(_ operand: Operand, _ dtype: DType) {
    guard case .array(let array, let index?) = operand, continuedArrays.contains(array) else { return }
    let operand = Operand.array(array, expanded(index))
    if prefetched.insert(operand).inserted { toPrefetch.append((dtype, operand)) }
  }
  /// Of the array that waits longest: one after each operation, so that the memory keeps up.
  func prefetchOne() {
    let (dtype, operand) = toPrefetch.removeFirst()
    let next = Expr.binary("+", pointer(operand), .integer(BlockLoops.size)).simplified
    result.append(.call("grad_prefetch_blocks_\(dtype)", [count, next]))
  }
  func spread(_ operand: Operand, _ dtype: DType) -> Operand {
    if case .number = operand { return emit("copy", dtype, [operand], into: nil) }
    return operand
  }
}
