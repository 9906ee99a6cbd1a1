import GradIR

// Straight lines in parts. The time of an optimising compiler grows faster than the length of a function, so of a list of many hundred
// statements each some hundred become a function of their own; what one part computes and another reads is kept in the workspace:
//
//     const float y1 = grad_sin_f32(y0);          model_part(x, kept);     // kept[0] = y1
//     …                                     →     model_part2(x, kept);    // const float y1 = kept[0]; …
struct SplitParts {
  private let emitter: FunctionEmitter
  private var types: [String: CType]
  /// The arrays of what parts hand on, by number type, and how much each holds.
  private var kept: [DType: (name: String, count: Int)] = [:]
  var keptNames: [String] { kept.values.map(\.name) }

  /// Lists of more statements are split, into parts of about so many.
  private static let listLimit = 400
  private static let partLimit = 200

  /// - Parameter types: of the variables that the function has without declaring them.
  init(_ emitter: FunctionEmitter, _ types: [String: CType]) {
    self.emitter = emitter
    self.types = types
  }

  mutating func applied(_ statements: [Stmt]) -> [Stmt] {
    if statements.weight <= SplitParts.listLimit { return statements }
    collectTypes(statements)
    let result = split(statements)
    for (dtype, array) in kept.sorted(by: { $0.value.name < $1.value.name }) {
      let module = emitter.module
      // Alive from first to last: what is around the function may run it many times.
      let buffer = Buffer(name: array.name, dtype: dtype, shape: [Dim(array.count)], start: 0)
      buffer.end = Int.max
      module.buffers.append(buffer)
      emitter.write(Variable(name: array.name, kind: .pointer(dtype), buffer: module.buffers.count - 1))
    }
    return result
  }

  private mutating func collectTypes(_ statements: [Stmt]) {
    for statement in statements {
      switch statement {
      case .declare(let type, let name, _, _): types[name] = type
      case .declareArray(let type, let name, _): types[name] = .pointer(type, const: false, restrict: false)
      case .loop(let variable, _, _, _, _, _): types[variable] = .index
      default: break
      }
      statement.lists.forEach { collectTypes($0) }
    }
  }

  /// The number type of an array that can keep a variable.
  private func keeper(_ name: String) -> DType? {
    switch types[name] {
    case .element(let dtype): dtype
    case .index: .i64
    default: nil
    }
  }

  private mutating func split(_ statements: [Stmt]) -> [Stmt] {
    let statements = statements.map { statement -> Stmt in
      guard case .loop(let variable, let from, let to, let step, let descends, let body) = statement, body.weight > SplitParts.listLimit
      else { return statement }
      return .loop(variable: variable, from: from, to: to, step: step, descends: descends, body: split(body))
    }
    let list = StatementList(statements)
    // Statements between two places where the list may be cut stay together.
    var pieces: [(range: Range<Int>, stays: Bool)] = []
    var (start, open) = (0, 0)
    for index in statements.indices {
      // What changes later, and what no array keeps, is not parted from its declaration.
      for name in list.declared[index] { open = max(open, keeper(name) == nil ? list.lastUse[name] ?? 0 : list.lastChange[name] ?? 0) }
      if open > index { continue }
      let stays = (start...index).contains { number in
        if case .declare(let type, _, _, _) = statements[number], type.isPointer { return true }
        return list.changed[number].contains { list.home[$0] == nil }
      }
      pieces.append((start..<(index + 1), stays))
      start = index + 1
    }
    if start < statements.count { pieces.append((start..<statements.count, true)) }

    var parts: [(range: Range<Int>, stays: Bool)] = []
    for piece in pieces {
      if let last = parts.last, last.stays == piece.stays,
        piece.stays || Array(statements[last.range.lowerBound..<piece.range.upperBound]).weight <= SplitParts.partLimit
      {
        parts[parts.count - 1].range = last.range.lowerBound..<piece.range.upperBound
      } else {
        parts.append(piece)
      }
    }
    if parts.count < 2 { return statements }
    return outline(parts, list)
  }

