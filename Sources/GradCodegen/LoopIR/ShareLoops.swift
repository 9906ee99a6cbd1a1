import GradIR

// Loops whose steps are independent, shared among threads: the loop becomes a function of the indices from which and to which it runs, and
// where it is worth it pieces of it run on the threads of the process:
//
//     for (i = 0; i < n; i++) { …; grad_sum_add_f32(&sum, …); }
//
// becomes
//
//     int64_t size = n;
//     if (nanoseconds >= 8000) size = grad_piece_size(n, 512, nanoseconds);
//     if (size >= n) {
//       model_loss_loop(0, n, x, &sum);
//     } else {
//       …                                                          // context: x and totals
//       grad_parallel(pieces, nanoseconds, model_loss_piece, context);   // model_loss_loop(begin, end, x, &own) for each, totals[piece]
//       grad_sum_add_pieces_f32(&sum, pieces, totals);
//     }
//
// The same bits: a piece is a power of two of blocks of a sum, so that its total is a number of the tree of the whole sum.
struct ShareLoops {
  let emitter: FunctionEmitter
  /// What the function declares or is handed.
  private var types: [Name: CType]
  /// The function's steps that are a thread's own, and what passes them on: to stand before it.
  private(set) var functions: [Function] = []

  fileprivate static let unitsPerNanosecond = 32
  /// So many pieces has a loop at most: `GRAD_MOST_PIECES`.
  private static let mostPieces = 128
  private static let parameterLimit = 40

  init(_ emitter: FunctionEmitter, _ types: [Name: CType]) {
    self.emitter = emitter
    self.types = types
  }

  mutating func applied(_ statements: [Stmt]) -> [Stmt] {
    for statement in statements {
      switch statement {
      case .declare(let type, let name, _, _): types[name] = type
      default: break
      }
    }
    return statements.flatMap { statement -> [Stmt] in
      guard case .loop(let variable, .zero, let to, .integer(1), false, let body) = statement, emitter.independent.contains(variable),
        let shared = shared(variable, to, body)
      else { return [statement] }
      return shared
    }
  }

  /// A name of the function that the loop uses.
  private struct Free {
    var name: Name
    var type: CType
  }

  /// A sum that the steps add to.
  private struct Sum {
    var name: Name
    var dtype: DType
    var type: CType { .accumulator("grad_sum_\(dtype)") }
  }

  private mutating func shared(_ variable: Name, _ to: Expr, _ body: [Stmt]) -> [Stmt]? {
    let work = body.work(emitter.limits)
    if case .integer(let count) = to, case .integer(let each) = work,
      Double(count) * Double(each) < Double(emitter.module.options.leastShared * ShareLoops.unitsPerNanosecond)
    {
      return nil
    }
    var names = LoopNames()
    names.add(body)
    guard names.isIndependent, !names.declares(anyOf: work) else { return nil }
    let sums = names.sums.sorted()
    var free: [Free] = []
    for name in names.free.sorted() where name != variable && !sums.contains(name) && emitter.module.tables.allSatisfy({ $0.name != name })
    {
      guard let type = types[name] else { return nil }
      free.append(Free(name: name, type: type))
    }
    var typed: [Sum] = []
    for sum in sums {
      guard case .accumulator(let type) = types[sum], let dtype = DType.allCases.first(where: { type == "grad_sum_\($0)" }) else {
        return nil
      }
      typed.append(Sum(name: sum, dtype: dtype))
    }
    guard free.count + sums.count <= ShareLoops.parameterLimit else { return nil }
    return write(variable, to, body, work, free, typed, returnsStatus: names.givesBack)
  }

