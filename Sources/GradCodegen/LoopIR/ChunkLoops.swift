import GradIR

// For compilers that vectorise: a loop that adds each element to a sum of the runtime, or looks for the largest or the least, goes in chunks,
// one loop that computes the elements, without a call that changes anything, and one call that takes them. A function that keeps the loop
// around it from being vectorised, for it branches or is long, has a loop of its own in each chunk, over an array of its arguments; or it
// is one call, where the process lends the runtime's functions on blocks. The same bits either way.
//
//     for (i …) grad_sum_add_f32(&sum, grad_erf_f32(x[i]) * w[i]);
//
// becomes
//
//     for (start …) {
//       for (k …) block[k] = grad_erf_f32(x[start + k]);
//       for (k …) addends[k] = block[k] * w[start + k];
//       grad_sum_add_block_f32(&sum, count, addends);
//     }
struct ChunkLoops {
  /// Gives local names that are free in the function.
  let local: (String) -> Name
  /// True where the process has functions on blocks: `lent`.
  let lendsBlocks: Bool

  static let chunk = 256
  private static let arrayLimit = 24
  private static let leastTrips = 16
  /// The functions that compilers do not vectorise together with what stands around them: they branch, or read tables.
  private static let functions: Set<String> = Set(
    ["sin", "cos", "tan"].flatMap { ["grad_\($0)_f32", "grad_\($0)_f64"] } + ["acos", "erf", "erfc", "gelu"].map { "grad_\($0)_f64" })

  /// Functions on blocks by those on numbers.
  static let lent = Dictionary(
    uniqueKeysWithValues: functions.map { function in (function, "\(function.dropLast(4))_block_\(function.suffix(3))") })

  func applied(_ statements: [Stmt]) -> [Stmt] {
    statements.flatMap { statement -> [Stmt] in
      switch statement {
      case .loop(let variable, let from, let to, let step, let descends, let body):
        if step == .integer(1), !descends, let chunked = chunked(variable, from, to, body) { return chunked }
        return [.loop(variable: variable, from: from, to: to, step: step, descends: descends, body: applied(body))]
      case .whileLoop(let condition, let body): return [.whileLoop(condition, applied(body))]
      case .branch(let condition, let then, let otherwise): return [.branch(condition, then: applied(then), else: applied(otherwise))]
      default: return [statement]
      }
    }
  }

  /// A constant local of the loop's body.
  private struct Local {
    var type: DType
    var cType: CType
    var value: Expr
    /// The part of the chunk's work that computes it; what has a loop of its own is there from the next on.
    var stage: Int
    var isCall: Bool
  }

  private func chunked(_ variable: Name, _ from: Expr, _ to: Expr, _ body: [Stmt]) -> [Stmt]? {
    if case .integer(let a) = from, case .integer(let b) = to, b - a < ChunkLoops.leastTrips { return nil }
    let totals = body.compactMap { ChunkLoops.total($0)?.name }
    // Each is added to by one statement alone, for the order of what is added is that of the elements.
    if Set(totals).count < totals.count { return nil }
    let sums = totals.count
    let calls = body.count { if case .declare(_, _, let value?, _) = $0 { ChunkLoops.isCall(value) } else { false } }
    let takesCalls = calls + min(sums, 1) > (lendsBlocks ? 0 : 1) && calls > 0
    if sums == 0 && !takesCalls { return nil }
    var locals: [Name: Local] = [:]
    var last = 0
    var written: Set<Name> = []
    var loaded: Set<Name> = []
    var handed: Set<Name> = []
    for statement in body {
      switch statement {
      case .declare(let type, let name, let value?, const: true):
        var names: Set<Name> = []
        value.collectNames(into: &names)
        loaded.formUnion(names)
        let before = names.compactMap { locals[$0] }.map(\.stage).max() ?? 0
        let dtype: DType
        switch type {
        case .element(let element): dtype = element
        case .index: dtype = .i64
        default: return nil
        }
        let isCall = takesCalls && ChunkLoops.isCall(value)
        locals[name] = Local(type: dtype, cType: type, value: value, stage: isCall ? before + 1 : before, isCall: isCall)
        last = max(last, isCall ? before + 1 : before)
      case .store(let buffer, _, _): written.insert(buffer)
      case .assign(let name, _):
        written.insert(name)
        // What is the largest so far may not be read on the way.
        if ChunkLoops.total(statement) != nil, ChunkLoops.readings(of: name, in: body) > 1 { return nil }
      case .call(_, let arguments):
        for argument in arguments {
          if case .address(let name) = argument { written.insert(name) }
          argument.collectPointers(into: &handed)
        }
      default: return nil
      }
    }
    // A kernel that is called may write to an array that it is handed.
    if body.contains(where: { $0.expressions.contains { $0.loads(fromAny: handed) } }) { return nil }
    // What the loop writes must not be read before its last stage, but for the element itself that is written there.
    if !written.intersection(loaded).allSatisfy({ Block.isReadInPlace($0, body) }) { return nil }
    return Chunk(
      locals: locals, variable: variable, from: from, to: to, body: body, last: last, lendsBlocks: lendsBlocks, local: local
    ).statements()
  }

