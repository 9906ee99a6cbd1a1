import GradIR

/// Random graphs of elements, rows, columns and totals of one matrix, with data: what kernels over rows are made of.
public enum RowGraph {
  private enum Space: CaseIterable { case full, row, column, total }

  /// - Parameter seed: An odd one gives rows of a number of columns that is known, from 1 to 6.
  public static func make(seed: UInt64) -> (graph: Graph, inputs: [Tensor], dims: [String: Int]) {
    let columns = seed % 2 == 0 ? nil : Int(seed / 2 % 6) + 1
    let (n, d) = [(1, 3), (7, 5), (530, 3), (40, 1), (3, 270)][Int(seed % 7) % 5]
    let dims = ["n": columns == nil ? n : [1, 63, 130, 1030][Int(seed / 12 % 4)], "d": d]
    let graph = graph(seed: seed, columns: columns)
    var random = RandomSource(seed: seed &+ 77)
    let inputs = graph.parameters.map { parameter -> Tensor in
      let shape = parameter.type.shape.extents(dims) ?? []
      let count = shape.reduce(1, *)
      return parameter.type.dtype == .f64
        ? Tensor((0..<count).map { _ in random.unit() - 0.5 }, shape: shape)
        : Tensor((0..<count).map { _ in Float(random.unit() - 0.5) }, shape: shape)
    }
    return (graph, inputs, dims)
  }

  private static func graph(seed: UInt64, columns: Int?) -> Graph {
    var random = RandomSource(seed: seed)
    func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
    let builder = GraphBuilder()
    let (n, d) = (Dim.symbol("n"), columns.map { Dim($0) } ?? Dim.symbol("d"))
    let shapes: [Space: Shape] = [.full: [n, d], .row: [n], .column: [d], .total: []]
    let dtype: DType = seed % 4 == 0 ? .f64 : .f32
    var values: [Space: [ValueID]] = [:]
    for (space, name) in [(Space.full, "x"), (.row, "g"), (.column, "w"), (.full, "t"), (.total, "s")] {
      let type = TensorType(dtype, shapes[space] ?? [])
      values[space, default: []].append(builder.parameter(Parameter(name: name, type: type, role: .input)))
    }
    func any(_ space: Space) -> ValueID {
      let known = values[space] ?? []
      return below(2) == 0 ? known[known.count - 1] : known[below(known.count)]
    }
    func spread() -> ValueID {
      switch below(5) {
      case 0: return builder.broadcast(any(.row), to: [n, d], axes: [0])
      case 1: return builder.broadcast(any(.column), to: [n, d], axes: [1])
      case 2:
        let row = builder.reshape(any(.row), to: [n, 1])
        return builder.broadcast(builder.reshape(builder.map("tanh", row), to: [n]), to: [n, d], axes: [0])
      case 3: return builder.broadcast(any(.total), to: [n, d], axes: [])
      default: return any(.full)
      }
    }
    func unary(_ x: ValueID) -> ValueID {
      builder.map(([.known("tanh"), .known("sin"), .known("sigmoid"), .known("negate")] as [ScalarFunction])[below(4)], x)
    }
    for _ in 0..<(8 + below(30)) {
      let full = values[.full] ?? []
      switch below(12) {
      case 0: values[.row, default: []].append(builder.reduce(.sum, any(.full), axes: [1]))
      case 1: values[.row, default: []].append(builder.reduce(.max, any(.full), axes: [1]))
      case 2: values[.column, default: []].append(builder.reduce(.sum, any(.full), axes: [0]))
      case 3: values[.total, default: []].append(builder.reduce(.sum, any(.full), axes: [0, 1]))
      case 4: values[.total, default: []].append(builder.reduce(below(2) == 0 ? .sum : .min, any(.row), axes: [0]))
      case 5: values[.row, default: []].append(builder.contract(any(.full), any(.column), Contraction([0, 1], [1], [0])))
      case 6: values[.column, default: []].append(builder.contract(any(.full), any(.row), Contraction([0, 1], [0], [1])))
      case 7: values[.row, default: []].append(unary(any(.row)))
      case 8: values[.full, default: []].append(unary(full[below(full.count)]))
      default:
        values[.full, default: []].append(
          builder.map(([.known("add"), .known("multiply"), .known("max")] as [ScalarFunction])[below(3)], any(.full), spread()))
      }
    }
    var number = 0
    for space in Space.allCases {
      let known = values[space] ?? []
      for (place, value) in known.enumerated() where place + 1 == known.count || below(4) == 0 {
        if case .parameter = builder.node(of: value).op { continue }
        number += 1
        builder.output("r\(number)", value)
      }
    }
    return builder.finish()
  }
}
