import GradIR

// conv2d max_pool2d avg_pool2d, and what the prelude's functions need of the compiler.
extension Builtin {
  nonisolated(unsafe) static let windows: [String: Builtin] = [
    "conv2d": Builtin("x k stride=1 padding=0") { elaborator, arguments in .tensor(try elaborator.convolution(arguments)) },
    "max_pool2d": Builtin("x size") { elaborator, arguments in
      let (windows, _) = try elaborator.pooled(arguments)
      return .tensor(try elaborator.emit(.reduce(.max, axes: [4, 5]), [windows], isWeak: windows.isWeak))
    },
    "avg_pool2d": Builtin("x size") { elaborator, arguments in
      let (windows, size) = try elaborator.pooled(arguments)
      let (values, isWeak) = try elaborator.promoted([windows], wantsFloat: true, at: arguments.range)
      let sum = try elaborator.emit(.reduce(.sum, axes: [4, 5]), values, isWeak: isWeak)
      let count = elaborator.constant(Constant(Double(size) * Double(size), sum.dtype), isWeak: isWeak)
      return .tensor(try elaborator.map("divide", [sum, elaborator.broadcast(count, to: sum.shape)], isWeak: isWeak))
    },
  ]

  /// Functions that only the prelude sees.
  nonisolated(unsafe) static let preludeTable: [String: Builtin] = [
    // The elements that integers select along the last axis: x[…, i[…]].
    "_take": Builtin("x i") { elaborator, arguments in
      let (x, indices) = (try arguments.tensor("x"), try arguments.tensor("i"))
      guard x.rank > 0 else {
        throw elaborator.mistake("shape.rank", "the logits have at least one axis, found \(x.type)", at: arguments.range("x"))
      }
      guard indices.dtype.isInteger else {
        throw elaborator.mistake(
          "index.type", "labels are integers, found \(elaborator.shown(indices))", at: arguments.range("i"),
          hint: "declare them `i32[…]`, or cast: `i32(x)`")
      }
      let expected = Shape(Array(x.shape.dims.dropLast()))
      guard indices.shape == expected else {
        throw elaborator.mistake(
          "shape.mismatch", "logits of \(x.shape) take labels of \(expected), found \(indices.shape)", at: arguments.range("i"))
      }
      return .tensor(
        try elaborator.emit(.gather(GatherAxis(axis: x.rank - 1, batch: x.rank - 1, wrapsNegative: false)), [x, indices], isWeak: x.isWeak))
    },
    // An axis's extent.
    "_size": Builtin("x axis") { elaborator, arguments in
      let x = try arguments.tensor("x")
      return .number(.integer(x.shape[try arguments.axis("axis", rank: x.rank)]))
    },
    // The last two axes exchanged.
    "_swap": Builtin("x") { elaborator, arguments in
      let x = try arguments.tensor("x")
      guard x.rank >= 2 else { throw elaborator.mistake("shape.rank", "a matrix is expected, found \(x.type)", at: arguments.range("x")) }
      return .tensor(try elaborator.transposed(x, Array(0..<x.rank - 2) + [x.rank - 1, x.rank - 2]))
    },
    // All axes but one.
    "_others": Builtin("x axis") { elaborator, arguments in
      let x = try arguments.tensor("x")
      let axis = try arguments.axis("axis", rank: x.rank)
      return .list((0..<x.rank).filter { $0 != axis }.map { .number(.integer(Dim($0))) }, at: nil)
    },
    // A vector along an axis of x: its other axes are 1.
    "_along": Builtin("v x axis") { elaborator, arguments in
      let (v, x) = (try arguments.tensor("v"), try arguments.tensor("x"))
      let axis = try arguments.axis("axis", rank: x.rank)
      if v.rank == 0 { return .tensor(v) }
      guard v.rank == 1, v.shape[0] == x.shape[axis] else {
        throw elaborator.mistake(
          "shape.mismatch", "expected \(Shape([x.shape[axis]])) along axis \(axis) of \(x.shape), found \(v.shape)",
          at: arguments.range("v"))
      }
      let dims = (0..<x.rank).map { $0 == axis ? v.shape[0] : Dim(1) }
      return .tensor(try elaborator.emit(.reshape(Shape(dims)), [v], isWeak: v.isWeak))
    },
  ]
}

extension Elaborator {
  /// An image [N, C, H, W] and a kernel [O, I, KH, KW], correlated: window, then contract.
  func convolution(_ arguments: Arguments) throws -> TensorValue {
    let (values, isWeak) = try promoted([arguments.tensor("x"), arguments.tensor("k")], at: arguments.range)
    var x = values[0]
    let k = values[1]
    guard x.rank == 4 else {
      throw mistake("shape.rank", "`conv2d` takes an image [N, C, H, W], found \(x.type)", at: arguments.range("x"))
    }
    guard k.rank == 4 else {
      throw mistake("shape.rank", "`conv2d` takes a kernel [O, I, H, W], found \(k.type)", at: arguments.range("k"))
    }
    guard x.shape[1] == k.shape[1] else {
      throw mistake(
        "shape.mismatch",
        "cannot correlate \(x.shape) with \(k.shape): the image has \(x.shape[1]) channels, the kernel takes \(k.shape[1])",
        at: arguments.range)
    }
    let stride = try arguments.has("stride") ? arguments.integer("stride") : 1
    let padding = try arguments.has("padding") ? arguments.integer("padding") : 0
    guard stride >= 1 else { throw mistake("argument.stride", "a stride is 1 or more, found \(stride)", at: arguments.range("stride")) }
    guard padding >= 0 else {
      throw mistake("argument.padding", "a padding is 0 or more, found \(padding)", at: arguments.range("padding"))
    }
    if padding > 0 {
      let zero = constant(x.dtype.isFloat ? Constant(0, x.dtype) : Constant(integer: 0, x.dtype))
      let sides = PadAxis(low: Dim(padding), high: Dim(padding))
      x = try emit(.pad([PadAxis(), PadAxis(), sides, sides]), [x, zero], isWeak: isWeak)
    }
    let axes = [
      WindowAxis(axis: 2, size: k.shape[2], stride: stride), WindowAxis(axis: 3, size: k.shape[3], stride: stride),
    ]
    for (axis, size) in [(2, k.shape[2]), (3, k.shape[3])] {
      try require(
        x.shape[axis], .atLeast, size, id: "shape.window", "a kernel of \(size) does not fit an axis of \(x.shape[axis])",
        at: arguments.range)
    }
    let windows = try emit(.window(axes), [x], isWeak: isWeak)
    // [n 0, c 1, y 2, x 3, i 4, j 5] · [o 6, c 1, i 4, j 5] → [n 0, o 6, y 2, x 3]
    return try contract(windows, k, Contraction([0, 1, 2, 3, 4, 5], [6, 1, 4, 5], [0, 6, 2, 3]), isWeak: isWeak)
  }

  /// The windows of a pool, side by side; a remainder is dropped.
  func pooled(_ arguments: Arguments) throws -> (windows: TensorValue, size: Int) {
    let x = try arguments.tensor("x")
    guard x.rank == 4 else {
      throw mistake("shape.rank", "`\(arguments.name)` takes an image [N, C, H, W], found \(x.type)", at: arguments.range("x"))
    }
    let size = try arguments.integer("size")
    guard size >= 1 else { throw mistake("argument.size", "a window's size is 1 or more, found \(size)", at: arguments.range("size")) }
    let axes = [2, 3].map { WindowAxis(axis: $0, size: Dim(size), stride: size) }
    return (try emit(.window(axes), [x], isWeak: x.isWeak), size)
  }
}