  private static func isCall(_ value: Expr) -> Bool {
    if case .call(let function, let arguments) = value { arguments.count == 1 && functions.contains(function) } else { false }
  }

  /// A total that a statement adds one element to, and how a chunk of them is added.
  private struct Total {
    var name: Expr
    var value: Expr
    var dtype: DType
    var elements: String
    var adding: (_ count: Expr, _ elements: Expr) -> Stmt
  }

  /// Nil of other statements.
  private static func total(_ statement: Stmt) -> Total? {
    switch statement {
    case .call(let function, let arguments) where ["grad_sum_add_f32", "grad_sum_add_f64"].contains(function):
      let dtype = function.hasSuffix("f32") ? DType.f32 : .f64
      return Total(name: arguments[0], value: arguments[1], dtype: dtype, elements: "addends") {
        .call("grad_sum_add_block_\(dtype)", [arguments[0], $0, $1])
      }
    case .assign(let name, .call(let function, let arguments))
    where ["grad_max_f32", "grad_max_f64", "grad_min_f32", "grad_min_f64"].contains(function) && arguments.first == .variable(name):
      let dtype = function.hasSuffix("f32") ? DType.f32 : .f64
      return Total(name: .variable(name), value: arguments[1], dtype: dtype, elements: "elements") {
        .assign(name, .call(function, [.variable(name), .call("grad_\(BlockOperation.stem(function))_of_block_\(dtype)", [$0, $1])]))
      }
    default: return nil
    }
  }

  private static func readings(of name: Name, in statements: [Stmt]) -> Int {
    var counts: [Name: Int] = [:]
    for statement in statements { for expression in statement.expressions { expression.countNames(into: &counts) } }
    return counts[name] ?? 0
  }

  /// One loop being taken apart.
  private final class Chunk {
    let locals: [Name: Local]
    let variable: Name
    let from: Expr
    let to: Expr
    let body: [Stmt]
    let last: Int
    let lendsBlocks: Bool
    let local: (String) -> Name
    /// The arrays of what a later stage reads.
    var arrays: [Name: Name] = [:]
    let k: Name

    init(
      locals: [Name: Local], variable: Name, from: Expr, to: Expr, body: [Stmt], last: Int, lendsBlocks: Bool,
      local: @escaping (String) -> Name
    ) {
      self.locals = locals
      self.variable = variable
      self.from = from
      self.to = to
      self.body = body
      self.last = last
      self.lendsBlocks = lendsBlocks
      self.local = local
      k = local("k")
    }

    func array(_ name: Name) -> Name {
      if let known = arrays[name] { return known }
      let new = local("block")
      arrays[name] = new
      return new
    }

    /// True of a local that is as cheap to read again as to keep.
    func isReadAgain(_ own: Local) -> Bool {
      var names: Set<Name> = []
      own.value.collectNames(into: &names)
      guard names.allSatisfy({ locals[$0] == nil }) else { return false }
      switch own.value {
      case .load, .variable, .integer, .literal: return true
      case .binary: return own.cType == .index
      default: return false
      }
    }

