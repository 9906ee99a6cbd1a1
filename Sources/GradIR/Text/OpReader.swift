/// Reads an op and its attributes; a shape or a constant's type, which the text gives as the result's, comes later by `completed`.
struct OpReader {
  var scanner: GraphScanner
  /// How many parameters the graph has. Not the graph: it would be copied where the next node is added.
  let parameterCount: Int
  /// What a parameter said of its name.
  private(set) var naming: Bool?
  /// The elements of a constant, as written.
  private var elements: [String] = []
  private var start = 0

  init(scanner: GraphScanner, parameterCount: Int) {
    self.scanner = scanner
    self.parameterCount = parameterCount
  }

  mutating func op() throws(Diagnostic) -> Op {
    start = scanner.offset
    let word = try scanner.word()
    switch word {
    case "parameter":
      let index = try scanner.integer()
      guard (0..<parameterCount).contains(index) else { throw scanner.failure("there is no parameter \(index)", from: start) }
      if scanner.accept(word: "named") { naming = true } else if scanner.accept(word: "unnamed") { naming = false }
      return .parameter(index)
    case "constant":
      try scanner.expect("{")
      if !scanner.sees("}") { repeat { elements.append(try scanner.numeral()) } while scanner.accept(",") }
      try scanner.expect("}")
      return .constant(Constant(0, .bool))
    case "dimension": return .dimension(try bracketed { scanner throws(Diagnostic) in try scanner.dim() })
    case "iota": return .iota(try bracketed { scanner throws(Diagnostic) in try scanner.dim() })
    case "variable": return .variable(try bracketed { scanner throws(Diagnostic) in try scanner.integer() })
    case "stop_gradient": return .stopGradient
    case "gradient": return .derivative(.gradient)
    case "vjp": return .derivative(.vectorJacobian)
    case "jvp": return .derivative(.jacobianVector)
    case "jacobian": return .derivative(.jacobian)
    case "contract": return .contract(try bracketed(OpReader.contraction))
    case "broadcast": return .broadcast([], axes: try axes())
    case "reshape": return .reshape([])
    case "transpose": return .transpose(try axes())
    case "slice": return .slice(try list(OpReader.sliceAxis))
    case "pad": return .pad(try list(OpReader.padAxis))
    case "concatenate": return .concatenate(axis: try bracketed(OpReader.axis))
    case "argsort": return .argsort(axis: try bracketed(OpReader.axis))
    case "diagonal": return .diagonal(try bracketed(OpReader.diagonal))
    case "window": return .window(try list(OpReader.windowAxis))
    case "window_add":
      let axes = try list { scanner throws(Diagnostic) in
        let axis = try OpReader.windowAxis(&scanner)
        guard scanner.accept(word: "of") else { throw scanner.failure("`of` expected") }
        return (axis, try scanner.dim())
      }
      return .windowAdd(axes.map(\.0), extents: axes.map(\.1))
    case "gather": return .gather(try bracketed(OpReader.selection))
    case "scatter_add":
      let (axis, extent) = try bracketed { scanner throws(Diagnostic) in
        let axis = try OpReader.selection(&scanner)
        guard scanner.accept(word: "extent") else { throw scanner.failure("`extent` expected") }
        return (axis, try scanner.dim())
      }
      return .scatterAdd(axis, extent: extent)
    case "loop": return .loop(try bracketed(OpReader.loop))
    case "triangular_solve":
      return try bracketed { scanner throws(Diagnostic) in
        let lower = scanner.accept(word: "lower")
        guard lower || scanner.accept(word: "upper") else { throw scanner.failure("`lower` or `upper` expected") }
        return .triangularSolve(lower: lower, transposed: scanner.accept(",") && scanner.accept(word: "transposed"))
      }
    case "cholesky": return .cholesky
    default: break
    }
    if let function = ScalarFunction(named: word) { return .map(function) }
    if word.hasPrefix("cast_"), let dtype = DType(name: word.dropFirst(5)) { return .cast(dtype) }
    if word.hasPrefix("reduce_"), let kind = Reduction(rawValue: String(word.dropFirst(7))) { return .reduce(kind, axes: try axes()) }
    if word.hasPrefix("cumulative_"), let kind = Cumulation.Kind(rawValue: String(word.dropFirst(11))) {
      return .cumulative(
        try bracketed { scanner throws(Diagnostic) in
          var cumulation = Cumulation(kind, axis: try OpReader.axis(&scanner))
          while scanner.accept(",") {
            if scanner.accept(word: "exclusive") {
              cumulation.exclusive = true
            } else if scanner.accept(word: "reverse") {
              cumulation.reverse = true
            } else {
              throw scanner.failure("`exclusive` or `reverse` expected")
            }
          }
          return cumulation
        })
    }
    throw scanner.failure("there is no op `\(word)`", from: start)
  }

  /// The op with what the result's type says of it.
  func completed(_ op: Op, _ type: TensorType) throws(Diagnostic) -> Op {
    switch op {
    case .broadcast(_, let axes): return .broadcast(type.shape, axes: axes)
    case .reshape: return .reshape(type.shape)
    case .constant:
      var shape: [Int] = []
      for dim in type.shape.dims {
        guard let extent = dim.constant, extent >= 0 else { throw scanner.failure("a constant has no shape \(type.shape)", from: start) }
        shape.append(extent)
      }
      guard type.shape.count == Dim(elements.count) else {
        throw scanner.failure("\(type) has not \(elements.count) elements", from: start)
      }
      var bits: [UInt64] = []
      for element in elements {
        guard let value = OpReader.bits(element, type.dtype) else { throw scanner.failure("`\(element)` is no \(type.dtype)", from: start) }
        bits.append(value)
      }
      return .constant(Constant(dtype: type.dtype, shape: shape, bits: bits))
    default: return op
    }
  }

