import GradIR

/// One C function while it is being written: nested scopes of statements, each a loop or a guard within the one before.
///
/// Indices are `Dim`s whose symbols are dims of the model and index variables of this function (their names begin with `%`), so that
/// strides, run lengths and equal indices fall out of polynomial arithmetic. An expression is emitted in the outermost scope that
/// knows its symbols: invariant code leaves loops by itself.
final class FunctionEmitter {
  struct Scope {
    var isGuard: Bool
    var statements: [Stmt] = []
    var elements: [ElementKey: Expr] = [:]
    var offsets: [Dim: Expr] = [:]
    /// Elements of memory that were loaded, by pointer and place.
    var loads: [String: [Dim: Expr]] = [:]
    /// Indices of the data that were checked, by gather and place.
    var checked: [ElementKey: Dim] = [:]
  }
  struct ElementKey: Hashable {
    var value: ValueID
    var access: Access
  }
  struct IndexVariable {
    var name: String
    var depth: Int
    /// Its values are 0 ..< extent, where that is known.
    var extent: Dim?
  }

  let module: ModuleContext
  let name: String
  var scopes: [Scope] = [Scope(isGuard: false)]
  var indices: [String: IndexVariable] = [:]
  /// Variables that are declared here or, in the entry, are its parameters.
  var owned: Set<String> = []
  /// Variables of the caller, in the order of their first use; they become parameters.
  var captured: [Variable] = []
  private var capturedIndex: [String: Int] = [:]
  var written: Set<String> = []
  var returnsStatus = false
  private var locals: [String: Int] = [:]

  init(_ module: ModuleContext, name: String, isHost: Bool) {
    self.isHost = isHost
    self.module = module
    self.name = name
  }

  var depth: Int { scopes.count - 1 }

  // Statements
  func emit(_ statement: Stmt) { scopes[scopes.count - 1].statements.append(statement) }
  func emit(_ statement: Stmt, at depth: Int) { scopes[depth].statements.append(statement) }

  /// A fresh local name: `v1`, `v2`, … for "v", else the stem itself first; apart from every name that the function is handed or
  /// sees. What a function that calls kernels declares may be handed on, so those names are nobody else's.
  func local(_ wanted: String) -> String {
    // Functions and tables begin with the model's name.
    let stem = wanted.hasPrefix(module.options.name + "_") ? "v" : wanted
    while true {
      let number = (locals[stem] ?? 0) + 1
      locals[stem] = number
      let separator = stem.utf8.last.map { (48...57).contains($0) || $0 == 95 } ?? false ? "_" : ""
      let candidate = number == 1 && stem != "v" ? stem : "\(stem)\(separator)\(number)"
      let isModels = module.modelNames.contains(candidate) && candidate != stem
      if isModels || module.names.isTaken(candidate) { continue }
      if isHost {
        module.names.reserve(candidate)
        owned.insert(candidate)
      }
      return candidate
    }
  }
  /// Declares a constant local in the innermost scope.
  func declare(_ type: CType, _ stem: String, _ value: Expr) -> Expr {
    let name = local(stem)
    emit(.declare(type, name, value, const: true))
    return .variable(name)
  }
  func bind(_ dtype: DType, _ value: Expr, stem: String = "v") -> Expr { value.isAtom ? value : declare(.element(dtype), stem, value) }

  /// Statements within a loop over 0 ..< extent; the index is 0 without a loop where the extent is 1.
  func loop(_ stem: String, _ extent: Dim, descends: Bool = false, _ body: (Dim) -> Void) {
    if extent == 1 { return body(0) }
    let to = number(extent)
    let name = local(stem)
    let symbol = openIndex(name, extent: extent, depth: depth + 1)
    scopes.append(Scope(isGuard: false))
    body(symbol)
    let scope = scopes.removeLast()
    emit(.loop(variable: name, from: .zero, to: to, step: .integer(1), descends: descends, body: scope.statements))
  }
  /// Nested loops over a shape.
  func loops(_ stems: [String], _ shape: [Dim], _ body: ([Dim]) -> Void) {
    func go(_ axis: Int, _ indices: [Dim]) {
      if axis == shape.count { return body(indices) }
      loop(stems[axis % stems.count], shape[axis]) { go(axis + 1, indices + [$0]) }
    }
    go(0, [])
  }
  /// Statements that run only where all conditions hold.
  func guarded(_ conditions: [Expr], _ body: () -> Void, otherwise: (() -> Void)? = nil) {
    scopes.append(Scope(isGuard: true))
    body()
    let then = scopes.removeLast()
    var other: [Stmt] = []
    if let otherwise {
      scopes.append(Scope(isGuard: true))
      otherwise()
      other = scopes.removeLast().statements
    }
    guard let first = conditions.first else { return then.statements.forEach { emit($0) } }
    let condition = conditions.dropFirst().reduce(first) { .binary("&", $0, $1) }
    emit(.branch(condition, then: then.statements, else: other))
  }

