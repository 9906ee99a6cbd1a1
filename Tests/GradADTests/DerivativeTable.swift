import GradAD
import GradIR

/// One line of the table: a function of tensors that uses one op, and where to try it.
struct DerivativeCase: Sendable, CustomStringConvertible {
  struct Input: Sendable {
    var shape: [Int]
    var range: ClosedRange<Double>
    init(_ shape: [Int], _ range: ClosedRange<Double> = -1.5...1.5) {
      self.shape = shape
      self.range = range
    }
  }
  var name: String
  /// The op's name in graphs: what a planted bug is put into.
  var op: String
  var inputs: [Input]
  var build: @Sendable (GraphBuilder, [ValueID]) -> ValueID
  var description: String { name }

  init(_ name: String, op: String? = nil, _ inputs: [Input], _ build: @escaping @Sendable (GraphBuilder, [ValueID]) -> ValueID) {
    self.name = name
    self.op = op ?? name
    self.inputs = inputs
    self.build = build
  }
}

/// A reproducible stream of numbers (xorshift).
struct Numbers {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
  mutating func next(_ range: ClosedRange<Double>) -> Double {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    // Rounded to f32, so that both number types are tried at the same point.
    return Double(Float(range.lowerBound + (range.upperBound - range.lowerBound) * (Double(state >> 11) / Double(1 << 53))))
  }
  mutating func tensor(_ shape: [Int], _ range: ClosedRange<Double> = -1...1) -> [Double] {
    (0..<shape.reduce(1, *)).map { _ in next(range) }
  }
}

func tensor(_ values: [Double], _ shape: [Int], _ dtype: DType) -> Tensor {
  dtype == .f32 ? Tensor(values.map { Float($0) }, shape: shape) : Tensor(values, shape: shape)
}

func numbers(_ tensor: Tensor) -> [Double] { (0..<tensor.count).map(tensor.double(at:)) }

func shape(_ extents: [Int]) -> Shape { Shape(extents.map { Dim($0) }) }

func floats(_ dtype: DType, _ extents: [Int]) -> TensorType { TensorType(dtype, shape(extents)) }

func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

/// Differentiates, verifies and runs a graph.
func evaluate(_ graph: Graph, _ inputs: [Tensor], dims: [String: Int] = [:]) throws -> [Tensor] {
  let expanded = differentiate(graph)
  try GraphVerifier.verify(expanded, allowsDerivatives: false)
  return try GraphInterpreter.run(expanded, inputs: inputs, dims: dims)
}

/// A graph of parameters x…, with derivatives asked for by closures.
struct Model {
  let builder = GraphBuilder()
  func parameter(_ name: String, _ type: TensorType) -> ValueID {
    builder.parameter(Parameter(name: name, type: type, role: .input))
  }
  func gradient(_ f: ValueID, _ x: ValueID) -> ValueID { builder.add(.derivative(.gradient), [f, x]) }
  func vjp(_ y: ValueID, _ x: ValueID, _ u: ValueID) -> ValueID { builder.add(.derivative(.vectorJacobian), [y, x, u]) }
  func jvp(_ y: ValueID, _ x: ValueID, _ v: ValueID) -> ValueID { builder.add(.derivative(.jacobianVector), [y, x, v]) }
  func jacobian(_ y: ValueID, _ x: ValueID) -> ValueID { builder.add(.derivative(.jacobian), [y, x]) }
  func run(_ outputs: [ValueID], _ inputs: [Tensor], dims: [String: Int] = [:]) throws -> [Tensor] {
    for (index, output) in outputs.enumerated() { builder.output("out\(index)", output) }
    return try evaluate(builder.finish(), inputs, dims: dims)
  }
}

extension DerivativeCase {
  /// What the derivatives of the case are at one point.
  struct Derivatives {
    var value: [Double]
    /// By input: J v, uᵀ J, the Jacobian; then of s = uᵀ J v by the input: forward along w, and reverse.
    var jvp: [[Double]] = []
    var vjp: [[Double]] = []
    var jacobian: [[Double]] = []
    var second: [(forward: Double, reverse: [Double])] = []
  }
  struct Point {
    var inputs: [[Double]]
    var directions: [[Double]]
    var others: [[Double]]
    var cotangent: [Double]
  }

  func point(seed: UInt64) throws -> Point {
    var random = Numbers(seed: seed)
    let inputs = self.inputs.map { random.tensor($0.shape, $0.range) }
    let count = try value(.f64, inputs).count
    return Point(
      inputs: inputs, directions: self.inputs.map { random.tensor($0.shape) }, others: self.inputs.map { random.tensor($0.shape) },
      cotangent: random.tensor([count]))
  }

  func value(_ dtype: DType, _ inputs: [[Double]]) throws -> [Double] {
    let model = Model()
    let x = self.inputs.map { model.parameter("x", floats(dtype, $0.shape)) }
    return numbers(try model.run([build(model.builder, x)], data(dtype, inputs))[0])
  }

  private func data(_ dtype: DType, _ values: [[Double]]) -> [Tensor] {
    zip(values, inputs).map { tensor($0, $1.shape, dtype) }
  }