  private static func bits(_ text: String, _ dtype: DType) -> UInt64? {
    switch dtype {
    case .f32:
      if text.hasPrefix("nan:") { return UInt32(text.dropFirst(4)).flatMap { Float(bitPattern: $0).isNaN ? UInt64($0) : nil } }
      return Float(text).map { UInt64($0.bitPattern) }
    case .f64:
      if text.hasPrefix("nan:") { return UInt64(text.dropFirst(4)).flatMap { Double(bitPattern: $0).isNaN ? $0 : nil } }
      return Double(text)?.bitPattern
    case .i32: return Int32(text).map { UInt64(bitPattern: Int64($0)) }
    case .i64: return Int64(text).map { UInt64(bitPattern: $0) }
    case .bool: return text == "true" ? 1 : text == "false" ? 0 : nil
    }
  }
}

// Attributes: each op's in its own words.
extension OpReader {
  typealias Reader<T> = (inout GraphScanner) throws(Diagnostic) -> T

  private mutating func bracketed<T>(_ read: Reader<T>) throws(Diagnostic) -> T {
    try scanner.expect("[")
    let value = try read(&scanner)
    try scanner.expect("]")
    return value
  }
  /// A list in brackets, which are left out where it is empty.
  private mutating func list<T>(_ read: Reader<T>) throws(Diagnostic) -> [T] {
    guard scanner.accept("[") else { return [] }
    var values: [T] = []
    repeat { values.append(try read(&scanner)) } while scanner.accept(",")
    try scanner.expect("]")
    return values
  }
  /// `[axes 0 2]`
  private mutating func axes() throws(Diagnostic) -> [Int] {
    guard scanner.accept("[") else { return [] }
    guard scanner.accept(word: "axes") else { throw scanner.failure("`axes` expected") }
    var axes: [Int] = []
    while !scanner.accept("]") { axes.append(try scanner.integer()) }
    return axes
  }

  private static func number(_ word: String, _ scanner: inout GraphScanner) throws(Diagnostic) -> Int? {
    scanner.accept(word: word) ? try scanner.integer() : nil
  }
  /// How far apart elements are: any number that a dim may be.
  private static func distance(_ scanner: inout GraphScanner) throws(Diagnostic) -> Int { try scanner.integer(limit: Dim.constantLimit) }
  private static func axis(_ scanner: inout GraphScanner) throws(Diagnostic) -> Int {
    guard let axis = try number("axis", &scanner) else { throw scanner.failure("`axis` expected") }
    return axis
  }

  private static func contraction(_ scanner: inout GraphScanner) throws(Diagnostic) -> Contraction {
    func labels(_ scanner: inout GraphScanner) throws(Diagnostic) -> [Int] {
      var labels: [Int] = []
      while let label = try scanner.label() { labels.append(label) }
      scanner.endLabels()
      return labels
    }
    let left = try labels(&scanner)
    try scanner.expect(",")
    let right = try labels(&scanner)
    try scanner.expect("->")
    let result = try labels(&scanner)
    return Contraction(left, right, result, annihilating: scanner.accept("!"))
  }

  private static func sliceAxis(_ scanner: inout GraphScanner) throws(Diagnostic) -> SliceAxis {
    var axis = SliceAxis(count: try scanner.dim())
    if scanner.accept(word: "from") { axis.start = try scanner.dim() }
    if scanner.accept(word: "by") { axis.step = try distance(&scanner) }
    return axis
  }

  private static func padAxis(_ scanner: inout GraphScanner) throws(Diagnostic) -> PadAxis {
    var axis = PadAxis(low: try scanner.dim())
    try scanner.expect("|")
    axis.high = try scanner.dim()
    if scanner.accept("|") { axis.interior = try distance(&scanner) }
    return axis
  }

  private static func diagonal(_ scanner: inout GraphScanner) throws(Diagnostic) -> Diagonal {
    guard let mode = Diagonal.Mode(rawValue: try scanner.word()) else { throw scanner.failure("`extract` or `embed` expected") }
    let first = try scanner.integer()
    return Diagonal(mode, first: first, second: try scanner.integer())
  }

  private static func windowAxis(_ scanner: inout GraphScanner) throws(Diagnostic) -> WindowAxis {
    let index = try axis(&scanner)
    guard scanner.accept(word: "size") else { throw scanner.failure("`size` expected") }
    var window = WindowAxis(axis: index, size: try scanner.dim())
    if scanner.accept(word: "stride") { window.stride = try distance(&scanner) }
    if scanner.accept(word: "dilation") { window.dilation = try distance(&scanner) }
    return window
  }

  private static func selection(_ scanner: inout GraphScanner) throws(Diagnostic) -> GatherAxis {
    var selection = GatherAxis(axis: try axis(&scanner), wrapsNegative: false)
    while scanner.accept(",") {
      if let batch = try number("batch", &scanner) {
        selection.batch = batch
      } else if scanner.accept(word: "wraps") {
        selection.wrapsNegative = true
      } else {
        return selection
      }
    }
    return selection
  }

  private static func loop(_ scanner: inout GraphScanner) throws(Diagnostic) -> Loop {
    guard scanner.accept(word: "count") else { throw scanner.failure("`count` expected") }
    var loop = Loop(body: Graph(), count: try scanner.dim(), states: 0, sequences: 0)
    while scanner.accept(",") {
      if let states = try number("states", &scanner) {
        loop.states = states
      } else if let sequences = try number("sequences", &scanner) {
        loop.sequences = sequences
      } else if scanner.accept(word: "reverse") {
        loop.reverse = true
      } else {
        throw scanner.failure("`states`, `sequences` or `reverse` expected")
      }
    }
    return loop
  }
}
