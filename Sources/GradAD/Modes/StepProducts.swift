import GradIR

/// Terms within a reverse loop's body that need not be added up step by step: Σₜ aₜ bₜᵀ is one product of the stacks of a and b, and
/// elements that each step adds to a table are added to it at once.
struct StepProducts {
  struct Product {
    enum Kind {
      /// A matrix product, its axes in the order that the cotangent has.
      case contract(Contraction, permutation: [Int])
      /// Updates and indices along the table's first axis.
      case scatterAdd(GatherAxis, extent: Dim)
    }
    var capture: Int
    /// Values of the step, stacked over the steps.
    var left: ValueID
    var right: ValueID
    var kind: Kind

    /// Σ over the steps, from the stacked factors.
    func overAllSteps(_ left: ValueID, _ right: ValueID, in builder: GraphBuilder) -> ValueID {
      switch kind {
      case .contract(var whole, let permutation):
        let step = (whole.left + whole.right).reduce(0, max) + 1
        whole.left.insert(step, at: 0)
        whole.right.insert(step, at: 0)
        return builder.transpose(builder.contract(left, right, whole), permutation)
      case .scatterAdd(let axis, let extent): return builder.scatterAdd(left, right, axis, extent: extent)
      }
    }
  }

  private(set) var found: [Product] = []
  /// What the products are made of, each once.
  var factors: [ValueID] {
    var seen: Set<ValueID> = []
    return found.flatMap { [$0.left, $0.right] }.filter { seen.insert($0).inserted }
  }
  private let body: GraphBuilder
  /// By value: different from step to step.
  private let varies: [Bool]

  /// - Parameter firstCapture: the body's first parameter that is the same in each step.
  init(_ body: GraphBuilder, firstCapture: Int) {
    self.body = body
    var varies = [Bool](repeating: false, count: body.graph.valueCount)
    for node in body.graph.nodes {
      var changes = node.operands.contains { varies[Int($0.index)] }
      if case .parameter(let index) = node.op { changes = index < firstCapture }
      for result in node.results { varies[Int(result.index)] = changes }
    }
    self.varies = varies
  }

  /// Takes the matrix products out of a sum.
  ///
  /// - Returns: the terms that are left.
  mutating func takeProducts(of sum: ValueID, for capture: Int) -> [ValueID] {
    var rest: [ValueID] = []
    var open = [sum]
    while let term = open.popLast() {
      let node = body.graph.node(of: term)
      if case .map(let function) = node.op, function.name == "add" {
        open += node.operands.reversed()
      } else if !take(term, capture) {
        rest.append(term)
      }
    }
    return rest
  }

  private mutating func take(_ term: ValueID, _ capture: Int) -> Bool {
    var node = body.graph.node(of: term)
    var permutation = Array(0..<body.rank(term))
    if case .transpose(let order) = node.op {
      permutation = order
      node = body.graph.node(of: node.operands[0])
    }
    let vary = node.operands.map { Int($0.index) < varies.count && varies[Int($0.index)] }
    let kind: Product.Kind
    switch node.op {
    case .contract(let contraction) where contraction.isMatrixProduct && vary == [true, true]:
      kind = .contract(contraction, permutation: permutation)
    case .scatterAdd(let axis, let extent) where axis.axis == 0 && axis.batch == 0 && vary.contains(true) && node.firstResult == term:
      kind = .scatterAdd(axis, extent: extent)
    default: return false
    }
    found.append(Product(capture: capture, left: node.operands[0], right: node.operands[1], kind: kind))
    return true
  }
}