  func derivatives(_ dtype: DType, at point: Point) throws -> Derivatives {
    let model = Model()
    let builder = model.builder
    let x = inputs.map { model.parameter("x", floats(dtype, $0.shape)) }
    let y = build(builder, x)
    let v = inputs.map { model.parameter("v", floats(dtype, $0.shape)) }
    let w = inputs.map { model.parameter("w", floats(dtype, $0.shape)) }
    let u = model.parameter("u", builder.type(of: y))
    // The square makes linear ops take part in second derivatives too.
    let square = builder.multiply(y, y)
    var outputs = [y]
    for k in x.indices {
      let curvature = builder.multiply(model.vjp(square, x[k], u), v[k])
      let s = builder.sum(curvature, axes: Array(0..<builder.rank(curvature)))
      outputs += [model.jvp(y, x[k], v[k]), model.vjp(y, x[k], u), model.jacobian(y, x[k])]
      outputs += [model.jvp(s, x[k], w[k]), model.gradient(s, x[k])]
    }
    let extents = builder.shape(of: y).dims.map { $0.constant ?? 0 }
    let results = try model.run(
      outputs,
      data(dtype, point.inputs) + data(dtype, point.directions) + data(dtype, point.others)
        + [tensor(point.cotangent, extents, dtype)]
    ).map(numbers)
    var derivatives = Derivatives(value: results[0])
    for k in x.indices {
      let own = results[(1 + 5 * k)...]
      let first = own.startIndex
      derivatives.jvp.append(own[first])
      derivatives.vjp.append(own[first + 1])
      derivatives.jacobian.append(own[first + 2])
      derivatives.second.append((own[first + 3][0], own[first + 4]))
    }
    return derivatives
  }

  /// The derivative of a function along a direction by central differences, with a bound of its error: the difference of two step
  /// sizes bounds what is cut off, the last bits of the values what is rounded.
  static func difference(_ step: Double, _ f: (Double) throws -> [Double]) rethrows -> [(value: Double, error: Double)] {
    let (a, b, c, d) = (try f(step), try f(-step), try f(step / 2), try f(-step / 2))
    return a.indices.map { i in
      let (coarse, fine) = ((a[i] - b[i]) / (2 * step), (c[i] - d[i]) / step)
      let scale = max(abs(a[i]), abs(b[i]), abs(c[i]), abs(d[i]), 1)
      return (fine, abs(coarse - fine) + 256 * Double.ulpOfOne * scale / step)
    }
  }

  /// Every disagreement between differences, forward mode, reverse mode and whole Jacobians, in first and second order.
  func disagreements(seed: UInt64 = 1) throws -> [String] {
    let point = try point(seed: seed)
    let own = try derivatives(.f64, at: point)
    var found: [String] = []
    func expect(_ what: String, _ a: Double, _ b: Double, within error: Double) {
      if !(abs(a - b) <= error) { found.append("\(name): \(what): \(a) is not \(b) ± \(error)") }
    }
    for k in inputs.indices {
      let direction = point.directions[k]
      let along = { (step: Double, by: [Double]) -> [[Double]] in
        var moved = point.inputs
        for i in moved[k].indices { moved[k][i] += step * by[i] }
        return moved
      }
      let step = 1e-4
      for (i, expected) in try DerivativeCase.difference(step, { try value(.f64, along($0, direction)) }).enumerated() {
        expect("forward by \(k), element \(i)", own.jvp[k][i], expected.value, within: expected.error)
      }
      // Reverse against forward; both are sums of products, rounded in other orders.
      let (left, right) = (dot(point.cotangent, own.jvp[k]), dot(own.vjp[k], direction))
      let scale = zip(own.vjp[k], direction).reduce(1) { $0 + abs($1.0 * $1.1) }
      expect("reverse by \(k)", right, left, within: 1e-11 * scale)
      let (m, n) = (own.value.count, direction.count)
      for i in 0..<m {
        let row = Array(own.jacobian[k][i * n..<(i + 1) * n])
        let size = zip(row, direction).reduce(1) { $0 + abs($1.0 * $1.1) }
        expect("row \(i) of the Jacobian by \(k)", dot(row, direction), own.jvp[k][i], within: 1e-11 * size)
      }
      // Second order: s = uᵀ J v of the square, along w.
      let slope = try DerivativeCase.difference(step) { step in
        var moved = point
        moved.inputs = along(step, point.others[k])
        let value = try value(.f64, moved.inputs)
        let jacobian = try derivatives(.f64, at: moved).jvp[k]
        return [zip(point.cotangent, zip(value, jacobian)).reduce(0) { $0 + $1.0 * 2 * $1.1.0 * $1.1.1 }]
      }[0]
      expect("second order, forward over reverse by \(k)", own.second[k].forward, slope.value, within: slope.error)
      let reverse = dot(own.second[k].reverse, point.others[k])
      let size = zip(own.second[k].reverse, point.others[k]).reduce(1) { $0 + abs($1.0 * $1.1) }
      expect("second order, reverse over reverse by \(k)", reverse, own.second[k].forward, within: 1e-10 * size)
    }
    return found
  }

  /// Where the derivatives in f32 leave those in f64 by more than f32's rounding explains.
  func disagreementsOfNumberTypes(seed: UInt64 = 1) throws -> [String] {
    let point = try point(seed: seed)
    let (single, double) = (try derivatives(.f32, at: point), try derivatives(.f64, at: point))
    var found: [String] = []
    func compare(_ what: String, _ a: [Double], _ b: [Double]) {
      // A few hundred roundings of quantities as large as the largest.
      let scale = b.reduce(1) { max($0, abs($1)) }
      for (i, (x, y)) in zip(a, b).enumerated() where !(abs(x - y) <= 512 * Double(Float.ulpOfOne) * scale) {
        found.append("\(name): \(what) \(i): \(x) in f32, \(y) in f64")
      }
    }
    for k in inputs.indices {
      compare("forward by \(k)", single.jvp[k], double.jvp[k])
      compare("reverse by \(k)", single.vjp[k], double.vjp[k])
      compare("Jacobian by \(k)", single.jacobian[k], double.jacobian[k])
      compare("second order by \(k)", single.second[k].reverse, double.second[k].reverse)
    }
    return found
  }
}