  private mutating func write(
    _ variable: Name, _ to: Expr, _ body: [Stmt], _ work: Expr, _ free: [Free], _ sums: [Sum], returnsStatus: Bool
  ) -> [Stmt] {
    let module = emitter.module
    let local = emitter.local
    let bytes = CType.pointer(.bytes, const: false, restrict: false)
    let (begin, end) = (local("begin"), local("end"))

    // The loop from an index to another.
    let own = body.map { $0.handing(Set(sums.map(\.name))) }
    var loop = Function(
      name: module.globals.unique("\(emitter.name)_loop").text,
      parameters: [.init(name: begin, type: .index), .init(name: end, type: .index)] + free.map { .init(name: $0.name, type: $0.type) }
        + sums.map { .init(name: $0.name, type: .pointer($0.type, const: false, restrict: false)) },
      body: [.loop(variable: variable, from: .variable(begin), to: .variable(end), step: .integer(1), descends: false, body: own)],
      comment: ["Steps of \(emitter.name)."], returnsStatus: returnsStatus)
    var ends: [Name: Int] = [:]
    if case .integer(let steps) = to { ends[end] = steps }
    loop = emitter.inLoops(loop, ends: ends)
    func call(_ from: Expr, _ to: Expr, _ sum: (Name) -> Expr) -> (String, [Expr]) {
      (loop.name, [from, to] + free.map { .variable($0.name) } + sums.map { sum($0.name) })
    }

    // What a piece finds: the size of a piece, the end, what the loop uses, and where its results go.
    let (context, given, piece, size, statuses) = (local("context"), local("given"), local("piece"), local("size"), local("statuses"))
    let (count, totals) = (local("count"), sums.map { _ in local("totals") })
    var handed: [(name: Name, type: CType, isAddress: Bool)] = [(size, .index, true), (count, .index, true)]
    handed += free.map { ($0.name, $0.type, !$0.type.isPointer) }
    for (sum, total) in zip(sums, totals) { handed.append((total, .pointer(.element(sum.dtype), const: false, restrict: false), false)) }
    if returnsStatus { handed.append((statuses, .pointer(.status, const: false, restrict: false), false)) }

    var inner: [Stmt] = [
      .declare(
        .pointer(bytes, const: false, restrict: false), given, .cast(.pointer(bytes, const: false, restrict: false), .variable(context)),
        const: false)
    ]
    for (place, item) in handed.enumerated() {
      if item.isAddress {
        let pointer = CType.pointer(item.type, const: true, restrict: false)
        let at = local("\(item.name)_at")
        inner.append(.declare(pointer, at, .cast(pointer, .load(given, .integer(place))), const: false))
        inner.append(.declare(item.type, item.name, .load(at, .zero), const: true))
      } else {
        inner.append(
          .declare(item.type.unrestricted, item.name, .cast(item.type.unrestricted, .load(given, .integer(place))), const: false))
      }
    }
    inner.append(.declare(.index, begin, .variable(piece) * .variable(size), const: true))
    inner.append(.declare(.index, end, .variable(begin) + .variable(size), const: false))
    inner.append(.branch(.binary(">", .variable(end), .variable(count)), then: [.assign(end, .variable(count))], else: []))
    for sum in sums {
      inner.append(.declare(sum.type, sum.name, nil, const: false))
      inner.append(.call("grad_sum_begin_\(sum.dtype)", [.address(sum.name)]))
    }
    let (name, arguments) = call(.variable(begin), .variable(end)) { .address($0) }
    inner.append(returnsStatus ? .store(statuses, .variable(piece), .call(name, arguments)) : .call(name, arguments))
    for (sum, total) in zip(sums, totals) {
      inner.append(.store(total, .variable(piece), .call("grad_sum_end_\(sum.dtype)", [.address(sum.name)])))
    }
    let pieceFunction = Function(
      name: module.globals.unique("\(emitter.name)_piece").text,
      parameters: [.init(name: context, type: bytes), .init(name: piece, type: .i64)], body: inner,
      comment: ["A piece of \(emitter.name), for a thread."], returnsStatus: false)
    functions += [loop, pieceFunction]

    // In the loop's place.
    let (nanoseconds, pieces, options) = (local("nanoseconds"), local("pieces"), module.options)
    let (alone, all) = call(.zero, .variable(count)) { .address($0) }
    var shared: [Stmt] = zip(sums, totals).map { .declareArray(.element($0.dtype), $1, ShareLoops.mostPieces) }
    if returnsStatus { shared.append(.declareArray(.status, statuses, ShareLoops.mostPieces)) }
    shared.append(.declareArray(bytes, context, handed.count))
    for (place, item) in handed.enumerated() {
      shared.append(.store(context, .integer(place), .cast(bytes, item.isAddress ? .address(item.name) : .variable(item.name))))
    }
    shared += [
      .declare(.index, pieces, .binary("/", .binary("-", .variable(count) + .variable(size), .integer(1)), .variable(size)), const: true),
      .call(
        "grad_parallel", [.variable(pieces), .variable(nanoseconds), .variable(Name(pieceFunction.name)), .cast(bytes, .variable(context))]),
    ]
    // The fault of the first step that has one, as one thread finds it.
    if returnsStatus { shared.append(.checkedCall("grad_first_status", [.variable(pieces), .variable(statuses)])) }
    for (sum, total) in zip(sums, totals) {
      shared.append(.call("grad_sum_add_pieces_\(sum.dtype)", [.address(sum.name), .variable(pieces), .variable(total)]))
    }
    let choice = Stmt.assign(
      size, .call("grad_piece_size", [.variable(count), .integer(sums.isEmpty ? 1 : 512), .variable(nanoseconds)]))
    return [
      .declare(.index, count, to, const: true), .declare(.index, size, .variable(count), const: false),
      .declare(.index, nanoseconds, .binary("/", .variable(count) * work, .integer(ShareLoops.unitsPerNanosecond)), const: true),
      .branch(.binary(">=", .variable(nanoseconds), .integer(options.leastShared)), then: [choice], else: []),
      .branch(
        .binary(">=", .variable(size), .variable(count)), then: [returnsStatus ? .checkedCall(alone, all) : .call(alone, all)], else: shared
      ),
    ]
  }
}

