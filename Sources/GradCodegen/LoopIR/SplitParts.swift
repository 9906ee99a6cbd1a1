import GradIR

// Straight lines in parts. The time of an optimising compiler grows faster than the length of a function, what it inlines into it
// included, so of a list of many hundred statements each some hundred become a function of their own; what one part computes and
// another reads is kept in the workspace:
//
//     const float y1 = grad_sin_f32(y0);          model_part(x, kept);     // kept[0] = y1
//     …                                     →     model_part2(x, kept);    // const float y1 = kept[0]; …
struct SplitParts {
  private let emitter: FunctionEmitter
  private var types: [Name: CType]
  /// The arrays of what parts hand on, by number type, and how much each holds.
  private var kept: [DType: (name: Name, count: Int)] = [:]
  var keptNames: [Name] { kept.values.map(\.name) }

  /// Of each function that may be called: what a call of it counts.
  private let callWeights: [String: Int]

  /// Lists that weigh more are split, into parts of about so much: a statement weighs 1, and a call beside that a quarter of what is
  /// called, which optimising compilers write in its place and others do not.
  private static let listLimit = 400
  private static let partLimit = 200
  private static let inlinedShare = 4

  /// - Parameter types: of the variables that the function has without declaring them.
  init(_ emitter: FunctionEmitter, _ types: [Name: CType]) {
    self.emitter = emitter
    self.types = types
    var weights: [String: Int] = [:]
    for function in emitter.module.functions {
      weights[function.name] = function.body.weight(calling: weights) / SplitParts.inlinedShare
    }
    callWeights = weights
  }

