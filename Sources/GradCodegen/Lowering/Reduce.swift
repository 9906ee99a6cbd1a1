import GradIR

// reduce and cumulative.
extension Region {
  func lowerReduce(_ kind: Reduction, _ axes: [Int], _ node: Node, _ target: Variable, _ f: FunctionEmitter) {
    let operand = node.operands[0]
    let shape = self.shape(operand)
    let dtype = type(operand).dtype
    let kept = shape.dims.indices.filter { !axes.contains($0) }
    let result = node.types[0].shape
    f.loops(Region.indexStems, kept.map { shape[$0] }, independent: true) { outer in
      let place = f.number(flat(.axes(outer), result))
      func indices(_ inner: [Dim]) -> [Dim] {
        var indices = [Dim](repeating: 0, count: shape.rank)
        for (axis, index) in zip(kept, outer) { indices[axis] = index }
        for (axis, index) in zip(axes, inner) { indices[axis] = index }
        return indices
      }
      let inner = axes.map { shape[$0] }
      let isFlat = kept.isEmpty && shape.rank > 1 && readsFlat(operand)
      func elements(_ body: (Expr) -> Void) {
        if isFlat { return f.loop("i", shape.count, independent: true) { body(element(operand, .flat($0), in: f)) } }
        f.loops(Array(Region.indexStems.dropFirst(kept.count % 6)) + Region.indexStems, inner, independent: true) { inner in
          body(element(operand, .axes(indices(inner)), in: f))
        }
      }
      func store(_ value: Expr) { f.emit(.store(target.name, place, value)) }

      let count = inner.reduce(1, *)
      // Up to four numbers of memory are read sooner than a call is made.
      if kind == .sum, !(dtype.isFloat && (1...4).contains(count.constant ?? 0)), let run = run(operand, inner, f, at: indices) {
        let x = pointer(run.pointer, run.base, f)
        return store(.call("grad_sum_strided_\(dtype)", [f.number(run.count), x, f.number(run.stride)]))
      }
      // As many as a block has at least are computed as one.
      if kind == .sum, dtype.isFloat, ShortSum.takes(inner, dtype), count != Dim(BlockLoops.leastTrips) {
        let sum = ShortSum(dtype, f)
        f.loops(Region.indexStems, inner, unrolled: true) { sum.add(element(operand, .axes(indices($0)), in: f)) }
        return store(sum.end)
      }
      let reduction = beginReduction(kind, node, f)
      elements(reduction.add)
      store(reduction.end())
    }
  }

  /// A reduction while it runs: what takes an element in, and what gives the result.
  struct RunningReduction {
    var add: (Expr) -> Void
    var end: () -> Expr
  }

  /// - Parameter unrolled: the elements are taken in by statements one after the other, not by a loop.
  func beginReduction(_ kind: Reduction, _ node: Node, unrolled: Bool = false, _ f: FunctionEmitter) -> RunningReduction {
    let dtype = type(node.operands[0]).dtype
    switch kind {
    case .sum where unrolled && dtype.isFloat:
      let sum = ShortSum(dtype, f)
      return RunningReduction(add: sum.add, end: { sum.end })
    case .sum:
      let sum = Accumulator(dtype, sequential: false, f, module)
      return RunningReduction(add: sum.add, end: { sum.end })
    case .prod, .max, .min, .any, .all:
      if unrolled {
        var total: Expr?
        return RunningReduction(
          add: { x in total = total.map { f.bind(dtype, self.combine(kind, dtype, $0, x)) } ?? x },
          end: { total ?? self.identity(kind, dtype) })
      }
      let total = f.local(stem(node.firstResult) ?? "total")
      f.emit(.declare(.element(node.types[0].dtype), total, identity(kind, dtype), const: false))
      return RunningReduction(
        add: { x in f.emit(.assign(total, self.combine(kind, dtype, .variable(total), x))) }, end: { .variable(total) })
    case .argmax, .argmin: return beginFirst(kind, dtype, f)
    }
  }

  private func identity(_ kind: Reduction, _ dtype: DType) -> Expr {
    switch (kind, dtype) {
    case (.prod, _), (.all, _): .literal(dtype, Constant(integer: 1, dtype).bits[0])
    case (.max, .f32), (.argmax, .f32): .literal(.f32, UInt64((-Float.infinity).bitPattern))
    case (.max, .f64), (.argmax, .f64): .literal(.f64, (-Double.infinity).bitPattern)
    case (.min, .f32), (.argmin, .f32): .literal(.f32, UInt64(Float.infinity.bitPattern))
    case (.min, .f64), (.argmin, .f64): .literal(.f64, Double.infinity.bitPattern)
    case (.max, .i32), (.argmax, .i32): .literal(.i32, UInt64(bitPattern: Int64(Int32.min)))
    case (.max, .i64), (.argmax, .i64): .literal(.i64, UInt64(bitPattern: Int64.min))
    case (.min, .i32), (.argmin, .i32): .literal(.i32, UInt64(bitPattern: Int64(Int32.max)))
    case (.min, .i64), (.argmin, .i64): .literal(.i64, UInt64(bitPattern: Int64.max))
    default: .literal(dtype, 0)
    }
  }
  private func combine(_ kind: Reduction, _ dtype: DType, _ total: Expr, _ x: Expr) -> Expr {
    switch kind {
    case .prod: arithmetic("*", dtype, total, x)
    case .max: .call("grad_max_\(dtype)", [total, x])
    case .min: .call("grad_min_\(dtype)", [total, x])
    case .any: .binary("|", total, x)
    default: .binary("&", total, x)
    }
  }
  func arithmetic(_ symbol: String, _ dtype: DType, _ a: Expr, _ b: Expr) -> Expr {
    guard let unsigned = ScalarSpelling.unsigned(dtype) else { return .binary(symbol, a, b) }
    return .cast(.element(dtype), .binary(symbol, .cast(unsigned, a), .cast(unsigned, b)))
  }

