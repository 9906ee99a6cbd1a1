import GradIR

// @ matmul dot outer einsum transpose diag trace
extension Builtin {
  nonisolated(unsafe) static let linearAlgebra: [String: Builtin] = [
    "matmul": Builtin("a b") { elaborator, arguments in
      .tensor(try elaborator.matrixProduct(arguments.tensor("a"), arguments.tensor("b"), operands: arguments.operands, at: arguments.range))
    },
    "dot": Builtin("a b") { elaborator, arguments in
      let (a, b) = (try arguments.tensor("a"), try arguments.tensor("b"))
      if a.rank == 0 || b.rank == 0 {
        let (values, isWeak) = try elaborator.promoted([a, b], at: arguments.range)
        return .tensor(try elaborator.elementwise("multiply", values, isWeak: isWeak, verb: "multiply", at: arguments.range))
      }
      return .tensor(try elaborator.dot(a, b, arguments))
    },
    "outer": Builtin("a b") { elaborator, arguments in
      let (values, isWeak) = try elaborator.promoted([arguments.tensor("a"), arguments.tensor("b")], at: arguments.range)
      let flat = try values.map { try elaborator.emit(.reshape([$0.shape.count]), [$0], isWeak: isWeak) }
      return .tensor(try elaborator.contract(flat[0], flat[1], Contraction([0], [1], [0, 1]), isWeak: isWeak))
    },
    "einsum": Builtin("*") { elaborator, arguments in .tensor(try elaborator.einsum(arguments)) },
    "transpose": Builtin("x axes=reversed") { elaborator, arguments in
      let x = try arguments.tensor("x")
      guard arguments.has("axes") else { return .tensor(try elaborator.transposed(x, Array((0..<x.rank).reversed()))) }
      let listed: [Value]
      switch try arguments.value("axes") {
      case .list(let values, _), .tuple(let values): listed = values
      case let value: listed = [value]
      }
      let found = listed.map(elaborator.shown).joined(separator: ", ")
      let axes = listed.map { elaborator.integer($0)?.constant.map { $0 < 0 ? $0 + x.rank : $0 } ?? -1 }
      guard axes.sorted() == Array(0..<x.rank) else {
        throw elaborator.mistake(
          "axis.order", "`axes` names each of the \(x.rank) axes of \(x.type) once, found \(found)", at: arguments.range("axes"))
      }
      return .tensor(try elaborator.transposed(x, axes))
    },
    "diag": Builtin("x") { elaborator, arguments in
      let x = try arguments.tensor("x")
      switch x.rank {
      case 1: return .tensor(try elaborator.emit(.diagonal(Diagonal(.embed, first: 0, second: 1)), [x], isWeak: x.isWeak))
      case 2: return .tensor(try elaborator.diagonal(x, arguments))
      default: throw elaborator.mistake("shape.rank", "`diag` takes a vector or a matrix, found \(x.type)", at: arguments.range("x"))
      }
    },
    "trace": Builtin("x") { elaborator, arguments in
      var x = try arguments.tensor("x")
      guard x.rank == 2 else { throw elaborator.mistake("shape.rank", "`trace` takes a matrix, found \(x.type)", at: arguments.range("x")) }
      if !x.dtype.isFloat { x = try elaborator.cast(x, to: .i64, at: arguments.range) }
      return .tensor(try elaborator.emit(.reduce(.sum, axes: [0]), [elaborator.diagonal(x, arguments)], isWeak: x.isWeak))
    },
  ]
}

extension Elaborator {
  func transposed(_ x: TensorValue, _ permutation: [Int]) throws -> TensorValue {
    permutation == Array(0..<x.rank) ? x : try emit(.transpose(permutation), [x], isWeak: x.isWeak)
  }

  /// The diagonal of a matrix; of one that is not square, as long as its shorter side.
  func diagonal(_ x: TensorValue, _ arguments: Arguments) throws -> TensorValue {
    var x = x
    if x.shape[0] != x.shape[1] {
      let side: Dim
      if x.shape[0].isAtLeast(x.shape[1]) == true {
        side = x.shape[1]
      } else if x.shape[1].isAtLeast(x.shape[0]) == true {
        side = x.shape[0]
      } else {
        throw mistake("shape.mismatch", "`\(arguments.name)` takes a square matrix, found \(x.type)", at: arguments.range("x"))
      }
      x = try emit(.slice([SliceAxis(count: side), SliceAxis(count: side)]), [x], isWeak: x.isWeak)
    }
    return try emit(.diagonal(Diagonal(.extract, first: 0, second: 1)), [x], isWeak: x.isWeak)
  }

  /// A contraction; a label that only one operand bears and the result lacks is summed first.
  func contract(_ left: TensorValue, _ right: TensorValue, _ contraction: Contraction, isWeak: Bool) throws -> TensorValue {
    var (left, right, contraction) = (left, right, contraction)
    let loneLeft = contraction.left.indices.filter {
      !contraction.right.contains(contraction.left[$0]) && !contraction.result.contains(contraction.left[$0])
    }
    let loneRight = contraction.right.indices.filter {
      !contraction.left.contains(contraction.right[$0]) && !contraction.result.contains(contraction.right[$0])
    }
    if !loneLeft.isEmpty {
      left = try emit(.reduce(.sum, axes: loneLeft), [left], isWeak: isWeak)
      contraction.left = contraction.left.indices.filter { !loneLeft.contains($0) }.map { contraction.left[$0] }
    }
    if !loneRight.isEmpty {
      right = try emit(.reduce(.sum, axes: loneRight), [right], isWeak: isWeak)
      contraction.right = contraction.right.indices.filter { !loneRight.contains($0) }.map { contraction.right[$0] }
    }
    return try emit(.contract(contraction), [left, right], isWeak: isWeak)
  }

