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
    /// Elements of memory that were loaded, by value and place.
    var loads: [LoadKey: [Dim: Expr]] = [:]
    /// Indices of the data that were checked, by gather and place.
    var checked: [ElementKey: Dim] = [:]
  }
  struct ElementKey: Numbered {
    var value: ValueID
    var access: Access
    var number: Int { access.dims.reduce(value.number) { $0 &* 31 &+ $1.number } }
  }
  /// What was loaded: where one value is written over another, both stand behind one pointer.
  struct LoadKey: Numbered {
    var pointer: Name
    var value: ValueID
    var number: Int { pointer.number &* 31 &+ value.number }
  }
  struct IndexVariable {
    var name: Name
    var depth: Int
    /// Its values are 0 ..< extent, where that is known.
    var extent: Dim?
  }

  /// Some rows of a value.
  struct HeldRows {
    var buffer: Variable
    /// How many axes the rows stand for.
    var axes: Int
    /// Of a block, the place in C order of its first element; nil of one row.
    var first: Dim?
  }

  let module: ModuleContext
  let name: String
  var scopes: [Scope] = [Scope(isGuard: false)]
  var indices: [String: IndexVariable] = [:]
  /// Variables that are declared here or, in the entry, are its parameters.
  var owned: Set<Name> = []
  /// Variables of the caller, in the order of their first use; they become parameters.
  var captured: [Variable] = []
  private var capturedIndex: [Name: Int] = [:]
  var written: Set<Name> = []
  /// The values that the function itself stores.
  var stored: Set<ValueID> = []
  /// Values of the row, or of the rows of a block, that stand in a buffer.
  var heldRows: [ValueID: HeldRows] = [:]
  var returnsStatus = false
  /// The loops, by their variables, whose steps write elements of their own and read none of others.
  private(set) var independent: Set<Name> = []
  /// How many indices a block has at most, by the name of their number.
  var limits: [Name: Int] = [:]
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

  /// Puts others in the place of the last statement.
  func splitLast(_ body: (Stmt) -> [Stmt]) {
    if let last = scopes[depth].statements.popLast() { scopes[depth].statements += body(last) }
  }

  /// A fresh local name: `v1`, `v2`, … for "v", else the stem itself first; apart from every name that the function is handed or
  /// sees. What a function that calls kernels declares may be handed on, so those names are nobody else's.
  func local(_ wanted: String) -> Name {
    // Functions and tables begin with the model's name.
    let stem = wanted.hasPrefix(module.prefix) ? "v" : wanted
    while true {
      let number = (locals[stem] ?? 0) + 1
      locals[stem] = number
      let separator = stem.utf8.last.map { (48...57).contains($0) || $0 == 95 } ?? false ? "_" : ""
      let isStem = number == 1 && stem != "v"
      let candidate = Name(isStem ? stem : "\(stem)\(separator)\(number)")
      let isModels = module.modelNames.contains(candidate) && !isStem
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
  func loop(_ stem: String, _ extent: Dim, descends: Bool = false, independent: Bool = false, _ body: (Dim) -> Void) {
    if extent == 1 { return body(0) }
    let to = number(extent)
    let name = local(stem)
    if independent { self.independent.insert(name) }
    let symbol = openIndex(name, extent: extent, depth: depth + 1)
    scopes.append(Scope(isGuard: false))
    body(symbol)
    let scope = scopes.removeLast()
    emit(.loop(variable: name, from: .zero, to: to, step: .integer(1), descends: descends, body: scope.statements))
  }
  /// Nested loops over a shape; unrolled, the statements for each index, where all extents are numbers.
  func loops(_ stems: [String], _ shape: [Dim], unrolled: Bool = false, independent: Bool = false, _ body: ([Dim]) -> Void) {
    func go(_ axis: Int, _ indices: [Dim]) {
      if axis == shape.count { return body(indices) }
      if unrolled, let extent = shape[axis].constant {
        for index in 0..<extent { go(axis + 1, indices + [Dim(index)]) }
        return
      }
      loop(stems[axis % stems.count], shape[axis], independent: independent) { go(axis + 1, indices + [$0]) }
    }
    go(0, [])
  }
  /// Statements for each block of at most `size` indices of 0 ..< extent: they are given its first index and their number.
  func blocks(of size: Int, _ extent: Dim, _ body: (_ start: Dim, _ count: Expr) -> Void) {
    let (to, name) = (number(extent), local("start"))
    let start = openIndex(name, extent: extent, depth: depth + 1)
    scopes.append(Scope(isGuard: false))
    body(start, .variable(declareCount(to, .variable(name), most: size)))
    let scope = scopes.removeLast()
    emit(.loop(variable: name, from: .zero, to: to, step: .integer(size), descends: false, body: scope.statements))
  }
  /// How many of the indices 0 ..< extent a block has that begins at `start`.
  func count(of extent: Dim, from start: Dim, most size: Int) -> Dim {
    if extent.constant.map({ $0 % size == 0 }) ?? false { return Dim(size) }
    return openIndex(declareCount(number(extent), number(start), most: size), extent: nil, depth: depth)
  }
  private func declareCount(_ end: Expr, _ start: Expr, most size: Int) -> Name {
    let count = local("count")
    limits[count] = size
    emit(.declare(.index, count, .binary("-", end, start), const: false))
    emit(.branch(.binary(">", .variable(count), .integer(size)), then: [.assign(count, .integer(size))], else: []))
    return count
  }
  /// Statements within a loop over the indices of a block: they are given the index and its place in the block.
  func loop(_ stem: String, from start: Dim, _ count: Expr, of extent: Dim, _ body: (_ index: Dim, _ place: Expr) -> Void) {
    let (first, place, name) = (number(start), local("place"), local(stem))
    let index = openIndex(name, extent: extent, depth: depth + 1)
    scopes.append(Scope(isGuard: false))
    emit(.declare(.index, name, .binary("+", first, .variable(place)), const: true))
    body(index, .variable(place))
    let scope = scopes.removeLast()
    emit(.loop(variable: place, from: .zero, to: count, step: .integer(1), descends: false, body: scope.statements))
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
  func openIndex(_ name: Name, extent: Dim?, depth: Int) -> Dim {
    let symbol = "%\(name)"
    indices[symbol] = IndexVariable(name: name, depth: depth, extent: extent)
    return Dim.symbol(symbol)
  }

  /// Asks for places by indices that are no variables yet; nil where the answer takes statements with them, as a quotient does.
  func probing<Result>(_ symbols: [(name: String, extent: Dim?)], _ body: () -> Result?) -> Result? {
    scopes.append(Scope(isGuard: false))
    let hidden = symbols.map { indices[$0.name] }
    for symbol in symbols { indices[symbol.name] = IndexVariable(name: "", depth: depth, extent: symbol.extent) }
    let result = body()
    for (symbol, old) in zip(symbols, hidden) { indices[symbol.name] = old }
    return scopes.removeLast().statements.isEmpty ? result : nil
  }

  // Scopes of expressions
  /// The outermost scope where all symbols of the dims are known, and no guard is left.
  func homeDepth(_ dims: some Sequence<Dim>) -> Int { homeDepth(of: dims.lazy.flatMap(\.symbols)) }
  func homeDepth(of symbols: some Sequence<String>) -> Int {
    var home = scopes.lastIndex { $0.isGuard } ?? 0
    for symbol in symbols { if let index = indices[symbol] { home = max(home, index.depth) } }
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

  /// True of functions that call kernels: their pointers may share workspace at different times, so they are not `restrict`.
  let isHost: Bool
  /// The types of the entry's own parameters; empty in other functions.
  var entryTypes: [Name: CType] = [:]
  /// The step from which on new buffers belong to what this function calls.
  var startTime = Int.max
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