  mutating func applied(_ statements: [Stmt]) -> [Stmt] {
    if statements.weight(calling: callWeights) <= SplitParts.listLimit { return statements }
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
  private func keeper(_ name: Name) -> DType? {
    switch types[name] {
    case .element(let dtype): dtype
    case .index: .i64
    default: nil
    }
  }

  private mutating func split(_ statements: [Stmt]) -> [Stmt] {
    let statements = statements.map { statement -> Stmt in
      guard case .loop(let variable, let from, let to, let step, let descends, let body) = statement,
        body.weight(calling: callWeights) > SplitParts.listLimit
      else { return statement }
      return .loop(variable: variable, from: from, to: to, step: step, descends: descends, body: split(body))
    }
    let list = StatementList(statements)
    // Statements between two places where the list may be cut stay together.
    var pieces: [(range: Range<Int>, stays: Bool)] = []
    var (start, open) = (0, 0)
    for index in statements.indices {
      // What changes later, and what no array keeps, is not parted from its declaration.
      if let name = list.declared[index] {
        open = max(open, (keeper(list.names[name]) == nil ? list.lastUse[name] : list.lastChange[name]) ?? 0)
      }
      if open > index { continue }
      let stays = (start...index).contains { number in
        if case .declare(let type, _, _, _) = statements[number], type.isPointer { return true }
        return list.changed[number].contains { list.home[$0] == nil }
      }
      pieces.append((start..<(index + 1), stays))
      start = index + 1
    }
    if start < statements.count { pieces.append((start..<statements.count, true)) }

    /// The weight of the statements before each.
    let weights = statements.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.weight(calling: callWeights)) }
    var parts: [(range: Range<Int>, stays: Bool)] = []
    for piece in pieces {
      if let last = parts.last, last.stays == piece.stays,
        piece.stays || weights[piece.range.upperBound] - weights[last.range.lowerBound] <= SplitParts.partLimit
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
    var places: [(array: Name, place: Int)?] = Array(repeating: nil, count: list.names.count)
    var readByHost = Array(repeating: false, count: list.names.count)
    for (index, names) in list.read.enumerated() {
      for name in names {
        guard let home = list.home[name], part[home] != part[index], !parts[part[home]].stays else { continue }
        if parts[part[index]].stays { readByHost[name] = true }
        if places[name] == nil, let dtype = keeper(list.names[name]) {
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
      var known: Set<Name> = []
      var free: [Name] = []
      for index in own.range {
        let outer = (list.read[index] + list.changed[index]).filter { !(list.home[$0].map(own.range.contains) ?? false) }
        for (name, number) in outer.map({ (list.names[$0], $0) }).sorted(by: { $0.0 < $1.0 }) {
          guard known.insert(name).inserted, let type = types[name] else { continue }
          if let (array, place) = places[number] {
            body.append(.declare(type, name, .load(array, .integer(place)), const: true))
            if known.insert(array).inserted { free.append(array) }
          } else {
            free.append(name)
          }
        }
        body.append(list.statements[index])
      }
      let declared = own.range.compactMap { list.declared[$0] }.compactMap { name in places[name].map { (list.names[name], name, $0) } }
      for (name, _, place) in declared {
        body.append(.store(place.array, .integer(place.place), .variable(name)))
        if known.insert(place.array).inserted { free.append(place.array) }
      }
      result += call(body, free)
      for (name, number, place) in declared where readByHost[number] {
        if let type = types[name] { result.append(.declare(type, name, .load(place.array, .integer(place.place)), const: true)) }
      }
    }
    return result
  }

  private func call(_ body: [Stmt], _ free: [Name]) -> [Stmt] {
    let module = emitter.module
    let returnsStatus = body.givesBack
    let ordered = free.map { (name: $0, type: (types[$0] ?? .index).unrestricted) }.enumerated()
      .sorted { ($0.element.type.isPointer ? 1 : 0, $0.offset) < ($1.element.type.isPointer ? 1 : 0, $1.offset) }.map(\.element)
    var function = Function(
      name: module.globals.unique("\(emitter.name)_part").text,
      parameters: ordered.map { Function.Parameter(name: $0.name, type: $0.type) }, body: body, comment: ["A part of \(emitter.name)."],
      returnsStatus: returnsStatus)
    function.declareStatus()
    module.functions.append(function.bundlingParameters(emitter.local))
    return Function.call(
      function.name, ordered.map { .variable($0.name) }, ordered.map(\.type), returnsStatus: returnsStatus, emitter.local)
  }
}

/// A list of statements with what each reads, changes and declares for those after it. Names are numbers, in the order of their first
/// use.
private struct StatementList {
  let statements: [Stmt]
  private(set) var names: [Name] = []
  /// Free names that a statement reads, each once.
  private(set) var read: [[Int]] = []
  /// Locals that it assigns to or hands out the address of.
  private(set) var changed: [[Int]] = []
  private(set) var declared: [Int?] = []
  /// Of each name the statement that declares it, and the last that uses or changes it.
  private(set) var home: [Int?] = []
  private(set) var lastUse: [Int?] = []
  private(set) var lastChange: [Int?] = []
  private var numbers: [Name: Int] = [:]
  /// The last list of names that each is in, and how many lists there are.
  private var listed: [Int] = []
  private var lists = 0

  init(_ statements: [Stmt]) {
    self.statements = statements
    for (index, statement) in statements.enumerated() {
      var names = Names()
      names.add(statement)
      let local = Set(names.declared)
      let read = numbered(names.read, local)
      let changed = numbered(names.changed, local)
      switch statement {
      case .declare(_, let name, _, _), .declareArray(_, let name, _):
        let number = self.number(name)
        home[number] = index
        declared.append(number)
      default: declared.append(nil)
      }
      for name in read + changed { lastUse[name] = index }
      for name in changed { lastChange[name] = index }
      self.read.append(read)
      self.changed.append(changed)
    }
  }

  private mutating func numbered(_ names: [Name], _ local: Set<Name>) -> [Int] {
    lists += 1
    var result: [Int] = []
    for name in names where !local.contains(name) {
      let number = self.number(name)
      if listed[number] == lists { continue }
      listed[number] = lists
      result.append(number)
    }
    return result
  }
  private mutating func number(_ name: Name) -> Int {
    if let known = numbers[name] { return known }
    numbers[name] = names.count
    names.append(name)
    home.append(nil)
    lastUse.append(nil)
    lastChange.append(nil)
    listed.append(0)
    return names.count - 1
  }

  private struct Names {
    var read: [Name] = []
    var changed: [Name] = []
    var declared: [Name] = []

    mutating func add(_ statement: Stmt) {
      for expression in statement.expressions {
        expression.forEachName { read.append($0) }
        expression.forEachAddress { changed.append($0) }
      }
      switch statement {
      case .declare(_, let name, _, _), .declareArray(_, let name, _): declared.append(name)
      case .loop(let variable, _, _, _, _, _): declared.append(variable)
      case .assign(let name, _): changed.append(name)
      case .store(let buffer, _, _): read.append(buffer)
      case .discard(let name): read.append(name)
      default: break
      }
      for list in statement.lists { for inner in list { add(inner) } }
    }
  }
}

extension [Stmt] {
  /// How many statements, those within them counted, and what each call counts besides.
  fileprivate func weight(calling weights: [String: Int]) -> Int { reduce(0) { $0 + $1.weight(calling: weights) } }
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

extension Stmt {
  fileprivate func weight(calling weights: [String: Int]) -> Int {
    var called = 0
    switch self {
    case .call(let name, _), .checkedCall(let name, _): called = weights[name] ?? 0
    default: break
    }
    return lists.reduce(1 + called) { $0 + $1.weight(calling: weights) }
  }
}
