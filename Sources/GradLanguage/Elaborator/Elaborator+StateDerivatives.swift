import GradIR

// A derivative in a loop's body by a value x from outside reaches x through the states too. In the body a variable δ = 0 of x's type
// stands for a change of x, and derivatives by x are taken by δ:
//   what reads x reads                x + δ
//   what reads a state s reads        s + (D₁ + ½ (D₂ + ⅓ (…) δ) δ) δ
//   further states                    Dⱼ, of shape(s) ++ [elements of all x]: D₁ = ∂s/∂x, D₂ = ∂D₁/∂x, …
//   which become after a step         ∂/∂δ of the new state, ∂/∂δ of the new D₁, …
//   what reads a name y that depends on x, for a derivative by y may be taken of the loop: the same with y and its derivatives
// δ is a constant for derivatives taken of the loop, whose paths lead through x, s and the Dⱼ: none is counted twice. The products with
// δ are annihilating, so that a Dⱼ that is not finite leaves the state as it is.
extension Elaborator {
  /// What a loop carries for derivatives that go through its states.
  struct Sensitivity: Equatable {
    /// The values of the graph around the loop that derivatives are taken by.
    var sources: [ValueID] = []
    /// How many derivatives of each state are carried.
    var orders: [Int] = []
    /// How many derivatives of names from outside that depend on the sources are passed in.
    var nameOrder = 0
    var isEmpty: Bool { count == 0 && nameOrder == 0 }
    /// How many further states there are.
    var count: Int { orders.reduce(0, +) }
  }

  /// How often each state must be differentiable, so that the derivatives in the body by values from outside go through it; nil where
  /// no number is enough. A state that holds its own derivative needs one more at every step: as many as there are steps.
  func sensitivity(
    _ body: ElaborationContext, moved: Set<Int>, results: [ValueID], count: Dim, isFloat: (Int) -> Bool
  ) -> Sensitivity? {
    let bound = count.constant ?? Int.max
    let graph = body.builder.graph
    let sources = Set(body.derivativeSources.compactMap { body.reading(of: $0) })
    let parameters = graph.parameterValues
    var orders = [Int](repeating: 0, count: results.count)
    while true {
      let required = graph.requiredOrders(of: zip(results, orders).map { ($0, $1) }, sources: sources)
      var grown = orders
      for place in moved where isFloat(place) {
        if let value = parameters[place] { grown[place] = max(grown[place], min(required[Int(value.index)], bound)) }
      }
      if grown == orders { return Sensitivity(sources: body.derivativeSources.sorted(), orders: orders) }
      if grown.contains(where: { $0 > Graph.highestOrder }) { return nil }
      orders = grown
    }
  }

  /// ∂y/∂x for each x, the axes of all x as one: shape(y) ++ [elements].
  func sensitivity(of y: TensorValue, by variables: [TensorValue]) throws -> TensorValue {
    let strong = try hardened(y)
    let parts = try variables.map { x in
      try emit(.reshape(Shape(strong.shape.dims + [x.shape.count])), [emit(.derivative(.jacobian), [strong, x])])
    }
    return parts.count == 1 ? parts[0] : try emit(.concatenate(axis: strong.rank), parts)
  }
}

extension ElaborationContext {
  /// A state with its derivatives, as it depends on δ.
  func expanded(_ state: ValueID, _ derivatives: [ValueID]) -> ValueID {
    let type = builder.type(of: state)
    let changes = sources.compactMap { self.changes[$0] }.map { change in
      builder.reshape(builder.cast(change, to: type.dtype), to: Shape([builder.shape(of: change).count]))
    }
    let change = builder.concatenate(changes, axis: 0)
    func times(_ derivative: ValueID) -> ValueID {
      let rank = builder.rank(derivative)
      let kept = Array(0..<rank - 1)
      return builder.contract(derivative, change, Contraction(kept + [rank - 1], [rank - 1], kept, annihilating: true))
    }
    var sum = derivatives[derivatives.count - 1]
    for place in derivatives.indices.dropLast().reversed() {
      let product = times(sum)
      let factor = builder.constant(1 / Double(place + 2), builder.type(of: product))
      sum = builder.add(derivatives[place], builder.multiply(factor, product))
    }
    return builder.add(state, times(sum))
  }