    func statements() -> [Stmt]? {
      // From the last stage to the first: each says what it needs of those before.
      var kept: Set<Name> = []
      var stages: [[Stmt]] = []
      var totals: [(array: Name, total: Total)] = []
      for stage in stride(from: last, through: 0, by: -1) {
        var needed: Set<Name> = []
        var own: [Stmt] = []
        for statement in body.reversed() {
          guard case .declare(let type, let name, _, _) = statement, let local = locals[name] else {
            guard stage == last else { continue }
            collect(statement, &needed)
            if let total = ChunkLoops.total(statement) {
              let elements = self.local(total.elements)
              totals.append((elements, total))
              own.append(.store(elements, .variable(k), total.value))
            } else {
              own.append(statement)
            }
            continue
          }
          // The argument of a call, written to the array that the call works on.
          if local.isCall, local.stage == stage + 1, case .call(_, let arguments) = local.value, kept.contains(name) {
            arguments[0].collectNames(into: &needed)
            own.append(.store(array(name), .variable(k), arguments[0]))
            continue
          }
          let isKept = kept.contains(name) && local.stage == stage && !local.isCall
          guard needed.contains(name) || isKept else { continue }
          if local.isCall || (local.stage < stage && !isReadAgain(local)) {
            kept.insert(name)
            own.append(.declare(type, name, .load(array(name), .variable(k)), const: true))
          } else {
            if isKept { own.append(.store(array(name), .variable(k), .variable(name))) }
            local.value.collectNames(into: &needed)
            own.append(.declare(type, name, local.value, const: true))
          }
        }
        stages.append(own.reversed())
      }
      if arrays.count + totals.count > ChunkLoops.arrayLimit { return nil }
      stages.reverse()

      let (start, count) = (self.local("start"), self.local("count"))
      var inner: [Stmt] = arrays.keys.sorted().compactMap { name in
        locals[name].map { .declareArray(.element($0.type), array(name), ChunkLoops.chunk) }
      }
      inner += totals.reversed().map { .declareArray(.element($0.total.dtype), $0.array, ChunkLoops.chunk) }
      inner.append(.declare(.index, count, .binary("-", to, .variable(start)), const: false))
      inner.append(
        .branch(.binary(">", .variable(count), .integer(ChunkLoops.chunk)), then: [.assign(count, .integer(ChunkLoops.chunk))], else: []))
      for (number, stage) in stages.enumerated() {
        if !stage.isEmpty {
          let index = Stmt.declare(.index, variable, .binary("+", .variable(start), .variable(k)), const: true)
          let body = Function.reads(variable, in: stage) ? [index] + stage : stage
          inner.append(.loop(variable: k, from: .zero, to: .variable(count), step: .integer(1), descends: false, body: body))
        }
        for statement in body {
          guard case .declare(_, let name, _, _) = statement, let local = locals[name], local.isCall, local.stage == number + 1,
            kept.contains(name), case .call(let function, _) = local.value
          else { continue }
          let array = self.array(name)
          if lendsBlocks, let block = ChunkLoops.lent[function] {
            inner.append(.call(block, [.variable(count), .variable(array), .variable(array)]))
            continue
          }
          let each = Stmt.store(array, .variable(k), .call(function, [.load(array, .variable(k))]))
          inner.append(.loop(variable: k, from: .zero, to: .variable(count), step: .integer(1), descends: false, body: [each]))
        }
      }
      for (array, total) in totals.reversed() { inner.append(total.adding(.variable(count), .variable(array))) }
      return [.loop(variable: start, from: from, to: to, step: .integer(ChunkLoops.chunk), descends: false, body: inner)]
    }

    private func collect(_ statement: Stmt, _ names: inout Set<Name>) {
      switch statement {
      case .store(_, let index, let value):
        index.collectNames(into: &names)
        value.collectNames(into: &names)
      case .assign(_, let value): value.collectNames(into: &names)
      case .call(_, let arguments): for argument in arguments { argument.collectNames(into: &names) }
      default: break
      }
    }
  }
}
