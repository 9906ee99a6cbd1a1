import GradIR

extension Elaborator {
  /// The meaning of an expression; `error` where it has none, which has then been reported.
  ///
  /// Chains of operators, indices, `.T`, signs, powers and `else if` are loops: only brackets nest.
  func evaluate(_ id: ExpressionID) -> Value {
    if stack.isNeeded {
      let outer = stack
      stack = .ample
      defer { stack = outer }
      return DeepStack.run { evaluate(id) }
    }
    do {
      return try meaning(of: id)
    } catch {
      return .error
    }
  }

  private func meaning(of id: ExpressionID) throws -> Value {
    let tree = frame.tree
    let range = tree.range(of: id)
    switch tree[id] {
    case .missing: return .error
    case .integer(let value):
      let dim = Dim(Int(value))
      if !dim.isOverflow { return .number(.integer(dim)) }
      return .tensor(constant(Constant(integer: value, .i64), isWeak: true))
    case .float(let value): return .number(.float(value))
    case .constant(let word):
      switch word {
      case .true: return .number(.bool(true))
      case .false: return .number(.bool(false))
      case .inf: return .number(.float(.infinity))
      case .nan: return .number(.float(.nan))
      case .pi: return .number(.float(.pi))
      }
    case .name(let name): return try value(of: name, at: range)
    case .text(let text): return .text(text)
    case .list(let elements): return .list(elements.indices.map { evaluate(tree.elements[$0]) }, at: frame.isPrelude ? nil : range)
    case .tuple(let elements): return .tuple(elements.indices.map { evaluate(tree.elements[$0]) })
    case .call(let name, let arguments): return try call(name, arguments, of: id)
    case .conditional: return try conditional(id)
    case .binary(.power, _, _): return try powerChain(id)
    case .unary, .binary, .index, .transposed: return try chain(id)
    }
  }

  /// Operators whose first operand may be a long chain: walked down to the first operand, then applied one by one.
  private func chain(_ id: ExpressionID) throws -> Value {
    let tree = frame.tree
    var pending: [ExpressionID] = []
    var cursor = id
    walk: while true {
      switch tree[cursor] {
      case .unary(_, let operand):
        pending.append(cursor)
        cursor = operand
      case .binary(let binary, let left, _) where binary != .power:
        pending.append(cursor)
        cursor = left
      case .index(let operand, _), .transposed(let operand):
        pending.append(cursor)
        cursor = operand
      default: break walk
      }
    }
    var value = evaluate(cursor)
    var operand = cursor
    for next in pending.reversed() {
      // Each step recovers by itself: the other operands are still checked.
      let left = value
      do {
        value = try at(tree.range(of: next)) { try apply(next, to: left, operand) }
      } catch {
        value = .error
      }
      operand = next
    }
    return value
  }

  private func apply(_ id: ExpressionID, to value: Value, _ operand: ExpressionID) throws -> Value {
    let tree = frame.tree
    let range = tree.range(of: id)
    switch tree[id] {
    case .unary(let unary, _):
      if value.isError { return .error }
      return unary == .negate ? try negated(value, at: range) : try logical("not", [value], [tree.range(of: operand)], at: range)
    case .binary(let binary, _, let right):
      let other = evaluate(right)
      if value.isError || other.isError { return .error }
      return try self.binary(binary, value, other, operands: [operand, right], at: range)
    case .index(_, let items): return try index(value, items, at: range)
    case .transposed:
      if value.isError { return .error }
      let tensor = try tensor(value, at: range)
      return .tensor(try transposed(tensor, Array((0..<tensor.rank).reversed())))
    default: return .error
    }
  }

  /// a ^ (b ^ (c ^ …)): evaluated from the right.
  private func powerChain(_ id: ExpressionID) throws -> Value {
    let tree = frame.tree
    var pending: [ExpressionID] = []
    var cursor = id
    walk: while true {
      switch tree[cursor] {
      case .binary(.power, _, let right):
        pending.append(cursor)
        cursor = right
      case .unary(.negate, let operand):
        guard case .binary(.power, _, _) = tree[operand] else { break walk }
        pending.append(cursor)
        cursor = operand
      default: break walk
      }
    }
    var value = evaluate(cursor)
    for next in pending.reversed() {
      let right = value
      do {
        value = try at(tree.range(of: next)) {
          guard case .binary(_, let left, let exponent) = tree[next] else {
            return right.isError ? .error : try negated(right, at: tree.range(of: next))
          }
          let base = evaluate(left)
          if base.isError || right.isError { return .error }
          return try binary(.power, base, right, operands: [left, exponent], at: tree.range(of: next))
        }
      } catch {
        value = .error
      }
    }
    return value
  }

  /// if c then a else if d then b else e
  private func conditional(_ id: ExpressionID) throws -> Value {
    let tree = frame.tree
    var branches: [(id: ExpressionID, condition: Value, value: Value, range: SourceRange)] = []
    var cursor = id
    while case .conditional(let condition, let then, let otherwise) = tree[cursor] {
      branches.append((cursor, evaluate(condition), evaluate(then), tree.range(of: condition)))
      cursor = otherwise
    }
    var result = evaluate(cursor)
    for branch in branches.reversed() {
      if branch.condition.isError || branch.value.isError || result.isError {
        result = .error
        continue
      }
      let otherwise = result
      do {
        result = try at(tree.range(of: branch.id)) {
          try select(branch.condition, branch.value, otherwise, conditionRange: branch.range, at: tree.range(of: branch.id))
        }
      } catch {
        result = .error
      }
    }
    return result
  }

