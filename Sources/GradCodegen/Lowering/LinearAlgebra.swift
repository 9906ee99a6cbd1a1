import GradIR

// triangularSolve, cholesky and argsort: loops whose steps need those before.
extension Region {
  /// x[at] as a local.
  private func load(_ pointer: Variable, _ at: Dim, _ dtype: DType, _ f: FunctionEmitter, _ stem: String = "v") -> Expr {
    f.declare(.element(dtype), stem, .load(pointerName(pointer, f), f.number(at)))
  }
  private func fma(_ dtype: DType, _ a: Expr, _ b: Expr, _ c: Expr) -> Expr {
    .call("grad_fma_\(dtype)", [.unary("-", a), b, c])
  }
  /// The pointer to a value in memory and the place of one of its matrices.
  private func matrix(_ value: ValueID, _ batch: [Dim], _ f: FunctionEmitter) -> (pointer: Variable, index: Dim) {
    let rank = shape(value).rank
    guard let found = location(value, .axes(batch + [Dim](repeating: 0, count: rank - batch.count)), in: f) else {
      preconditionFailure("\(value) is not in memory")
    }
    return (found.pointer, found.index)
  }

  /// xᵢ = (bᵢ − Σ Tᵢⱼ xⱼ) / Tᵢᵢ over the j already solved.
  func lowerTriangularSolve(_ lower: Bool, _ transposed: Bool, _ node: Node, _ target: Variable, _ f: FunctionEmitter) {
    let (a, b) = (node.operands[0], node.operands[1])
    let dtype = node.types[0].dtype
    let shape = node.types[0].shape
    let (n, columns) = (shape[shape.rank - 2], shape[shape.rank - 1])
    let upwards = lower == transposed
    f.loops(Region.indexStems, Array(shape.dims.dropLast(2))) { batch in
      let (pointerA, baseA) = matrix(a, batch, f)
      let (pointerB, baseB) = matrix(b, batch, f)
      let baseX = flat(.axes(batch + [0, 0]), shape)
      f.loop("row", n, descends: upwards) { i in
        f.loop("column", columns) { c in
          let rest = f.local("rest")
          f.emit(.declare(.element(dtype), rest, .load(pointerName(pointerB, f), f.number(baseB + i * columns + c)), const: false))
          f.range("k", upwards ? i + 1 : 0, upwards ? n : i, descends: upwards) { j in
            let t = load(pointerA, baseA + (transposed ? j * n + i : i * n + j), dtype, f)
            let x = load(target, baseX + j * columns + c, dtype, f)
            f.emit(.assign(rest, fma(dtype, t, x, .variable(rest))))
          }
          let pivot = load(pointerA, baseA + i * n + i, dtype, f, "pivot")
          f.emit(.store(target.name, f.number(baseX + i * columns + c), .binary("/", .variable(rest), pivot)))
        }
      }
    }
  }

  /// lⱼⱼ = √(aⱼⱼ − Σ lⱼₖ²), lᵢⱼ = (aᵢⱼ − Σ lᵢₖ lⱼₖ) / lⱼⱼ.
  func lowerCholesky(_ node: Node, _ target: Variable, _ f: FunctionEmitter) {
    let dtype = node.types[0].dtype
    let shape = node.types[0].shape
    let n = shape[shape.rank - 1]
    let nan = Expr.literal(dtype, dtype == .f32 ? UInt64(Float.nan.bitPattern) : Double.nan.bitPattern)
    let zero = Expr.literal(dtype, 0)
    f.loops(Region.indexStems, Array(shape.dims.dropLast(2))) { batch in
      let (pointer, baseA) = matrix(node.operands[0], batch, f)
      let base = flat(.axes(batch + [0, 0]), shape)
      func rest(_ i: Dim, _ j: Dim) -> Name {
        let rest = f.local("rest")
        f.emit(.declare(.element(dtype), rest, .load(pointerName(pointer, f), f.number(baseA + i * n + j)), const: false))
        f.range("k", 0, j, descends: false) { k in
          let a = load(target, base + i * n + k, dtype, f)
          let b = load(target, base + j * n + k, dtype, f)
          f.emit(.assign(rest, fma(dtype, a, b, .variable(rest))))
        }
        return rest
      }
      f.loop("column", n) { j in
        f.range("row", 0, j, descends: false) { i in f.emit(.store(target.name, f.number(base + i * n + j), zero)) }
        let under = rest(j, j)
        let root = f.local("pivot")
        f.emit(.declare(.element(dtype), root, nan, const: false))
        f.emit(
          .branch(
            .binary(">", .variable(under), zero), then: [.assign(root, .call("grad_sqrt_\(dtype)", [.variable(under)]))],
            else: []))
        f.emit(.store(target.name, f.number(base + j * n + j), .variable(root)))
        f.range("row", j + 1, n, descends: false) { i in
          let rest = rest(i, j)
          f.emit(.store(target.name, f.number(base + i * n + j), .binary("/", .variable(rest), .variable(root))))
        }
      }
    }
  }