  /// An index symbol for a C variable.
  func openIndex(_ name: String, extent: Dim?, depth: Int) -> Dim {
    let symbol = "%\(name)"
    indices[symbol] = IndexVariable(name: name, depth: depth, extent: extent)
    return Dim.symbol(symbol)
  }

  // Scopes of expressions
  /// The outermost scope where all symbols of the dims are known, and no guard is left.
  func homeDepth(_ dims: some Sequence<Dim>) -> Int {
    var home = scopes.lastIndex { $0.isGuard } ?? 0
    for dim in dims where dim.constant == nil {
      for symbol in dim.symbols { if let index = indices[symbol] { home = max(home, index.depth) } }
    }
    return min(home, depth)
  }
  /// Runs with the scopes beyond a depth laid aside, so that statements go to that depth.
  func at<T>(_ depth: Int, _ body: () -> T) -> T {
    if depth == self.depth { return body() }
    let aside = scopes[(depth + 1)...]
    scopes.removeLast(scopes.count - depth - 1)
    let result = body()
    scopes += aside
    return result
  }

  // Variables of callers
  func use(_ variable: Variable, extending: Bool = true) -> Expr {
    if case .table = variable.kind { return .variable(variable.name) }
    if !owned.contains(variable.name), capturedIndex[variable.name] == nil {
      capturedIndex[variable.name] = captured.count
      captured.append(variable)
    }
    if extending, let buffer = variable.buffer { module.buffers[buffer].end = max(module.buffers[buffer].end, module.time) }
    return .variable(variable.name)
  }
  func write(_ variable: Variable) {
    _ = use(variable)
    written.insert(variable.name)
  }

  // Numbers
  /// The C expression of a dim or index, its invariant parts held in locals of outer scopes.
  func number(_ dim: Dim) -> Expr {
    if let constant = dim.constant { return .integer(constant) }
    for scope in scopes.reversed() { if let known = scope.offsets[dim] { return known } }
    var byDepth: [Int: [Dim.Term]] = [:]
    let floor = scopes.lastIndex { $0.isGuard } ?? 0
    for term in dim.terms {
      let home = term.factors.isEmpty ? 0 : homeDepth(term.factors.map(\.dim))
      byDepth[max(home, floor), default: []].append(term)
    }
    let depths = byDepth.keys.sorted()
    var sum: Expr?
    for (place, level) in depths.enumerated() {
      // A lone constant joins the next level.
      let terms = byDepth[level] ?? []
      if place + 1 < depths.count, terms.allSatisfy({ $0.factors.isEmpty }), sum == nil {
        byDepth[depths[place + 1], default: []] += terms
        continue
      }
      let expression = at(level) { self.sum(terms, from: sum) }
      if place + 1 == depths.count {
        sum = expression
      } else {
        // Held where it is invariant, found again by its dim.
        let part = Dim(terms: depths[...place].flatMap { byDepth[$0] ?? [] }.uniqued())
        sum = hold(expression, of: part, at: level)
      }
    }
    guard let result = sum else { return .integer(0) }
    let home = homeDepth([dim])
    return home < depth && !result.isAtom ? hold(result, of: dim, at: home) : result
  }
  private func hold(_ expression: Expr, of dim: Dim, at level: Int) -> Expr {
    if expression.isAtom { return expression }
    for scope in scopes[...level].reversed() { if let known = scope.offsets[dim] { return known } }
    let name = local("at")
    emit(.declare(.index, name, expression, const: true), at: level)
    scopes[level].offsets[dim] = .variable(name)
    return .variable(name)
  }

  private func sum(_ terms: [Dim.Term], from start: Expr?) -> Expr {
    var result = start
    // Positive terms first, so that nothing begins with a minus.
    for term in terms.filter({ $0.coefficient > 0 }) + terms.filter({ $0.coefficient < 0 }) {
      let magnitude = Int(term.coefficient.magnitude)
      let product = self.product(magnitude, term.factors)
      if let sum = result {
        result = .binary(term.coefficient < 0 ? "-" : "+", shallow(sum), product)
      } else if term.coefficient < 0 {
        result = product == .integer(magnitude) ? .integer(-magnitude) : .binary("-", .zero, product)
      } else {
        result = product
      }
    }
    return result ?? .zero
  }
  private func product(_ coefficient: Int, _ factors: [Dim.Factor]) -> Expr {
    if factors.isEmpty { return .integer(coefficient) }
    let parts = factors.map { factor -> Expr in
      switch factor {
      case .symbol(let symbol):
        if let index = indices[symbol] { return .variable(index.name) }
        return use(Variable(name: module.dimNames[symbol] ?? NameTable.identifier(symbol), kind: .dim))
      case .floorQuotient(let a, let b):
        let (x, y) = (shallow(number(a)), shallow(number(b)))
        if isNonNegative(a), b.isAtLeast(1) == true { return .binary("/", x, y) }
        return .call("grad_floor_divide_i64", [x, y])
      }
    }
    var result = parts[0]
    for part in parts.dropFirst() { result = shallow(result) * part }
    return coefficient == 1 ? result : shallow(result) * .integer(coefficient)
  }
  /// An expression that may stand within another: libtcc takes little nesting.
  private func shallow(_ expression: Expr) -> Expr {
    func size(_ e: Expr) -> Int {
      switch e {
      case .binary(_, let a, let b): size(a) + size(b) + 1
      case .call(_, let arguments): arguments.reduce(1) { $0 + size($1) }
      default: 0
      }
    }
    if size(expression) < 8 { return expression }
    return declare(.index, "at", expression)
  }