  private mutating func outline(_ parts: [(range: Range<Int>, stays: Bool)], _ list: StatementList) -> [Stmt] {
    var part: [Int] = []
    for (number, own) in parts.enumerated() { part += Array(repeating: number, count: own.range.count) }
    /// What is declared in a part and read beyond it, and its place.
    var places: [String: (array: String, place: Int)] = [:]
    var readByHost: Set<String> = []
    for (index, names) in list.read.enumerated() {
      for name in names {
        guard let home = list.home[name], part[home] != part[index], !parts[part[home]].stays else { continue }
        if parts[part[index]].stays { readByHost.insert(name) }
        if places[name] == nil, let dtype = keeper(name) {
          let array = kept[dtype] ?? (emitter.module.names.unique("kept"), 0)
          places[name] = (array.name, array.count)
          kept[dtype] = (array.name, array.count + 1)
          types[array.name] = .pointer(.element(dtype), const: false, restrict: false)
        }
      }
    }
    var result: [Stmt] = []
    for own in parts {
      if own.stays {
        result += list.statements[own.range]
        continue
      }
      var body: [Stmt] = []
      var known: Set<String> = []
      var free: [String] = []
      for index in own.range {
        for name in list.read[index].union(list.changed[index]).sorted() where !(list.home[name].map(own.range.contains) ?? false) {
          guard known.insert(name).inserted, let type = types[name] else { continue }
          if let (array, place) = places[name] {
            body.append(.declare(type, name, .load(array, .integer(place)), const: true))
            if known.insert(array).inserted { free.append(array) }
          } else {
            free.append(name)
          }
        }
        body.append(list.statements[index])
      }
      for name in own.range.flatMap({ list.declared[$0].sorted() }) {
        guard let (array, place) = places[name] else { continue }
        body.append(.store(array, .integer(place), .variable(name)))
        if known.insert(array).inserted { free.append(array) }
      }
      result += call(body, free)
      for name in own.range.flatMap({ list.declared[$0].sorted() }) where readByHost.contains(name) {
        if let type = types[name], let (array, place) = places[name] {
          result.append(.declare(type, name, .load(array, .integer(place)), const: true))
        }
      }
    }
    return result
  }

  private func call(_ body: [Stmt], _ free: [String]) -> [Stmt] {
    let module = emitter.module
    let returnsStatus = body.givesBack
    let ordered = free.map { (name: $0, type: (types[$0] ?? .index).unrestricted) }.enumerated()
      .sorted { ($0.element.type.isPointer ? 1 : 0, $0.offset) < ($1.element.type.isPointer ? 1 : 0, $1.offset) }.map(\.element)
    var function = Function(
      name: module.globals.unique("\(emitter.name)_part"),
      parameters: ordered.map { Function.Parameter(name: $0.name, type: $0.type) }, body: body, comment: ["A part of \(emitter.name)."],
      returnsStatus: returnsStatus)
    function.declareStatus()
    module.functions.append(function.bundlingParameters(emitter.local))
    return Function.call(
      function.name, ordered.map { .variable($0.name) }, ordered.map(\.type), returnsStatus: returnsStatus, emitter.local)
  }
}

/// A list of statements with what each reads, changes and declares for those after it.
private struct StatementList {
  let statements: [Stmt]
  /// Free names that a statement reads.
  private(set) var read: [Set<String>] = []
  /// Locals that it assigns to or hands out the address of.
  private(set) var changed: [Set<String>] = []
  private(set) var declared: [Set<String>] = []
  /// The statement that declares a name.
  private(set) var home: [String: Int] = [:]
  private(set) var lastUse: [String: Int] = [:]
  private(set) var lastChange: [String: Int] = [:]

  init(_ statements: [Stmt]) {
    self.statements = statements
    for (index, statement) in statements.enumerated() {
      var names = Names()
      names.add(statement)
      var own: Set<String> = []
      switch statement {
      case .declare(_, let name, _, _), .declareArray(_, let name, _): own = [name]
      default: break
      }
      names.read.subtract(names.declared)
      names.changed.subtract(names.declared)
      for name in own { home[name] = index }
      for name in names.read.union(names.changed) { lastUse[name] = index }
      for name in names.changed { lastChange[name] = index }
      read.append(names.read)
      changed.append(names.changed)
      declared.append(own)
    }
  }

  private struct Names {
    var read: Set<String> = []
    var changed: Set<String> = []
    var declared: Set<String> = []

    mutating func add(_ statement: Stmt) {
      for expression in statement.expressions {
        expression.collectNames(into: &read)
        expression.collectAddresses(into: &changed)
      }
      switch statement {
      case .declare(_, let name, _, _), .declareArray(_, let name, _): declared.insert(name)
      case .loop(let variable, _, _, _, _, _): declared.insert(variable)
      case .assign(let name, _): changed.insert(name)
      case .store(let buffer, _, _): read.insert(buffer)
      case .discard(let name): read.insert(name)
      default: break
      }
      for list in statement.lists { for inner in list { add(inner) } }
    }
  }
}

extension [Stmt] {
  /// How many statements, those within them counted.
  fileprivate var weight: Int { reduce(0) { $0 + 1 + $1.lists.reduce(0) { $0 + $1.weight } } }
  var callsStatus: Bool {
    contains { statement in
      if case .checkedCall = statement { true } else { statement.lists.contains(where: \.callsStatus) }
    }
  }
  fileprivate var givesBack: Bool {
    contains { statement in
      switch statement {
      case .checkedCall, .giveBack: true
      default: statement.lists.contains(where: \.givesBack)
      }
    }
  }
}