  /// a @ b as NumPy has it: vectors gain an axis for the while, batch axes broadcast.
  func matrixProduct(_ a: TensorValue, _ b: TensorValue, operands: [ExpressionID], at range: SourceRange) throws -> TensorValue {
    let (values, isWeak) = try promoted([a, b], at: range)
    var (left, right) = (values[0], values[1])
    guard left.rank > 0, right.rank > 0 else {
      throw mistake(
        "shape.rank", "`@` multiplies matrices and vectors, not scalars: found \(shown(a)) and \(shown(b))", at: range,
        hint: "a product with a scalar is `*`")
    }
    let inner = (left.shape[left.rank - 1], right.shape[max(0, right.rank - 2)])
    guard inner.0 == inner.1 else {
      let hint = fittingOperand(operands, left, right) ?? shapeHint(operands, [a, b])
      throw mistake(
        "shape.mismatch", "cannot multiply \(a.shape) by \(b.shape): the inner dimensions \(inner.0) and \(inner.1) differ", at: range,
        hint: hint)
    }
    // Labels: 0 rows, 1 columns, 2 inner; batch axes from 3, counted from the right.
    let leftBatch = max(0, left.rank - 2)
    let rightBatch = max(0, right.rank - 2)
    let batch = max(leftBatch, rightBatch)
    var leftLabels: [Int] = []
    var rightLabels: [Int] = []
    var resultLabels: [Int] = []
    var leftDropped: [Int] = []
    var rightDropped: [Int] = []
    for place in (0..<batch).reversed() {
      let leftAxis = leftBatch - 1 - place
      let rightAxis = rightBatch - 1 - place
      let leftDim = leftAxis >= 0 ? left.shape[leftAxis] : nil
      let rightDim = rightAxis >= 0 ? right.shape[rightAxis] : nil
      resultLabels.append(3 + place)
      switch (leftDim, rightDim) {
      case (let l?, let r?) where l != r && l != 1 && r != 1:
        throw mistake(
          "shape.mismatch", "cannot multiply \(a.shape) by \(b.shape): the batch dimensions \(l) and \(r) differ", at: range,
          hint: shapeHint(operands, [a, b]))
      case (let l?, let r?) where l == 1 && r != 1:
        leftDropped.append(leftAxis)
        rightLabels.append(3 + place)
      case (let l?, let r?) where r == 1 && l != 1:
        rightDropped.append(rightAxis)
        leftLabels.append(3 + place)
      default:
        if leftDim != nil { leftLabels.append(3 + place) }
        if rightDim != nil { rightLabels.append(3 + place) }
      }
    }
    if !leftDropped.isEmpty { left = try emit(.reshape(left.shape.removing(leftDropped)), [left], isWeak: isWeak) }
    if !rightDropped.isEmpty { right = try emit(.reshape(right.shape.removing(rightDropped)), [right], isWeak: isWeak) }
    if a.rank > 1 {
      leftLabels.append(0)
      resultLabels.append(0)
    }
    leftLabels.append(2)
    rightLabels.append(2)
    if b.rank > 1 {
      rightLabels.append(1)
      resultLabels.append(1)
    }
    return try contract(left, right, Contraction(leftLabels, rightLabels, resultLabels), isWeak: isWeak)
  }

  /// The likely mend of a product: the second operand transposed, or a value in sight that it would take in place of the first.
  private func fittingOperand(_ operands: [ExpressionID], _ left: TensorValue, _ right: TensorValue) -> String? {
    guard !frame.isPrelude, operands.count == 2, case .name(let first) = frame.tree[operands[0]],
      case .name(let second) = frame.tree[operands[1]]
    else { return nil }
    let (a, b) = (frame.tree.text(first), frame.tree.text(second))
    if right.rank == 2, right.shape[1] == left.shape[left.rank - 1] {
      return "`\(a)` is \(left.shape), `\(b)` is \(right.shape): `\(b).T` would fit"
    }
    var wanted = left.shape
    wanted[left.rank - 1] = right.shape[max(0, right.rank - 2)]
    // In the order of the names, so that the message does not depend on hashing.
    for (name, binding) in frame.bindings.sorted(by: { $0.key.index < $1.key.index }) where name != first && name != second {
      let value: Value?
      switch binding {
      case .definition(let id, let target): if case .done(let values) = frame.states[id] { value = values[target] } else { value = nil }
      case .parameter(let index): value = frame.parameterValues[index]
      case .value(let known): value = known
      case .dimension: value = nil
      }
      guard case .tensor(let tensor)? = value, tensor.shape == wanted else { continue }
      return "\(b) takes `\(frame.tree.text(name))` of \(wanted); `\(a)` is \(left.shape)"
    }
    return nil
  }

  /// NumPy's dot: the last axis of a with the last but one of b.
  func dot(_ a: TensorValue, _ b: TensorValue, _ arguments: Arguments) throws -> TensorValue {
    let (values, isWeak) = try promoted([a, b], at: arguments.range)
    let inner = (a.shape[a.rank - 1], b.shape[max(0, b.rank - 2)])
    guard inner.0 == inner.1 else {
      throw mistake(
        "shape.mismatch", "cannot take the dot of \(a.shape) and \(b.shape): the inner dimensions \(inner.0) and \(inner.1) differ",
        at: arguments.range,
        hint: shapeHint(arguments.operands, [a, b]))
    }
    let shared = a.rank - 1
    let left = Array(0..<a.rank)
    var right = (0..<b.rank).map { a.rank + $0 }
    right[max(0, b.rank - 2)] = shared
    return try contract(values[0], values[1], Contraction(left, right, (left + right).filter { $0 != shared }), isWeak: isWeak)
  }
}