  /// The derivatives of a value of the graph around by the sources, added to that graph.
  func derivatives(of value: ValueID, order: Int, in outer: GraphBuilder) -> [ValueID] {
    var derivatives: [ValueID] = []
    for _ in 0..<order {
      let y = derivatives.last ?? value
      let shape = outer.shape(of: y)
      let parts = sources.map { x in
        outer.reshape(outer.add(.derivative(.jacobian), [y, x]), to: Shape(shape.dims + [outer.shape(of: x).count]))
      }
      derivatives.append(outer.concatenate(parts, axis: shape.rank))
    }
    return derivatives
  }
}

extension Graph {
  /// How many derivatives stand one within another, at most.
  var derivativeDepth: Int {
    var depths = [Int](repeating: 0, count: valueCount)
    for node in nodes {
      var depth = node.operands.map { depths[Int($0.index)] }.max() ?? 0
      switch node.op {
      case .derivative: depth += 1
      case .loop(let loop): depth += loop.body.derivativeDepth
      default: break
      }
      for result in node.results { depths[Int(result.index)] = depth }
    }
    return depths.max() ?? 0
  }

  /// The most derivatives of a state that a loop carries.
  fileprivate static let highestOrder = 4

  /// By value: how often it must be differentiable from outside.
  ///
  /// - Parameters:
  ///   - roots: how often some values are differentiated.
  ///   - sources: derivatives taken by these count, by others not; nil counts all.
  fileprivate func requiredOrders(of roots: [(value: ValueID, order: Int)], sources: Set<ValueID>?) -> [Int] {
    var required = [Int](repeating: 0, count: valueCount)
    for (value, order) in roots { required[Int(value.index)] = max(required[Int(value.index)], order) }
    let isChange = changes
    for node in nodes.reversed() {
      let own = node.results.map { required[Int($0.index)] }
      var orders = [Int](repeating: own.max() ?? 0, count: node.operands.count)
      switch node.op {
      case .derivative where sources.map { node.operands.dropFirst().contains(where: $0.contains) } ?? true: orders[0] += 1
      case .stopGradient: orders = [0]
      case .cast(let dtype) where !dtype.isFloat: orders = [0]
      // A change is zero: what stands before it has no part in derivatives from outside.
      case .contract(let contraction) where contraction.annihilating && isChange[Int(node.operands[1].index)]: orders = [0, 0]
      case .loop(let loop): orders = loop.requiredOrders(of: own)
      default: break
      }
      for (operand, order) in zip(node.operands, orders) {
        required[Int(operand.index)] = max(required[Int(operand.index)], min(order, Graph.highestOrder + 1))
      }
    }
    return required
  }

  /// By value: a change of what derivatives are taken by, which is zero.
  private var changes: [Bool] {
    var isChange = [Bool](repeating: false, count: valueCount)
    for node in nodes {
      switch node.op {
      case .variable: isChange[Int(node.firstResult.index)] = isZero(node.operands[0])
      case .reshape, .cast, .concatenate:
        isChange[Int(node.firstResult.index)] = node.operands.allSatisfy { isChange[Int($0.index)] }
      default: break
      }
    }
    return isChange
  }
  private func isZero(_ value: ValueID) -> Bool {
    let node = node(of: value)
    switch node.op {
    case .broadcast: return isZero(node.operands[0])
    case .constant(let constant): return constant.shape.isEmpty && constant.double(at: 0) == 0
    default: return false
    }
  }
}

extension Loop {
  /// How often each operand must be differentiable, by how often each result is differentiated.
  fileprivate func requiredOrders(of results: [Int]) -> [Int] {
    let parameters = body.parameterValues
    var results = results
    while true {
      let required = body.requiredOrders(of: zip(body.results.map(\.value), results).map { ($0, $1) }, sources: nil)
      let orders = parameters.map { value in value.map { required[Int($0.index)] } ?? 0 }
      var grown = results
      for state in 0..<states { grown[state] = max(grown[state], orders[state]) }
      if grown == results { return orders }
      results = grown
    }
  }
}
