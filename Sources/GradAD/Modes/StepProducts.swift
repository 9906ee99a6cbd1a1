import GradIR

/// Terms within a reverse loop's body that need not be added up step by step: Σₜ aₜ bₜᵀ is one product of the stacks of a and b, and
/// elements that each step adds to a table are added to it at once.
struct StepProducts {
  /// One factor of a product, stacked over the steps.
  enum Factor: Hashable {
    /// A sequence that the loop is given: the index of the body's parameter.
    case sequence(Int)
    /// A value of the step that the loop gives: an index into `outputs`.
    case output(Int)
  }
  struct Product {
    enum Kind {
      /// A matrix product, its axes in the order that the cotangent has.
      case contract(Contraction, permutation: [Int])
      /// Updates and indices along the table's first axis.
      case scatterAdd(GatherAxis, extent: Dim)
    }
    var capture: Int
    var left: Factor
    var right: Factor
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
  /// What the body gives besides: factors that are no sequences.
  private(set) var outputs: [ValueID] = []
  private let body: GraphBuilder
  private let sequences: Range<Int>
  private let saved: [ValueID: ValueID]
  /// By value: different from step to step.
  private let varies: [Bool]

  /// - Parameters:
  ///   - sequences: which of the body's parameters are slices; those before are states.
  ///   - saved: values that a slice stands for.
  init(_ body: GraphBuilder, sequences: Range<Int>, saved: [ValueID: ValueID]) {
    self.body = body
    self.saved = saved
    self.sequences = sequences
    var varies = [Bool](repeating: false, count: body.graph.valueCount)
    for node in body.graph.nodes {
      var changes = node.operands.contains { varies[Int($0.index)] }
      if case .parameter(let index) = node.op { changes = index < sequences.upperBound }
      for result in node.results { varies[Int(result.index)] = changes }
    }
    self.varies = varies
  }

  /// The parameters that found products read as stacks.
  var sequencesRead: Set<Int> {
    Set(
      found.flatMap { [$0.left, $0.right] }.compactMap { factor in
        if case .sequence(let index) = factor { return index }
        return nil
      })
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
    found.append(Product(capture: capture, left: factor(node.operands[0]), right: factor(node.operands[1]), kind: kind))
    return true
  }

  private mutating func factor(_ value: ValueID) -> Factor {
    if case .parameter(let index) = body.graph.node(of: saved[value] ?? value).op, sequences.contains(index) { return .sequence(index) }
    if let known = outputs.firstIndex(of: value) { return .output(known) }
    outputs.append(value)
    return .output(outputs.count - 1)
  }
}

extension Loop {
  /// Values of the body that reverse mode saves rather than computes again: products and solutions that differ from step to step.
  var costlyValues: [ValueID] {
    var varies = [Bool](repeating: false, count: body.valueCount)
    var found: [ValueID] = []
    for node in body.nodes {
      var changes = node.operands.contains { varies[Int($0.index)] }
      if case .parameter(let index) = node.op { changes = index < states + sequences }
      for result in node.results { varies[Int(result.index)] = changes }
      switch node.op {
      case .contract(let contraction) where changes && !contraction.contracted.isEmpty: found.append(node.firstResult)
      case .triangularSolve where changes, .cholesky where changes: found.append(node.firstResult)
      default: continue
      }
    }
    return found
  }
}

extension Graph {
  /// The graph with values replaced by others that stand before their readers.
  func replacing(_ replacements: [ValueID: ValueID]) -> Graph {
    if replacements.isEmpty { return self }
    var graph = self
    for index in graph.nodes.indices {
      graph.nodes[index].operands = graph.nodes[index].operands.map { replacements[$0] ?? $0 }
    }
    for index in graph.results.indices {
      graph.results[index].value = replacements[graph.results[index].value] ?? graph.results[index].value
    }
    return graph
  }
}