  /// The value of a dim with index variables at their greatest, where they are bounded.
  func upper(_ dim: Dim) -> Dim? {
    var bounded = true
    let result = dim.substituting { symbol in
      guard let index = indices[symbol] else { return nil }
      guard let extent = index.extent else {
        bounded = false
        return nil
      }
      return extent - 1
    }
    return bounded ? result : nil
  }
  func isNonNegative(_ dim: Dim) -> Bool { dim.isAtLeast(0) == true }

  /// Finishes the function: its captured variables are the parameters, dims first, then what is read, then what is written.
  func finish(comment: [String]) -> (function: Function, arguments: [Variable]) {
    func order(_ variable: Variable) -> Int {
      switch variable.kind {
      case .dim, .table: 0
      case .byteOffset: 1
      case .scalar: 2
      case .pointer: written.contains(variable.name) ? 4 : 3
      case .result: 5
      }
    }
    var body = scopes[0].statements
    if returnsStatus, callsStatus { body.insert(.declare(.status, "status", nil, const: false), at: 0) }
    let bare = Function(name: name, parameters: [], body: body, comment: comment, returnsStatus: returnsStatus)
    var (function, used) = bare.removingUnused()
    let arguments = captured.enumerated().filter { used.contains($0.element.name) }
      .sorted { (order($0.element), $0.offset) < (order($1.element), $1.offset) }.map(\.element)
    let parameters = arguments.map { variable in
      let type: CType =
        switch variable.kind {
        case .dim, .table: .index
        case .byteOffset: .unsigned64
        case .scalar(let dtype): .element(dtype)
        case .result(let dtype): .pointer(.element(dtype), const: false, restrict: true)
        case .pointer(let dtype): .pointer(.element(dtype), const: !written.contains(variable.name), restrict: !isHost)
        }
      return Function.Parameter(name: variable.name, type: type)
    }
    function.parameters = parameters
    if module.options.target == .jit { function.body = BlockCalls(local: local).applied(function.body) }
    return (function.inliningSingleUses(), arguments)
  }
  /// True of functions that call kernels: their pointers may share workspace at different times, so they are not `restrict`.
  let isHost: Bool
  var callsStatus = false
  /// The step from which on new buffers belong to what this function calls.
  var startTime = Int.max

  /// Finishes a callee and emits the call of it.
  func call(_ callee: FunctionEmitter, comment: [String]) {
    let (function, arguments) = callee.finish(comment: comment)
    module.functions.append(function)
    let expressions = arguments.map { variable -> Expr in
      if case .result = variable.kind { return .address(variable.name) }
      if callee.written.contains(variable.name) { written.insert(variable.name) }
      // What a loop's body alone uses is alive where the body uses it, not from end to end of the loop.
      let isBodys = variable.buffer.map { module.buffers[$0].start >= callee.startTime } ?? false
      return use(variable, extending: !isBodys)
    }
    if function.returnsStatus {
      returnsStatus = true
      callsStatus = true
      emit(.checkedCall(function.name, expressions))
    } else {
      emit(.call(function.name, expressions))
    }
  }
}

extension Dim.Factor {
  var dim: Dim {
    switch self {
    case .symbol(let name): .symbol(name)
    case .floorQuotient(let a, let b): .floorQuotient(a, b)
    }
  }
}
extension Dim {
  init(terms: [Term]) {
    self = terms.reduce(Dim(0)) { sum, term in sum + term.factors.reduce(Dim(term.coefficient)) { $0 * $1.dim } }
  }
}
extension Sequence where Element: Hashable {
  func uniqued() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}

/// Where in a value an element is read.
enum Access: Hashable {
  /// By an index for each axis.
  case axes([Dim])
  /// By its place in C order.
  case flat(Dim)

  var dims: [Dim] {
    switch self {
    case .axes(let dims): dims
    case .flat(let dim): [dim]
    }
  }
}