  // MARK: Values as tensors

  /// A value as a tensor of the graph at hand.
  func tensor(_ value: Value, at range: SourceRange?) throws -> TensorValue {
    switch value {
    case .error: throw Poison()
    case .tensor(let tensor): return tensor
    case .number(let number): return try tensor(number)
    case .list(let values, let place): return try tensor(list: values, at: place ?? range)
    case .tuple(let values):
      throw mistake("value.several", "\(values.count) values stand where one is expected", at: range, hint: "take them apart: `a, b = …`")
    case .text: throw mistake("value.text", "a text is no value", at: range)
    case .everything: throw mistake("value.text", "`all` is no value", at: range)
    }
  }

  private func tensor(_ number: Number) throws -> TensorValue {
    switch number {
    case .bool(let value): return constant(Constant(integer: value ? 1 : 0, .bool))
    case .float(let value): return constant(Constant(value, .f64), isWeak: true)
    case .integer(let dim):
      if let value = dim.constant { return constant(Constant(integer: Int64(value), .i64), isWeak: true) }
      return try emit(.dimension(dim), [], isWeak: true)
    }
  }

  /// `[1, 2]`: one constant where all is known, else a stack.
  private func tensor(list values: [Value], at range: SourceRange?) throws -> TensorValue {
    if let known = Self.constant(values) {
      try checkSize(of: Shape(known.shape.map { Dim($0) }), at: range)
      return constant(known, isWeak: known.dtype != .bool)
    }
    if values.isEmpty { return constant(Constant(dtype: .f64, shape: [0], bits: []), isWeak: true) }
    return try stacked(values.map { try tensor($0, at: range) }, axis: 0, verb: "stack", at: range)
  }

  private static func constant(_ values: [Value]) -> Constant? {
    var numbers: [Number] = []
    guard !values.isEmpty, let shape = collect(.list(values, at: nil), into: &numbers) else { return nil }
    if numbers.allSatisfy({ if case .bool = $0 { true } else { false } }) {
      return Constant(dtype: .bool, shape: shape, bits: numbers.map { $0 == .bool(true) ? 1 : 0 })
    }
    if numbers.allSatisfy({ if case .integer = $0 { true } else { false } }) {
      return Constant(
        dtype: .i64, shape: shape,
        bits: numbers.map { if case .integer(let dim) = $0 { UInt64(bitPattern: Int64(dim.constant ?? 0)) } else { 0 } })
    }
    let doubles = numbers.compactMap(\.double)
    return doubles.count == numbers.count ? Constant(dtype: .f64, shape: shape, bits: doubles.map(\.bitPattern)) : nil
  }

  /// The numbers of nested lists in order and their shape; nil where they are ragged or not known.
  private static func collect(_ value: Value, into numbers: inout [Number]) -> [Int]? {
    switch value {
    case .number(let number):
      if case .integer(let dim) = number, dim.constant == nil { return nil }
      numbers.append(number)
      return []
    case .list(let values, _):
      var inner: [Int]?
      for value in values {
        guard let shape = collect(value, into: &numbers), inner == nil || inner == shape else { return nil }
        inner = shape
      }
      return inner.map { [values.count] + $0 }
    default: return nil
    }
  }

  /// A value with a type of its own: weak floats take the model's float type.
  func hardened(_ value: TensorValue) throws -> TensorValue {
    guard value.isWeak else { return value }
    var result = value
    if value.dtype.isFloat { result = try cast(value, to: precision, at: source) }
    result.isWeak = false
    return result
  }

  static let dimLimits = "a dim is below 2^61, an expression over dims has at most \(Dim.weightLimit) terms"

  /// True of an integer that would be an expression over dims, were it small enough.
  func isTooLarge(_ value: Value) -> Bool {
    guard case .tensor(let tensor) = value, tensor.isWeak, tensor.rank == 0, tensor.dtype == .i64 else { return false }
    let node = tensor.context.builder.graph.node(of: tensor.id)
    switch node.op {
    case .constant(let constant): return Dim(Int(constant.integer(at: 0))).isOverflow
    case .map(let function):
      return ["add", "subtract", "multiply", "negate", "power"].contains(function.name)
        && node.operands.allSatisfy { operand in
          let value = Value.tensor(
            TensorValue(id: operand, type: tensor.context.builder.type(of: operand), isWeak: true, context: tensor.context))
          return integer(value) != nil || isTooLarge(value)
        }
    default: return false
    }
  }

  /// An integer known while compiling.
  func integer(_ value: Value) -> Dim? {
    switch value {
    case .number(.integer(let dim)): return dim
    case .tensor(let tensor) where tensor.isWeak && tensor.rank == 0:
      switch op(of: tensor) {
      case .constant(let constant) where constant.dtype.isInteger:
        let dim = Dim(Int(constant.integer(at: 0)))
        return dim.isOverflow ? nil : dim
      case .dimension(let dim): return dim
      default: return nil
      }
    default: return nil
    }
  }
}
