import GradIR

// reshape broadcast_to concat stack pad flip repeat · iota zeros ones full eye one_hot
extension Builtin {
  nonisolated(unsafe) static let shapes: [String: Builtin] = [
    "reshape": Builtin("x shape") { elaborator, arguments in .tensor(try elaborator.reshaped(arguments)) },
    "broadcast_to": Builtin("x shape") { elaborator, arguments in
      let x = try arguments.tensor("x")
      let shape = try elaborator.checkedShape(arguments.shape("shape"), at: arguments.range("shape"))
      guard x.rank <= shape.rank,
        zip(x.shape.dims, shape.dims.suffix(x.rank)).allSatisfy({ $0 == $1 || $0 == 1 })
      else {
        throw elaborator.mistake(
          "shape.mismatch", "cannot spread \(x.shape) to \(shape)", at: arguments.range,
          hint: "shapes align at the right; a dimension of 1 expands")
      }
      return .tensor(try elaborator.broadcast(x, to: shape))
    },
    "concat": Builtin("parts axis=0") { elaborator, arguments in
      let parts = try elaborator.parts(arguments)
      guard parts[0].rank > 0 else {
        throw elaborator.mistake(
          "shape.rank", "scalars have no axis to be joined along", at: arguments.range("parts"),
          hint: "`stack([a, b])` makes a vector of them")
      }
      let axis = try arguments.axis("axis", rank: parts[0].rank, default: 0)
      let (values, isWeak) = try elaborator.promoted(parts, keepsBool: true, at: arguments.range)
      for value in values.dropFirst() where value.rank != values[0].rank || value.shape.removing([axis]) != values[0].shape.removing([axis])
      {
        throw elaborator.mistake(
          "shape.mismatch", "cannot join \(values[0].shape) and \(value.shape) along axis \(axis): the other dimensions differ",
          at: arguments.range("parts"))
      }
      return .tensor(values.count == 1 ? values[0] : try elaborator.emit(.concatenate(axis: axis), values, isWeak: isWeak))
    },
    "stack": Builtin("parts axis=0") { elaborator, arguments in
      let parts = try elaborator.parts(arguments)
      let axis = try arguments.axis("axis", rank: parts[0].rank + 1, default: 0)
      return .tensor(try elaborator.stacked(parts, axis: axis, verb: "stack", at: arguments.range("parts")))
    },
    "pad": Builtin("x widths value=0") { elaborator, arguments in .tensor(try elaborator.padded(arguments)) },
    "flip": Builtin("x axis=all") { elaborator, arguments in
      let x = try arguments.tensor("x")
      let axes = try arguments.axes(rank: x.rank)
      if axes.isEmpty { return .tensor(x) }
      return .tensor(
        try elaborator.emit(
          .slice(
            x.shape.dims.enumerated().map { axis, extent in
              axes.contains(axis) ? SliceAxis(start: extent - 1, count: extent, step: -1) : SliceAxis(count: extent)
            }), [x], isWeak: x.isWeak))
    },
    "repeat": Builtin("x n axis=0") { elaborator, arguments in
      let x = try arguments.tensor("x")
      let count = try arguments.dim("n")
      try elaborator.require(count, .atLeast, 0, id: "dim.negative", "a count of \(count) is negative", at: arguments.range("n"))
      let axis = try arguments.axis("axis", rank: x.rank, default: 0)
      // [.., n, ..] → [.., n, count, ..] → [.., n · count, ..]
      var spread = x.shape.dims
      spread.insert(count, at: axis + 1)
      let places = (0..<x.rank).map { $0 <= axis ? $0 : $0 + 1 }
      let repeated = try elaborator.emit(.broadcast(Shape(spread), axes: places), [x], isWeak: x.isWeak)
      var merged = x.shape.dims
      merged[axis] = merged[axis] * count
      return .tensor(try elaborator.emit(.reshape(Shape(merged)), [repeated], isWeak: x.isWeak))
    },
    "iota": Builtin("n") { elaborator, arguments in
      let count = try arguments.dim("n")
      try elaborator.require(count, .atLeast, 0, id: "dim.negative", "a count of \(count) is negative", at: arguments.range("n"))
      return .tensor(try elaborator.emit(.iota(count), []))
    },
    "zeros": Builtin("shape") { elaborator, arguments in .tensor(try elaborator.filled(.number(.float(0)), arguments)) },
    "ones": Builtin("shape") { elaborator, arguments in .tensor(try elaborator.filled(.number(.float(1)), arguments)) },
    "full": Builtin("shape value") { elaborator, arguments in .tensor(try elaborator.filled(arguments.value("value"), arguments)) },
    "eye": Builtin("n") { elaborator, arguments in
      let count = try arguments.dim("n")
      try elaborator.require(count, .atLeast, 0, id: "dim.negative", "a count of \(count) is negative", at: arguments.range("n"))
      let ones = try elaborator.broadcast(elaborator.tensor(.number(.float(1)), at: arguments.range), to: [count])
      return .tensor(try elaborator.emit(.diagonal(Diagonal(.embed, first: 0, second: 1)), [ones], isWeak: true))
    },
    "one_hot": Builtin("i n") { elaborator, arguments in
      let indices = try arguments.tensor("i")
      let count = try arguments.dim("n")
      try elaborator.require(count, .atLeast, 0, id: "dim.negative", "a count of \(count) is negative", at: arguments.range("n"))
      guard indices.dtype.isInteger else {
        throw elaborator.mistake("index.type", "`one_hot` takes integers, found \(elaborator.shown(indices))", at: arguments.range("i"))
      }
      let shape = indices.shape + [count]
      let wide = try elaborator.cast(indices, to: .i64, at: arguments.range("i"))
      let columns = try elaborator.emit(
        .broadcast(shape, axes: [indices.rank]), [elaborator.emit(.iota(count), [])])
      let rows = try elaborator.emit(.broadcast(shape, axes: Array(0..<indices.rank)), [wide])
      let hits = try elaborator.map("equal", [rows, columns], isWeak: false)
      return .tensor(try elaborator.emit(.cast(elaborator.precision), [hits]))
    },
  ]
}

