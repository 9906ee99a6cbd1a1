import GradIR
import TestSupport

/// Random graphs of products and sums of products: contractions, outer products, transposes, signs and scales, read once or twice,
/// and their gradients.
struct RandomProducts {
  let graph: Graph
  let inputs: [Tensor]
  let dims: [String: Int]

  init(seed: UInt64) {
    let random = RandomSource(seed: seed)
    let builder = GraphBuilder()
    let dtype = random.pick([DType.f32, .f64])
    dims = ["n": random.integer(0...4), "m": random.integer(1...5), "k": random.pick([1, 2, 3, 600])]
    let symbols: [Dim] = [.symbol("n"), .symbol("m"), .symbol("k"), random.pick([1, 2, 20])]
    var pool: [(value: ValueID, labels: [Int])] = []
    var inputs: [Tensor] = []
    for place in 0..<random.integer(2...5) {
      let labels = Array(random.shuffled(Array(symbols.indices)).prefix(random.integer(1...3)))
      let type = TensorType(dtype, Shape(labels.map { symbols[$0] }))
      pool.append((builder.parameter(Parameter(name: "x\(place)", type: type, role: .input)), labels))
      inputs.append(random.tensor(dtype, shape: type.shape.extents(dims) ?? [], specialShare: 0))
    }
    let variables = pool.map(\.value)
    func spread(_ x: (value: ValueID, labels: [Int]), _ labels: [Int]) -> ValueID {
      let own = labels.filter { x.labels.contains($0) }
      let sorted = builder.transpose(x.value, own.compactMap { x.labels.firstIndex(of: $0) })
      return builder.broadcast(sorted, to: Shape(labels.map { symbols[$0] }), axes: labels.indices.filter { own.contains(labels[$0]) })
    }
    for _ in 0..<random.integer(2...7) {
      let a = random.chance(0.6) ? pool[pool.count - 1] : random.pick(pool)
      let b = random.pick(pool)
      switch random.integer(0...7) {
      case 0...3:
        // Labels of one operand alone stay; of those that both have some are summed over.
        let both = a.labels + b.labels.filter { !a.labels.contains($0) }
        let result = random.shuffled(
          both.filter { !(a.labels.contains($0) && b.labels.contains($0)) || random.chance(0.3) })
        pool.append((builder.contract(a.value, b.value, Contraction(a.labels, b.labels, result)), result))
      case 4, 5:
        let labels = random.shuffled(a.labels + b.labels.filter { !a.labels.contains($0) })
        let product = builder.multiply(spread(a, labels), spread(b, labels))
        let axes = labels.indices.filter { _ in random.chance(0.6) }
        pool.append((builder.sum(product, axes: axes), labels.indices.filter { !axes.contains($0) }.map { labels[$0] }))
      case 6 where a.labels.count > 1:
        let order = random.shuffled(Array(a.labels.indices))
        pool.append((builder.transpose(a.value, order), order.map { a.labels[$0] }))
      default:
        let scaled =
          random.chance(0.5) ? builder.negate(a.value) : builder.multiply(a.value, builder.constant(-1.5, builder.type(of: a.value)))
        pool.append((scaled, a.labels))
      }
    }
    for (place, value) in pool.suffix(2).enumerated() { builder.output("y\(place)", value.value) }
    if let last = pool.last {
      let loss = builder.sum(last.value, axes: Array(last.labels.indices))
      builder.output("loss", loss)
      builder.output("gradient", builder.add(.derivative(.gradient), [loss, random.pick(variables)]))
    }
    graph = builder.finish()
    self.inputs = inputs
  }
}
