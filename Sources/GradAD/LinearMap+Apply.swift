import GradIR

/// Where maps are applied: a builder, and how values that coefficients name are reached from it.
///
/// In the coefficients' own graph that is the value itself; in a loop's body it is a capture.
struct Application {
  let builder: GraphBuilder
  let lift: (ValueID) -> ValueID

  /// Within the graph that holds the coefficients.
  init(_ builder: GraphBuilder) {
    self.builder = builder
    lift = { $0 }
  }
  init(_ builder: GraphBuilder, lift: @escaping (ValueID) -> ValueID) {
    self.builder = builder
    self.lift = lift
  }
}

extension LinearMap {
  /// A v in the graph that holds the coefficients.
  public func apply(_ v: ValueID, in builder: GraphBuilder) -> ValueID { apply(v, Application(builder)) }

  /// A v; v is a value of the application's builder.
  func apply(_ v: ValueID, _ application: Application) -> ValueID {
    let builder = application.builder
    let lift = application.lift
    switch form {
    case .zero: return builder.zeros(range)
    case .identity: return v
    case .scale(-1): return builder.negate(v)
    case .scale(let factor):
      let coefficient = builder.constant(factor, domain)
      return builder.scalarConstant(v) == 1 ? coefficient : builder.multiply(coefficient, v)
    case .diagonal(let coefficient, let annihilator):
      let d = lift(coefficient)
      if builder.scalarConstant(v) == 1 { return d }
      switch annihilator {
      case .none: return builder.multiply(d, v)
      case .argument: return builder.annihilatingMultiply(d, v)
      case .both:
        let product = builder.annihilatingMultiply(v, d)
        return builder.zeroWhereNaN(product, and: builder.equal(v, builder.zeros(domain)))
      }
    case .choose(let condition, let whereTrue):
      let c = lift(condition)
      return whereTrue ? builder.select(c, v, builder.zeros(domain)) : builder.select(c, builder.zeros(domain), v)
    case .contract(let coefficient, let labels, let annihilator):
      let w = lift(coefficient)
      // The right operand is the one whose zeros annihilate.
      let byArgument = builder.contract(
        w, v, Contraction(labels.coefficient, labels.domain, labels.range, annihilating: annihilator != .none))
      guard annihilator == .both else { return byArgument }
      // Where neither sum meets 0 · ∞ they are the same; a sum that does is NaN.
      let byCoefficient = builder.contract(v, w, Contraction(labels.domain, labels.coefficient, labels.range, annihilating: true))
      return builder.select(builder.map("not_equal", byCoefficient, byCoefficient), byArgument, byCoefficient)
    case .broadcast(let axes): return builder.broadcast(v, to: range.shape, axes: axes)
    case .sum(let axes): return builder.sum(v, axes: axes)
    case .reshape: return builder.reshape(v, to: range.shape)
    case .permute(let permutation): return builder.transpose(v, permutation)
    case .slice(let axes): return builder.trimmed(v, axes)
    case .pad(let axes): return builder.pad(v, axes)
    case .flip(let axes): return builder.flip(v, axes: axes)
    case .diagonalAxes(let diagonal): return builder.diagonal(diagonal, v)
    case .gather(let indices, let axis): return builder.gather(v, lift(indices), axis)
    case .scatterAdd(let indices, let axis):
      return builder.scatterAdd(v, lift(indices), axis, extent: range.shape[axis.axis])
    case .window(let axes): return builder.window(v, axes)
    case .windowAdd(let axes): return builder.overlapAdd(v, axes, extents: axes.map { range.shape[$0.axis] })
    case .cumulativeSum(let cumulation): return builder.cumulative(cumulation, v)
    case .recurrence(let coefficient, let recurrence): return builder.recurrence(recurrence, lift(coefficient), v)
    case .triangularSolve(let a, let lower, let transposed, let annihilating):
      let solution = builder.add(.triangularSolve(lower: lower, transposed: transposed), [lift(a), v])
      if !annihilating { return solution }
      // A column of zeros has the solution zero whatever T holds.
      let rows = domain.rank - 2
      let zero = builder.reduce(.all, builder.equal(v, builder.zeros(domain)), axes: [rows])
      let columns = (0..<domain.rank).filter { $0 != rows }
      return builder.zeroWhereNaN(solution, and: builder.broadcast(zero, to: domain.shape, axes: columns))
    case .cast: return builder.cast(v, to: range.dtype)
    case .product(let maps): return maps.reversed().reduce(v) { $1.apply($0, application) }
    case .total(let maps): return builder.sum(maps.map { $0.apply(v, application) })
    }
  }
}

extension GraphBuilder {
  /// The terms added up, from the left.
  func sum(_ terms: [ValueID]) -> ValueID { terms.dropFirst().reduce(terms[0]) { add($0, $1) } }

  /// The number that all elements of a value are, where the graph says it.
  func scalarConstant(_ value: ValueID) -> Double? {
    var value = value
    while true {
      let node = graph.node(of: value)
      switch node.op {
      case .constant(let constant): return constant.shape.isEmpty ? constant.double(at: 0) : nil
      case .broadcast, .reshape: value = node.operands[0]
      default: return nil
      }
    }
  }

  /// x with 0 for NaN where the condition holds. Unlike a `where` on the condition alone it keeps the derivative of x at zeros.
  func zeroWhereNaN(_ x: ValueID, and condition: ValueID) -> ValueID {
    select(map("and", condition, map("not_equal", x, x)), zeros(type(of: x)), x)
  }

  /// x with axes running backwards.
  func flip(_ x: ValueID, axes: [Int]) -> ValueID {
    slice(
      x,
      shape(of: x).dims.enumerated().map { axis, extent in
        axes.contains(axis) ? SliceAxis(start: extent - 1, count: extent, step: -1) : SliceAxis(count: extent)
      })
  }

  /// x with `axis` moved to place `place`.
  func moveAxis(_ x: ValueID, _ axis: Int, to place: Int) -> ValueID {
    var permutation = Array(0..<rank(x))
    permutation.remove(at: axis)
    permutation.insert(axis, at: place)
    return transpose(x, permutation)
  }

  /// The recurrence r ← a r + v as a loop along its axis.
  func recurrence(_ recurrence: LinearMap.Recurrence, _ a: ValueID, _ v: ValueID) -> ValueID {
    let type = type(of: v)
    let (count, rowType) = (type.shape[recurrence.axis], type.with(type.shape.removing([recurrence.axis])))
    let body = GraphBuilder()
    let r = body.parameter(Parameter(name: "r", type: rowType))
    let coefficient = body.parameter(Parameter(name: "a", type: rowType))
    let element = body.parameter(Parameter(name: "v", type: rowType))
    func times(_ x: ValueID) -> ValueID {
      recurrence.annihilating ? body.annihilatingMultiply(coefficient, x) : body.multiply(coefficient, x)
    }
    let (next, given): (ValueID, ValueID)
    switch recurrence.order {
    case .giveFirst: (next, given) = (body.add(times(r), element), r)
    case .multiplyFirst:
      next = body.add(times(r), element)
      given = next
    case .addFirst:
      given = body.add(r, element)
      next = times(given)
    }
    body.output("r", next)
    body.output("given", given)
    let loop = Loop(body: body.finish(), count: count, states: 1, sequences: 2, reverse: recurrence.reverse)
    let results = self.loop(
      loop, [zeros(rowType), moveAxis(a, recurrence.axis, to: 0), moveAxis(v, recurrence.axis, to: 0)])
    return moveAxis(results[1], 0, to: recurrence.axis)
  }
}