  /// A stable merge sort of the indices of each line, from runs of one upwards, between the result and a scratch array.
  func lowerArgsort(_ axis: Int, _ node: Node, _ target: Variable, _ f: FunctionEmitter) {
    let shape = node.types[0].shape
    let dtype = type(node.operands[0]).dtype
    let n = shape[axis]
    let scratch = newBuffer("scratch", TensorType(.i64, [n]))
    f.write(scratch)
    let others = shape.dims.indices.filter { $0 != axis }
    f.loops(Region.indexStems, others.map { shape[$0] }) { outer in
      func indices(_ k: Dim) -> [Dim] {
        var indices = [Dim](repeating: k, count: shape.rank)
        for (axis, index) in zip(others, outer) { indices[axis] = index }
        return indices
      }
      func place(_ k: Dim) -> Expr { f.number(flat(.axes(indices(k)), shape)) }
      f.range("k", 0, n, descends: false) { k in f.emit(.store(target.name, place(k), f.number(k))) }
      let width = f.local("width")
      f.emit(.declare(.index, width, .integer(1), const: false))
      let count = f.number(n)
      f.nest({ .whileLoop(.binary("<", .variable(width), count), $0) }) {
        // Merges neighbouring runs of the result into the scratch array, then copies back.
        let start = f.local("start")
        f.emit(.declare(.index, start, .zero, const: false))
        f.nest({ .whileLoop(.binary("<", .variable(start), count), $0) }) {
          func end(_ stem: String, _ from: Expr) -> Expr {
            let name = f.local(stem)
            f.emit(.declare(.index, name, .binary("+", from, .variable(width)), const: false))
            f.emit(.branch(.binary(">", .variable(name), count), then: [.assign(name, count)], else: []))
            return .variable(name)
          }
          let middle = end("middle", .variable(start))
          let last = end("last", middle)
          let (left, right, out) = (f.local("left"), f.local("right"), f.local("out"))
          f.emit(.declare(.index, left, .variable(start), const: false))
          f.emit(.declare(.index, right, middle, const: false))
          f.emit(.declare(.index, out, .variable(start), const: false))
          f.nest({ .whileLoop(.binary("<", .variable(out), last), $0) }) {
            let takesRight = f.local("takes_right")
            f.emit(.declare(.element(.bool), takesRight, .binary(">=", .variable(left), middle), const: false))
            let both = Expr.binary("&", .binary("<", .variable(left), middle), .binary("<", .variable(right), last))
            f.nest({ .branch(both, then: $0, else: []) }, isGuard: true) {
              let (l, r) = (f.openIndex(left, extent: nil, depth: f.depth), f.openIndex(right, extent: nil, depth: f.depth))
              func key(_ k: Dim, _ stem: String) -> Expr {
                let order = f.declare(.index, stem, .load(target.name, place(k)))
                guard case .variable(let name) = order else { return order }
                return element(node.operands[0], .axes(indices(f.openIndex(name, extent: nil, depth: f.depth))), in: f)
              }
              let (a, b) = (key(l, "first"), key(r, "second"))
              // Only what is truly smaller goes first; NaN is last.
              var smaller = Expr.binary("<", b, a)
              // All alike along the axis: in order as they are.
              if a == b {
                smaller = .literal(.bool, 0)
              } else if dtype.isFloat {
                smaller = .binary("|", smaller, .binary("&", .binary("!=", a, a), .binary("==", b, b)))
              }
              f.emit(.assign(takesRight, smaller))
            }
            func move(_ side: Name) -> [Stmt] {
              let k = f.openIndex(side, extent: nil, depth: f.depth)
              return [.store(scratch.name, .variable(out), .load(target.name, place(k))), .assign(side, .variable(side) + .integer(1))]
            }
            let (toRight, toLeft) = (move(right), move(left))
            f.emit(.branch(.variable(takesRight), then: toRight, else: toLeft))
            f.emit(.assign(out, .variable(out) + .integer(1)))
          }
          f.emit(.assign(start, last))
        }
        f.range("k", 0, n, descends: false) { k in f.emit(.store(target.name, place(k), .load(scratch.name, f.number(k)))) }
        f.emit(.assign(width, .variable(width) * .integer(2)))
      }
    }
  }
}

extension FunctionEmitter {
  /// A loop from one index up to, or down from before, another.
  func range(_ stem: String, _ from: Dim, _ to: Dim, descends: Bool, _ body: (Dim) -> Void) {
    if let a = from.constant, let b = to.constant, a >= b { return }
    let (lower, upper) = (number(from), number(to))
    let name = local(stem)
    let symbol = openIndex(name, extent: nil, depth: depth + 1)
    scopes.append(Scope(isGuard: false))
    body(symbol)
    let scope = scopes.removeLast()
    emit(.loop(variable: name, from: lower, to: upper, step: .integer(1), descends: descends, body: scope.statements))
  }
  /// Statements in a scope of their own, made into one statement. What they hold stays inside, for it may change from turn to turn.
  func nest(_ wrap: ([Stmt]) -> Stmt, isGuard: Bool = true, _ body: () -> Void) {
    scopes.append(Scope(isGuard: isGuard))
    body()
    let scope = scopes.removeLast()
    emit(wrap(scope.statements))
  }
}
