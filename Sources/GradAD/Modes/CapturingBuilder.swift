import GradIR

/// A loop's body in the making: values of the outer graph that it reads become captures when first met.
final class CapturingBuilder {
  let builder = GraphBuilder()
  let slices: [ValueID]
  /// The outer values, in the order of the body's last parameters.
  private(set) var captures: [ValueID] = []
  private let outer: GraphBuilder
  private var inner: [ValueID: ValueID] = [:]

  init(within outer: GraphBuilder, slices: [TensorType]) {
    self.outer = outer
    let builder = builder
    self.slices = slices.enumerated().map { builder.parameter(Parameter(name: "slice\($0)", type: $1)) }
    builder.source = outer.source
  }

  /// The body's value for an outer one. Numbers known from the graph are written into the body.
  func capture(_ value: ValueID) -> ValueID {
    if let known = inner[value] { return known }
    let type = outer.type(of: value)
    let node = outer.graph.node(of: value)
    let own: ValueID
    switch node.op {
    case .constant(let constant) where constant.shape.isEmpty: own = builder.constant(constant)
    case .broadcast(let shape, let axes) where outer.scalarConstant(value) != nil:
      own = builder.broadcast(capture(node.operands[0]), to: shape, axes: axes)
    default:
      own = builder.parameter(Parameter(name: "capture\(captures.count)", type: type))
      captures.append(value)
    }
    inner[value] = own
    return own
  }
}

extension GraphBuilder {
  /// Adds another graph's nodes on values given for its parameters; gives the new value of each of its values.
  @discardableResult
  func inline(_ graph: Graph, parameters: [ValueID]) -> [ValueID] {
    let outerSource = source
    defer { source = outerSource }
    var values: [ValueID] = []
    values.reserveCapacity(graph.valueCount)
    for node in graph.nodes {
      source = node.source ?? outerSource
      if case .parameter(let index) = node.op {
        values.append(parameters[index])
      } else {
        values += addAll(node.op, node.operands.map { values[Int($0.index)] })
      }
    }
    for requirement in graph.requirements { require(requirement) }
    return values
  }

  /// Adds a loop; one without states becomes operations on whole arrays.
  func addLoop(_ loop: Loop, _ operands: [ValueID]) -> [ValueID] {
    loop.states == 0 ? vectorize(loop, operands: operands, into: self) : self.loop(loop, operands)
  }
}