extension Elaborator {
  /// A shape whose dims are 0 or more and whose size is in range.
  func checkedShape(_ dims: [Dim], at range: SourceRange) throws -> Shape {
    for dim in dims { try require(dim, .atLeast, 0, id: "dim.negative", "the dimension \(dim) is negative", at: range) }
    let shape = Shape(dims)
    try checkSize(of: shape, at: range)
    return shape
  }

  func filled(_ value: Value, _ arguments: Arguments) throws -> TensorValue {
    let shape = try checkedShape(arguments.shape("shape"), at: arguments.range("shape"))
    let scalar = try tensor(value, at: arguments.range("value"))
    guard scalar.rank <= shape.rank, zip(scalar.shape.dims, shape.dims.suffix(scalar.rank)).allSatisfy({ $0 == $1 || $0 == 1 }) else {
      throw mistake("shape.mismatch", "cannot spread \(scalar.shape) to \(shape)", at: arguments.range)
    }
    return try broadcast(scalar, to: shape)
  }

  /// The parts that `concat` and `stack` join: a list of at least one.
  func parts(_ arguments: Arguments) throws -> [TensorValue] {
    switch try arguments.value("parts") {
    case .list(let values, _) where !values.isEmpty, .tuple(let values) where !values.isEmpty:
      return try values.map { try tensor($0, at: arguments.range("parts")) }
    case let value:
      throw mistake(
        "argument.list", "`\(arguments.name)` takes a list of at least one value, found \(shown(value))", at: arguments.range("parts"),
        hint: "write `\(arguments.name)([a, b])`")
    }
  }