/// The names that a loop uses and does not declare, and whether its steps could run in any order as far as these tell.
private struct LoopNames {
  private(set) var free: Set<Name> = []
  /// The sums outside that each step adds one number to.
  private(set) var sums: Set<Name> = []
  private(set) var isIndependent = true
  private(set) var givesBack = false
  private var declared: Set<Name> = []

  /// True where an expression cannot be computed before the loop.
  func declares(anyOf expression: Expr) -> Bool {
    var names: Set<Name> = []
    expression.collectNames(into: &names)
    return !names.isDisjoint(with: declared)
  }

  mutating func add(_ statements: [Stmt], isStep: Bool = true) {
    for statement in statements {
      var expressions = statement.expressions
      switch statement {
      case .declare(_, let name, _, _), .declareArray(_, let name, _), .loop(let name, _, _, _, _, _): declared.insert(name)
      case .assign(let name, _): if !declared.contains(name) { isIndependent = false }
      case .store(let buffer, _, _): if !declared.contains(buffer) { free.insert(buffer) }
      case .call(let function, let arguments):
        if function.isMatrixProduct { break }
        // Of the columns of a part, whose sums are the step's own.
        if function.hasPrefix("grad_column_sums_"), case .variable(let state) = arguments[1], declared.contains(state) { break }
        guard function.hasPrefix("grad_sum_") || function.hasPrefix("grad_product_"), case .address(let sum)? = expressions.first else {
          isIndependent = false
          return
        }
        if !declared.contains(sum) {
          if !isStep || !function.hasPrefix("grad_sum_") || !sums.insert(sum).inserted { isIndependent = false }
          expressions.removeFirst()
        }
      case .checkedCall: isIndependent = false
      case .giveBack: givesBack = true
      default: break
      }
      for expression in expressions {
        expression.forEachName { if !declared.contains($0) { free.insert($0) } }
        expression.forEachAddress { if !declared.contains($0) { isIndependent = false } }
      }
      for list in statement.lists { add(list, isStep: false) }
    }
  }
}

extension Stmt {
  /// With pointers in the place of sums whose addresses it hands on.
  fileprivate func handing(_ sums: Set<Name>) -> Stmt {
    guard case .call(let function, var arguments) = self, case .address(let sum)? = arguments.first, sums.contains(sum) else { return self }
    arguments[0] = .variable(sum)
    return .call(function, arguments)
  }
}

extension [Stmt] {
  /// About what they take, in `ShareLoops.unitsPerNanosecond`: an operation or an access one of them, a function eight.
  ///
  /// - Parameter limits: what numbers that are known only within are at most.
  fileprivate func work(_ limits: [Name: Int]) -> Expr {
    func bounded(_ number: Expr) -> Expr { number.replacing { limits[$0].map { .integer($0) } }.simplified }
    var constant = 1
    var terms: [Expr] = []
    for statement in self {
      constant += statement.expressions.reduce(0) { $0 + $1.work }
      if case .call(let function, let arguments) = statement, function.isMatrixProduct {
        let products = bounded(arguments[0] * arguments[1] * arguments[2])
        if case .integer(let count) = products { constant += count / 2 } else { terms.append(.binary("/", products, .integer(2))) }
      }
      if case .loop(_, let from, let to, _, _, let body) = statement {
        let inner = body.work(limits)
        switch (bounded(from), bounded(to), inner) {
        case (.integer(let from), .integer(let to), .integer(let work)): constant += Swift.max(to - from, 0) * work
        case (.zero, let to, _): terms.append(to * inner)
        case (let from, let to, _): terms.append(.binary("-", to, from) * inner)
        }
      } else {
        for list in statement.lists {
          if case .integer(let work) = list.work(limits) { constant += work } else { terms.append(list.work(limits)) }
        }
      }
    }
    return terms.reduce(.integer(constant)) { $0 + $1 }
  }
}

extension String {
  /// True of the runtime's products, which write to the array that they are handed and change nothing else.
  fileprivate var isMatrixProduct: Bool {
    ["grad_matrix_product_", "grad_matrix_fixed_", "grad_annihilating_matrix_product_"].contains(where: hasPrefix)
  }
}

extension Expr {
  fileprivate var work: Int {
    let inner = parts.reduce(0) { $0 + $1.work }
    return switch self {
    case .variable, .integer, .literal, .address: inner
    case .call: inner + 8
    default: inner + 1
    }
  }
}
