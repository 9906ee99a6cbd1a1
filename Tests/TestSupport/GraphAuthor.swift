import GradIR

/// Writes one random graph, node by node, out of the values that there are: what `RandomGraph` is made with.
final class GraphAuthor {
  let builder = GraphBuilder()
  let random: RandomSource
  let dims: [String: Int]
  let options: RandomGraph.Options
  /// How many loops this graph stands in.
  let depth: Int
  /// The data of the parameters, of an outermost graph.
  var inputs: [Tensor] = []
  /// What operands are chosen from.
  var pool: [ValueID] = []
  private static let elementLimit = 4000

  init(random: RandomSource, dims: [String: Int], options: RandomGraph.Options, depth: Int) {
    self.random = random
    self.dims = dims
    self.options = options
    self.depth = depth
  }

  // MARK: Values

  func type(_ value: ValueID) -> TensorType { builder.type(of: value) }
  func extents(_ value: ValueID) -> [Int] { extents(type(value).shape) ?? [] }
  func extents(_ shape: Shape) -> [Int]? { shape.extents(dims) }
  func number(_ dim: Dim) -> Int { dim.value(dims) ?? -1 }

  /// Adds a node if its type rule takes it and its results are neither too large nor of too many axes; its first result joins the pool.
  @discardableResult
  func add(_ op: Op, _ operands: [ValueID]) -> ValueID? {
    if options.without.contains(op.name) { return nil }
    guard let types = try? TypeRule.infer(op, operands.map(type)), !types.isEmpty else { return nil }
    for type in types {
      guard let extents = extents(type.shape), extents.count <= 5, extents.reduce(1, *) <= GraphAuthor.elementLimit else { return nil }
    }
    if random.chance(0.3) { builder.source = random.chance(0.3) ? nil : SourceRange(random.integer(0...99), random.integer(100...120)) }
    let results = builder.addAll(op, operands)
    pool += results
    if random.chance(0.15) { builder.name(results[0], "v\(results[0].index)") }
    return results[0]
  }

  /// A value of the pool that suits, the newer the likelier.
  func pick(_ suits: (TensorType) -> Bool) -> ValueID? {
    let suitable = pool.filter { suits(type($0)) }
    if suitable.isEmpty { return nil }
    return random.chance(0.5) ? random.pick(suitable.suffix(6)) : random.pick(suitable)
  }
  /// A value of just that type: one of the pool, or one made for it.
  func value(_ wanted: TensorType) -> ValueID {
    if random.chance(0.8), let found = pick({ $0 == wanted }) { return found }
    if random.chance(0.5), let other = pick({ $0.shape == wanted.shape }), let made = add(.cast(wanted.dtype), [other]),
      type(made) == wanted
    {
      return made
    }
    if depth == 0 && random.chance(0.4) { return addParameter(wanted) }
    return builder.broadcast(constant(TensorType(wanted.dtype)), to: wanted.shape, axes: [])
  }
  func constant(_ type: TensorType) -> ValueID {
    let tensor = random.tensor(type.dtype, shape: extents(type.shape) ?? [], specialShare: options.specialShare)
    return builder.constant(Constant(tensor))
  }

  func dtype() -> DType { random.pick([.f32, .f32, .f32, .f64, .f64, .i64, .i32, .bool] as [DType]) }
  func dim() -> Dim {
    let (n, m, k) = (Dim.symbol("n"), Dim.symbol("m"), Dim.symbol("k"))
    if options.allowsLargeDims && depth == 0 && random.chance(0.06) { return .symbol("big") }
    if random.chance(0.03) { return 0 }
    return random.pick([1, 2, 3, 4, n, n, m, m, k, k, n + 1, n * 2, n + k, .floorQuotient(m + 1, 2), n * k])
  }
  func shape() -> Shape { Shape((0..<random.pick([0, 1, 1, 2, 2, 2, 3])).map { _ in dim() }) }

  @discardableResult
  func addParameter(_ wanted: TensorType? = nil) -> ValueID {
    var type = wanted ?? TensorType(dtype(), shape())
    if wanted == nil { while (extents(type.shape) ?? []).reduce(1, *) > GraphAuthor.elementLimit { type.shape.dims.removeLast() } }
    let roles: [Parameter.Role] = [
      .input, .input, .param(nil), .param(.glorot), .param(.uniform(low: -0.1, high: 0.25)), .param(.normal(standardDeviation: 1.5)),
    ]
    let value = builder.parameter(
      Parameter(
        name: "x\(inputs.count)", type: type, role: type.dtype.isFloat ? random.pick(roles) : .input,
        source: random.chance(0.5) ? SourceRange(inputs.count * 10, inputs.count * 10 + 9) : nil))
    inputs.append(random.tensor(type.dtype, shape: extents(type.shape) ?? [], specialShare: options.specialShare))
    pool.append(value)
    return value
  }

  /// The results: the last values and some others.
  func finish() {
    let chosen = Array(pool.suffix(3)) + (0..<3).map { _ in random.pick(pool) }
    for (index, value) in chosen.enumerated() { builder.output("y\(index)", value) }
    if random.chance(0.5) {
      builder.require(
        Requirement(.symbol("n"), .atLeast, 1, message: "an empty \"n\"", source: random.chance(0.5) ? SourceRange(3, 8) : nil))
      builder.require(Requirement(.symbol("k") * 2, .equal, .symbol("k") + .symbol("k"), message: "k"))
    }
  }
}
