import GradIR

/// Random graphs of large matrix products and what is computed of their elements, with data: what products by blocks of rows are made of.
public enum ProductGraph {
  /// Rows, columns and depth: of f32, of whole blocks or not, and some too small for blocks.
  private static let sizes = [(144, 256, 9), (133, 257, 40), (300, 120, 3), (1031, 33, 270), (49, 700, 2), (60, 30, 5)]

  public static func make(seed: UInt64) -> (graph: Graph, inputs: [Tensor], dims: [String: Int]) {
    let graph = graph(seed: seed)
    let random = RandomSource(seed: seed &+ 99)
    let inputs = graph.parameters.map { parameter in
      random.tensor(parameter.type.dtype, shape: parameter.type.shape.extents([:]) ?? [], specialShare: 0)
    }
    return (graph, inputs, [:])
  }

  private static func graph(seed: UInt64) -> Graph {
    let random = RandomSource(seed: seed)
    let builder = GraphBuilder()
    let (m, n, k) = sizes[Int(seed % UInt64(sizes.count))]
    let dtype: DType = seed % 5 == 0 ? .f64 : .f32
    let full: Shape = [Dim(m), Dim(n)]
    func input(_ name: String, _ shape: [Int]) -> ValueID {
      builder.parameter(Parameter(name: name, type: TensorType(dtype, Shape(shape.map { Dim($0) })), role: .input))
    }
    var values = [input("x", [m, n]), input("t", [m, n])]
    let (row, column, scalar) = (input("g", [m]), input("w", [n]), input("s", []))
    func spread() -> ValueID {
      switch random.integer(0...3) {
      case 0: builder.broadcast(row, to: full, axes: [0])
      case 1: builder.broadcast(column, to: full, axes: [1])
      case 2: builder.broadcast(scalar, to: full, axes: [])
      default: random.pick(values)
      }
    }
    /// With operands that lie either way, or are computed.
    func product(_ number: Int) -> ValueID {
      var left = random.chance(0.5) ? input("a\(number)", [m, k]) : builder.add(.transpose([1, 0]), [input("a\(number)", [k, m])])
      let right = random.chance(0.5) ? input("b\(number)", [k, n]) : builder.add(.transpose([1, 0]), [input("b\(number)", [n, k])])
      if random.chance(0.2) { left = builder.map("tanh", left) }
      return builder.contract(left, right, Contraction([0, 1], [1, 2], [0, 2]))
    }
    for number in 0..<random.integer(1...3) {
      values.append(product(number))
      for _ in 0..<random.integer(1...5) {
        let last = values[values.count - 1]
        let value = random.chance(0.3) ? builder.map("tanh", last) : builder.map(random.pick(["add", "multiply", "max"]), last, spread())
        values.append(random.chance(0.1) ? builder.add(.transpose([1, 0]), [builder.add(.transpose([1, 0]), [value])]) : value)
      }
    }
    if random.chance(0.4) { builder.output("total", builder.sum(values[values.count - 1], axes: [0, 1])) }
    if random.chance(0.4) { builder.output("rows", builder.sum(random.pick(values.suffix(3)), axes: [1])) }
    for (place, value) in values.enumerated() where place + 1 == values.count || random.chance(0.3) { builder.output("r\(place)", value) }
    return builder.finish()
  }
}