  /// Values of one shape along a new axis.
  func stacked(_ parts: [TensorValue], axis: Int, verb: String, at range: SourceRange?) throws -> TensorValue {
    let (values, isWeak) = try promoted(parts, keepsBool: true, at: range)
    for value in values.dropFirst() where value.shape != values[0].shape {
      throw mistake("shape.mismatch", "cannot \(verb) \(values[0].shape) and \(value.shape): the shapes differ", at: range)
    }
    var dims = values[0].shape.dims
    dims.insert(1, at: axis)
    let rows = try values.map { try emit(.reshape(Shape(dims)), [$0], isWeak: isWeak) }
    return rows.count == 1 ? rows[0] : try emit(.concatenate(axis: axis), rows, isWeak: isWeak)
  }

  /// reshape(x, [n, -1]): one -1 stands for what is left.
  func reshaped(_ arguments: Arguments) throws -> TensorValue {
    let x = try arguments.tensor("x")
    var dims = try arguments.shape("shape")
    let range = arguments.range("shape")
    let count = x.shape.count
    let free = dims.indices.filter { dims[$0] == -1 }
    if free.count > 1 { throw mistake("shape.free", "a shape has one -1 at most", at: range) }
    var others = Dim(1)
    if let axis = free.first {
      others = dims.indices.filter { $0 != axis }.reduce(Dim(1)) { $0 * dims[$1] }
      if others == 0 { throw mistake("shape.free", "-1 is not decided where the other dimensions hold no element", at: range) }
      dims[axis] = Dim.floorQuotient(count, others)
      // Where the quotient is exact it holds for a product of 0 as well.
      if dims[axis] * others != count, others.isAtLeast(1) == nil {
        try require(others, .atLeast, 1, id: "shape.free", "-1 is not decided where \(others) is 0", at: range)
      }
    }
    let shape = try checkedShape(dims, at: range)
    try require(
      shape.count, .equal, count, id: "shape.count",
      "cannot reshape \(x.shape) of \(count) elements to \(shownShape(arguments, shape))"
        + (free.isEmpty ? " of \(shape.count)" : ": \(count) is no multiple of \(others)"),
      at: range)
    return x.shape == shape ? x : try emit(.reshape(shape), [x], isWeak: x.isWeak)
  }
  private func shownShape(_ arguments: Arguments, _ shape: Shape) -> String {
    (try? arguments.shape("shape")).map { Shape($0).description } ?? shape.description
  }

  /// pad(x, [[before, after], …], value=0)
  func padded(_ arguments: Arguments) throws -> TensorValue {
    let x = try arguments.tensor("x")
    let range = arguments.range("widths")
    let wrong = {
      self.mistake(
        "argument.pad", "`pad` takes a list of `[before, after]`, one for each axis of \(x.type)", at: range, hint: "write `[[1, 1], …]`")
    }
    guard case .list(let pairs, _) = try arguments.value("widths"), pairs.count == x.rank else { throw wrong() }
    let axes = try pairs.map { pair -> PadAxis in
      let parts: [Value]
      switch pair {
      case .list(let values, _), .tuple(let values): parts = values
      default: throw wrong()
      }
      guard parts.count == 2, let low = integer(parts[0]), let high = integer(parts[1]) else { throw wrong() }
      for width in [low, high] { try require(width, .atLeast, 0, id: "dim.negative", "a width of \(width) is negative", at: range) }
      return PadAxis(low: low, high: high)
    }
    let value = try arguments.has("value") ? arguments.tensor("value") : tensor(.number(.integer(0)), at: range)
    guard value.rank == 0 else {
      throw mistake("shape.rank", "`pad` fills with a scalar, found \(value.type)", at: arguments.range("value"))
    }
    let (values, isWeak) = try promoted([x, value], keepsBool: !arguments.has("value"), at: arguments.range)
    if x.dtype == .bool, !arguments.has("value") {
      return try emit(.pad(axes), [x, constant(Constant(integer: 0, .bool))])
    }
    return axes.allSatisfy { $0 == PadAxis() } ? values[0] : try emit(.pad(axes), values, isWeak: isWeak)
  }
}