  /// The place of the first NaN, else of the first extreme.
  private func beginFirst(_ kind: Reduction, _ dtype: DType, _ f: FunctionEmitter) -> RunningReduction {
    let (best, place, count) = (f.local("best"), f.local("found"), f.local("place"))
    f.emit(.declare(.element(dtype), best, identity(kind, dtype), const: false))
    f.emit(.declare(.index, place, .zero, const: false))
    f.emit(.declare(.index, count, .zero, const: false))
    func add(_ x: Expr) {
      let better = Expr.binary(kind == .argmax ? ">" : "<", x, .variable(best))
      // A NaN is better than any number, and nothing is better than a NaN.
      let takes =
        dtype.isFloat
        ? Expr.binary("&", .binary("|", better, .binary("!=", x, x)), .binary("==", .variable(best), .variable(best))) : better
      f.emit(.branch(takes, then: [.assign(best, x), .assign(place, .variable(count))], else: []))
      f.emit(.assign(count, .variable(count) + .integer(1)))
    }
    return RunningReduction(add: add, end: { .variable(place) })
  }

  func lowerCumulative(_ c: Cumulation, _ node: Node, _ target: Variable, _ f: FunctionEmitter) {
    let shape = node.types[0].shape
    let dtype = node.types[0].dtype
    let others = shape.dims.indices.filter { $0 != c.axis }
    f.loops(Region.indexStems, others.map { shape[$0] }) { outer in
      let total = f.local("total")
      let (kind, symbol): (Reduction, String) =
        switch c.kind {
        case .sum: (.sum, "+")
        case .prod: (.prod, "*")
        case .max: (.max, "")
        }
      f.emit(.declare(.element(dtype), total, identity(kind, dtype), const: false))
      f.loop(Region.indexStems[others.count % 6], shape[c.axis], descends: c.reverse) { k in
        var indices = [Dim](repeating: k, count: shape.rank)
        for (axis, index) in zip(others, outer) { indices[axis] = index }
        let place = f.number(flat(.axes(indices), shape))
        let x = element(node.operands[0], .axes(indices), in: f)
        if c.exclusive { f.emit(.store(target.name, place, .variable(total))) }
        f.emit(.assign(total, c.kind == .max ? combine(.max, dtype, .variable(total), x) : arithmetic(symbol, dtype, .variable(total), x)))
        if !c.exclusive { f.emit(.store(target.name, place, .variable(total))) }
      }
    }
  }

  // Runs of memory
  /// Elements at a fixed distance from each other.
  struct Run {
    var pointer: Variable
    var base: Dim
    var count: Dim
    var stride: Dim
  }
  /// The run that elements make when some indices run over extents in row-major order; nil where they are not one.
  func run(_ value: ValueID, _ extents: [Dim], _ f: FunctionEmitter, at indices: @escaping ([Dim]) -> [Dim]) -> Run? {
    runs([(value, indices)], extents, f)?.first
  }
  /// The runs of several values over the same extents.
  func runs(_ values: [(ValueID, ([Dim]) -> [Dim])], _ extents: [Dim], _ f: FunctionEmitter) -> [Run]? {
    let symbols = extents.indices.map { Dim.symbol("%run\($0)") }
    let significant = extents.indices.filter { extents[$0] != 1 }
    var found: [(pointer: Variable, base: Dim, strides: [Dim])] = []
    for (value, indices) in values {
      let own = extents.indices.map { extents[$0] == 1 ? Dim(0) : symbols[$0] }
      guard readsMemory(value),
        let (pointer, offset, _) = f.probing(
          extents.indices.map { ("%run\($0)", extents[$0]) }, { location(value, .axes(indices(own)), in: f) })
      else { return nil }
      func at(_ replaced: (Int) -> Dim) -> Dim {
        offset.substituting { name in name.hasPrefix("%run") ? Int(name.dropFirst(4)).map(replaced) : nil }
      }
      let strides = significant.map { axis in at { $0 == axis ? symbols[$0] + 1 : symbols[$0] } - offset }
      if strides.contains(where: { stride in stride.symbols.contains { $0.hasPrefix("%run") } }) { return nil }
      found.append((pointer, at { _ in 0 }, strides))
    }
    // Neighbouring axes join where one step of the outer is as far as the whole inner axis.
    for (place, axis) in significant.enumerated().dropLast() {
      let next = extents[significant[place + 1]]
      _ = axis
      if found.contains(where: { $0.strides[place] != $0.strides[place + 1] * next }) { return nil }
    }
    let count = significant.reduce(Dim(1)) { $0 * extents[$1] }
    return found.map { Run(pointer: $0.pointer, base: $0.base, count: count, stride: $0.strides.last ?? 0) }
  }
  /// True where an element is found without computing, so that asking for its place emits nothing.
  func readsMemory(_ value: ValueID) -> Bool {
    var value = plan.resolve(value)
    while true {
      switch plan.placement(value) {
      case .parameter(let index):
        if case .pointer = parameters[index] { return true }
        return false
      case .memory, .table, .view: return true
      case .scalar, .immediate, .held, .dead: return false
      case .inlined:
        let node = graph.node(of: value)
        switch node.op {
        case .broadcast, .transpose, .slice, .window, .reshape: break
        case .diagonal(let diagonal) where diagonal.mode == .extract: break
        default: return false
        }
        value = plan.resolve(node.operands[0])
      }
    }
  }
  /// `x + base`
  func pointer(_ pointer: Variable, _ base: Dim, _ f: FunctionEmitter) -> Expr {
    let name = f.use(pointer)
    let offset = f.number(base)
    return offset == .zero ? name : .binary("+", name, offset)
  }
}

