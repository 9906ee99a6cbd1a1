import GradIR

// sum prod mean (max min) argmax argmin any all · cumsum
extension Builtin {
  nonisolated(unsafe) static let reductions: [String: Builtin] = {
    var table: [String: Builtin] = [:]
    let kinds: [(String, Reduction)] = [
      ("sum", .sum), ("prod", .prod), ("argmax", .argmax), ("argmin", .argmin), ("any", .any), ("all", .all),
    ]
    for (name, kind) in kinds { table[name] = Builtin("x axis=all keepdims=false") { try $0.reduction(kind, $1) } }
    table["mean"] = Builtin("x axis=all keepdims=false") { elaborator, arguments in
      let (values, isWeak) = try elaborator.promoted([arguments.tensor("x")], wantsFloat: true, at: arguments.range)
      let axes = try arguments.axes(rank: values[0].rank)
      try elaborator.requireElements(values[0], axes, arguments)
      let sum = try elaborator.emit(.reduce(.sum, axes: axes), values, isWeak: isWeak)
      let count = axes.reduce(Dim(1)) { $0 * values[0].shape[$1] }
      let divisor = try elaborator.cast(
        elaborator.tensor(.number(.integer(count)), at: arguments.range), to: sum.dtype, at: arguments.range)
      let mean = try elaborator.map("divide", [sum, elaborator.broadcast(divisor, to: sum.shape)], isWeak: isWeak)
      return .tensor(try elaborator.keepingAxes(mean, values[0].shape, axes, arguments))
    }
    table["cumsum"] = Builtin("x axis=0") { elaborator, arguments in
      var x = try arguments.tensor("x")
      let axis = try arguments.axis("axis", rank: x.rank, default: 0)
      if !x.dtype.isFloat { x = try elaborator.cast(x, to: .i64, at: arguments.range) }
      return .tensor(try elaborator.emit(.cumulative(Cumulation(.sum, axis: axis)), [x], isWeak: x.isWeak))
    }
    return table
  }()
}

extension Elaborator {
  func reduction(_ kind: Reduction, _ arguments: Arguments) throws -> Value {
    var x = try arguments.tensor("x")
    let axes = try arguments.axes(rank: x.rank)
    switch kind {
    case .any, .all:
      guard x.dtype == .bool else {
        throw mistake(
          "type.bool", "`\(arguments.name)` takes bool, found \(shown(x))", at: arguments.range("x"), hint: "compare it: `x != 0`")
      }
    case .sum, .prod:
      if !x.dtype.isFloat { x = try cast(x, to: .i64, at: arguments.range) }
    case .max, .min, .argmax, .argmin:
      if x.dtype == .bool { x = try cast(x, to: .i64, at: arguments.range) }
      try requireElements(x, axes, arguments)
    }
    let isIndex = kind == .argmax || kind == .argmin
    let shape = x.shape
    if !(axes.isEmpty && !isIndex) { x = try emit(.reduce(kind, axes: axes), [x], isWeak: x.isWeak && !isIndex) }
    return .tensor(try keepingAxes(x, shape, axes, arguments))
  }

  /// A reduction of nothing has no value: the reduced axes hold at least one element.
  func requireElements(_ x: TensorValue, _ axes: [Int], _ arguments: Arguments) throws {
    for axis in axes {
      try require(
        x.shape[axis], .atLeast, 1, id: "reduction.empty",
        x.shape[axis].constant == nil
          ? "the \(arguments.name) over an axis of `\(x.shape[axis])` needs at least one element"
          : "the \(arguments.name) of nothing: axis \(axis) of \(x.type) is empty",
        at: arguments.range)
    }
  }

  /// `keepdims=true`: reduced axes stay as 1.
  func keepingAxes(_ x: TensorValue, _ shape: Shape, _ axes: [Int], _ arguments: Arguments) throws -> TensorValue {
    guard try arguments.bool("keepdims"), !axes.isEmpty else { return x }
    return try emit(.reshape(Shape(shape.dims.indices.map { axes.contains($0) ? 1 : shape[$0] })), [x], isWeak: x.isWeak)
  }
}
