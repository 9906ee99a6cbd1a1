import GradIR

/// y as a function of x alone: the graph with x cut off from what it is made of. What `stop_gradient` holds still is data here: its
/// value at x, whatever x the function is called with.
struct CutFunction {
  private let graph: Graph
  private let inputs: [Tensor]
  private let held: [Tensor]
  private let dims: [String: Int]
  /// False where a loop's body stops gradients: what it holds still differs from step to step.
  let hasDifferences: Bool

  init(
    graph: Graph, result: ValueID, by x: ValueID, inputs: [Tensor], dims: [String: Int], differentiate: (Graph) -> Graph
  ) throws {
    var cut = graph
    cut.cutOff(x, as: "x")
    cut.results = [Output(name: "y", value: result)]
    let nodes = zip(cut.nodes, cut.liveNodes).filter(\.1).map(\.0)
    hasDifferences = !nodes.contains { if case .loop(let loop) = $0.op { loop.body.stopsGradients } else { false } }
    let stopped = nodes.filter { $0.op == .stopGradient }.map(\.firstResult)
    held = try GraphInterpreter.run(differentiate(graph.asking(for: stopped)), inputs: inputs, dims: dims)
    for value in stopped { cut.cutOff(value, as: "stopped") }
    self.graph = differentiate(cut)
    self.inputs = inputs
    self.dims = dims
  }

  /// About how many element operations a call takes.
  var cost: Int { graph.cost(dims) ?? .max }

  func callAsFunction(_ x: Tensor) throws -> [Double] {
    let y = try GraphInterpreter.run(graph, inputs: inputs + [x] + held, dims: dims)[0]
    return (0..<y.count).map { y.double(at: $0) }
  }
}

/// Compares a derivative with differences of its function, element by element.
struct DifferenceComparison {
  let function: CutFunction
  let at: Tensor
  let name: String
  private(set) var compared = 0
  private(set) var skipped = 0
  private(set) var worst: DerivativeCheck.Worst?
  /// Of a large x so many elements are tried, spread evenly; fewer where a call takes long, seven for each element.
  private let mostElements: Int
  private static let elementRange = 4...48
  private static let greatestCost = 2_000_000_000

  init(function: CutFunction, at point: Tensor, name: String) {
    self.function = function
    at = point
    self.name = name
    mostElements = Self.mostElements(cost: function.cost)
  }
  static func mostElements(cost: Int) -> Int {
    min(max(greatestCost / 7 / max(1, cost), elementRange.lowerBound), elementRange.upperBound)
  }

  /// gradient[i] against ∂(u · y)/∂xᵢ.
  mutating func compareByElements(_ gradient: Tensor, cotangent: Tensor?) throws {
    for element in sampledElements() {
      let differences = try difference(along: unit(element), step: step(at.double(at: element)))
      let weights = cotangent.map { u in (0..<u.count).map(u.double(at:)) } ?? [1]
      record(gradient.double(at: element), combine(differences, weights), name + at.position(element))
    }
  }

  /// jacobian[j, i] against ∂yⱼ/∂xᵢ.
  mutating func compareJacobian(_ jacobian: Tensor) throws {
    for element in sampledElements() {
      let differences = try difference(along: unit(element), step: step(at.double(at: element)))
      for row in differences.indices {
        let index = row * at.count + element
        record(jacobian.double(at: index), differences[row], "element " + jacobian.position(index))
      }
    }
  }

  /// J v against the difference along v.
  mutating func compareAlong(_ tangent: Tensor, _ product: Tensor) throws {
    let direction = (0..<tangent.count).map(tangent.double(at:))
    let size = direction.map(abs).max() ?? 0
    let scale = (0..<at.count).map { abs(at.double(at: $0)) }.max() ?? 0
    let differences = try difference(along: direction, step: step(scale) / max(size, 1e-300))
    for index in differences.indices { record(product.double(at: index), differences[index], "element " + product.position(index)) }
  }

  private func sampledElements() -> [Int] {
    if at.count <= mostElements { return Array(0..<at.count) }
    return (0..<mostElements).map { $0 * (at.count - 1) / (mostElements - 1) }
  }
  private func unit(_ element: Int) -> [Double] { (0..<at.count).map { $0 == element ? 1 : 0 } }
  /// ε^(1/5) of the element's scale: where the errors of the fourth-order difference balance.
  private func step(_ scale: Double) -> Double { 7.4e-4 * max(abs(scale), 0.1) }

  /// A difference with an estimate of its error; nil near a kink or where it is not finite.
  private struct Estimate {
    var value: Double
    var error: Double
    var isSmooth: Bool
  }

  /// Central differences with steps h and h/2 and Richardson's extrapolation, (4 D(h/2) − D(h))/3, confirmed by h/16. Near a kink the
  /// one-sided differences stay apart however small the step.
  private func difference(along direction: [Double], step: Double) throws -> [Estimate] {
    let center = try function(at)
    let samples = try [step, -step, step / 2, -step / 2, step / 16, -step / 16].map { h in
      try function(Tensor(direction.enumerated().map { at.double(at: $0) + h * $1 }, shape: at.shape).converted(to: at.dtype))
    }
    return center.indices.map { index in
      let y = center[index]
      let (p, m, ph, mh) = (samples[0][index], samples[1][index], samples[2][index], samples[3][index])
      let whole = (p - m) / (2 * step)
      let half = (ph - mh) / step
      let value = (4 * half - whole) / 3
      let scale = [y, p, m, ph, mh].map(abs).max() ?? 0
      // Rounding of y by some tens of units, magnified by the division.
      let rounding = 64 * scale * 0x1p-52 / step
      let gap = abs((p - 2 * y + m) / step)
      let halfGap = abs((ph - 2 * y + mh) / (step / 2))
      let kink = halfGap > 0.75 * gap && halfGap > 100 * rounding && halfGap > 1e-6 * max(abs(half), abs(whole))
      // What turns within a step gives differences that agree by chance at most: not with those of a much smaller step.
      let fine = (samples[4][index] - samples[5][index]) / (step / 8)
      let isSteady = abs(fine - value) <= 2 * abs(half - whole) + 64 * rounding
      return Estimate(value: value, error: abs(half - whole) + rounding, isSmooth: !kink && isSteady && value.isFinite)
    }
  }

  private func combine(_ estimates: [Estimate], _ weights: [Double]) -> Estimate {
    zip(estimates, weights).reduce(Estimate(value: 0, error: 0, isSmooth: true)) { sum, term in
      if term.1 == 0 { return sum }
      return Estimate(
        value: sum.value + term.1 * term.0.value, error: sum.error + abs(term.1) * term.0.error,
        isSmooth: sum.isSmooth && term.0.isSmooth)
    }
  }

  private mutating func record(_ derivative: Double, _ estimate: Estimate, _ element: String) {
    // An estimate whose own error is as large as its value says nothing of the derivative.
    guard estimate.isSmooth, estimate.error.isFinite, estimate.error <= 0.05 * abs(estimate.value) + 1e-6 else {
      skipped += 1
      return
    }
    compared += 1
    let tolerance = estimate.error + 1e-9 * max(abs(estimate.value), 1e-3)
    let error = abs(derivative - estimate.value)
    let excess = error.isNaN ? Double.infinity : error / tolerance
    if excess > worst?.excess ?? -1 {
      worst = DerivativeCheck.Worst(element: element, derivative: derivative, difference: estimate.value, excess: excess)
    }
  }
}