/// A sum of so few elements that each has a lane of its own, in locals: the bits of an `Accumulator`.
///
/// A lane is +0 before its element, and +0 + x differs from x in the sign of a zero only: one +0 at the end does as well. So it does for
/// products, which are fused with the +0, as long as a lane is free; where none is, a sum of products that vanish may be −0.
final class ShortSum {
  private let dtype: DType
  private let f: FunctionEmitter
  private let fusesProducts: Bool
  private var lanes: [Expr] = []
  /// The most elements that it takes.
  private static func limit(_ dtype: DType) -> Int { dtype == .f64 ? 8 : 16 }
  /// True of extents that are numbers, and come to no more elements than it takes.
  static func takes(_ extents: [Dim], _ dtype: DType) -> Bool {
    var count = 1
    for dim in extents {
      guard let extent = dim.constant, extent > 0, extent <= limit(dtype) else { return false }
      count *= extent
    }
    return count <= limit(dtype)
  }

  /// - Parameter extents: Those of a sum of products.
  init(_ dtype: DType, ofProducts extents: [Dim] = [], _ f: FunctionEmitter) {
    (self.dtype, self.f) = (dtype, f)
    fusesProducts = extents.reduce(1, *) == Dim(ShortSum.limit(dtype))
  }

  func add(_ x: Expr) { lanes.append(f.bind(dtype, x)) }
  func multiplyAdd(_ a: Expr, _ b: Expr) {
    add(fusesProducts ? .call("grad_fma_\(dtype)", [a, b, .literal(dtype, 0)]) : .binary("*", a, b))
  }

  /// The lanes halved down to one.
  var end: Expr {
    var half = ShortSum.limit(dtype)
    while half > 1 {
      half /= 2
      for lane in 0..<max(0, lanes.count - half) { lanes[lane] = f.bind(dtype, .binary("+", lanes[lane], lanes[lane + half])) }
      lanes.removeLast(max(0, lanes.count - half))
    }
    guard let total = lanes.first else { return .literal(dtype, 0) }
    return fusesProducts ? total : f.bind(dtype, .binary("+", total, .literal(dtype, 0)))
  }
}

/// A sum of the runtime in a C local: its order is fixed, so its bits are.
struct Accumulator {
  let name: Name
  let stem: String
  let dtype: DType
  let f: FunctionEmitter
  let module: ModuleContext

  /// - Parameter sequential: the order of matrix products, else that of sums. Integers wrap, in any order.
  init(_ dtype: DType, sequential: Bool, _ f: FunctionEmitter, _ module: ModuleContext) {
    stem = sequential && dtype.isFloat ? "grad_product" : "grad_sum"
    self.dtype = dtype
    self.f = f
    self.module = module
    name = f.local("sum")
    f.emit(.declare(.accumulator("\(stem)_\(dtype)"), name, nil, const: false))
    f.emit(.call("\(stem)_begin_\(dtype)", [.address(name)]))
  }
  func add(_ x: Expr) { f.emit(.call("\(stem)_add_\(dtype)", [.address(name), x])) }
  func multiplyAdd(_ a: Expr, _ b: Expr, annihilating: Bool) {
    let verb = annihilating && dtype.isFloat ? "annihilating_add" : stem == "grad_product" ? "add" : "multiply_add"
    f.emit(.call("\(stem)_\(verb)_\(dtype)", [.address(name), a, b]))
  }
  var end: Expr { .call("\(stem)_end_\(dtype)", [.address(name)]) }
}
