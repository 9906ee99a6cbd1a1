import GradIR

/// One loop being written as calls on blocks. The statements are taken in their order; a value that one other statement reads is written
/// where it is read, so that the operations are as rich as they can be.
final class Block {
  /// What an operation reads or writes.
  enum Operand: Hashable {
    /// An array, from the index on that the loop's variable has; nil: an array of the block's own, from its start.
    case array(Name, Expr?)
    /// One number for all elements.
    case number(Name)
  }
  enum Definition {
    case operand(Operand)
    /// Written where it is read.
    case expression(Expr)
  }

  /// The arrays of a block, of whole blocks: what they take of the nearest cache, and of the stack.
  private static let arrayLimit = 24

  let body: [Stmt]
  let variable: Name
  let start: Expr
  let count: Expr
  /// So many elements a block has at most.
  let most: Int
  let local: (String) -> Name
  var types: [Name: DType]
  var definitions: [Name: Definition] = [:]
  /// The last statement that reads a local, be it by way of what is written where it is read.
  var lastUse: [Name: Int] = [:]
  var useCount: [Name: Int] = [:]
  /// Where each array that the loop writes to is first stored to.
  var storedAt: [Name: Int] = [:]
  /// The locals that are elements of arrays.
  var arrayOf: [Name: Name] = [:]
  var declared: Set<Name> = []
  /// Where a value is computed at once: it is stored there later, and nothing else happens to that array.
  var homes: [Name: Operand] = [:]

  var result: [Stmt] = []
  /// The locals of numbers for all elements.
  var numbers: [Expr: Name] = [:]
  var arrays: [(name: Name, dtype: DType)] = []
  var free: [DType: [Name]] = [:]
  /// Of the statement at hand: arrays that are free when it is done.
  var temporaries: Set<Name> = []
  /// Statements for single elements, a loop when the next operation comes.
  var single: [Stmt] = []
  var singleNames: Set<Name> = []
  let k: Name
  /// The arrays that the next block goes on with, if there is one and they are in memory: its numbers are asked for meanwhile.
  let continuedArrays: Set<Name>
  /// The arrays that are written past the caches.
  let streamed: Set<Name>
  var toPrefetch: [(dtype: DType, operand: Operand)] = []
  var prefetched: Set<Operand> = []
  var operationCount = 0
  var singleCount = 0

  init(
    _ body: [Stmt], _ variable: Name, start: Expr, count: Expr, most: Int, continuedArrays: Set<Name>, streamed: Set<Name>,
    types: [Name: DType], local: @escaping (String) -> Name
  ) {
    self.body = body
    self.variable = variable
    self.start = start
    self.count = count
    self.most = most
    self.continuedArrays = continuedArrays
    self.streamed = streamed
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
    while !toPrefetch.isEmpty { prefetchOne() }
    if operationCount <= singleCount || arrays.count * most > Block.arrayLimit * BlockLoops.size { return nil }
    return arrays.map { .declareArray(.element($0.dtype), $0.name, most) } + result
  }

  // Statements

  /// False where the loop cannot be taken apart.
  func lower(_ statement: Stmt, _ index: Int) -> Bool {
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
      if isOperable(value), let dtype = type(value), let step = stride(place), step != .zero {
        if streamed.contains(buffer), step == .integer(1), let operand = operand(value) {
          add(.call("grad_stream_blocks_\(dtype)", [count, pointer(.array(buffer, place)), pointer(spread(operand, dtype))]))
          break
        }
        if step == .integer(1) {
          if operand(value, into: .array(buffer, place)) != nil { break }
        } else if let operand = operand(value) {
          add(.call("grad_copy_strided_blocks_\(dtype)", [count, pointer(.array(buffer, place)), step] + arguments(operand)))
          break
        }
      }
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
  func keepWhatIsOverwritten(_ buffer: Name, _ index: Int) {
    for (name, definition) in definitions.sorted(by: { $0.key < $1.key }) {
      guard case .operand(.array(buffer, .some(let place))) = definition, (lastUse[name] ?? 0) > index, let dtype = types[name] else {
        continue
      }
      let copy = emit("copy", dtype, [.array(buffer, place)], into: nil)
      if case .array(let array, _) = copy { temporaries.remove(array) }
      definitions[name] = .operand(copy)
    }
  }

  // Single elements
  func one(_ statement: (Block) -> Stmt) {
    singleCount += 1
    let statement = statement(self)
    single.append(statement)
  }
  func flush() {
    if single.isEmpty { return }
    let index = Stmt.declare(.index, variable, .binary("+", start, .variable(k)), const: true)
    let own = Function.reads(variable, in: single) ? [index] + single : single
    single = []
    singleNames = []
    result.append(.loop(variable: k, from: .zero, to: count, step: .integer(1), descends: false, body: own))
  }
  /// An expression with the values of the element at hand. What is written where it is read has a local there, if it is more than a
  /// place in memory or an index.
  func element(_ expression: Expr) -> Expr {
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
  func newArray(_ dtype: DType) -> Name {
    let array: Name
    if let known = free[dtype]?.popLast() {
      array = known
    } else {
      array = local("block")
      arrays.append((array, dtype))
    }
    temporaries.insert(array)
    return array
  }
  func release(after index: Int) {
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
}
