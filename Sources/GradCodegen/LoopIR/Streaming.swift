import GradIR

// Arrays larger than the caches are written past them: their lines are not read before they are written, which is a third of what the
// memory has to do for a loop that reads as much as it writes. Such a loop goes in blocks, each computed into an array that stays in the
// nearest cache and then written at once:
//
//     for (start …) {
//       …                                                  // into block
//       grad_stream_blocks_f32(count, y + start, block);
//     }
//     grad_stream_end();                                   // other threads see what was written from here on
struct Streaming {
  /// The number types of what the function is handed.
  let types: [Name: DType]
  /// How many steps loops have whose ends are known by name alone.
  let ends: [Name: Int]
  /// Loops that write less go through the caches.
  let leastBytes: Int

  /// The arrays that a loop writes past the caches.
  func arrays(_ body: [Stmt], _ variable: Name, _ from: Expr, _ to: Expr) -> [Name: DType] {
    #if arch(x86_64)
      guard let steps = steps(from, to) else { return [:] }
      let result = Streaming.writtenOnce(body, variable, types)
      let bytes = result.values.reduce(0) { $0 + $1.byteCount }
      return bytes > 0 && steps >= (leastBytes + bytes - 1) / bytes ? result : [:]
    #else
      return [:]
    #endif
  }

  /// Of some arrays of floats those that a loop writes from one place on, each element once, and does not read.
  static func writtenOnce(_ body: [Stmt], _ variable: Name, _ types: [Name: DType]) -> [Name: DType] {
    var names: Set<Name> = []
    var changing: Set<Name> = [variable]
    for statement in body {
      for expression in statement.expressions { expression.collectNames(into: &names) }
      switch statement {
      case .declare(_, let name, _, _), .assign(let name, _): changing.insert(name)
      default: break
      }
    }
    var result: [Name: DType] = [:]
    var stored: Set<Name> = []
    for case .store(let array, let index, _) in body {
      let isFirst = stored.insert(array).inserted && !names.contains(array)
      let isWhole = first(expanded(index, body), variable, .zero, changing) != nil
      result[array] = isFirst && isWhole ? types[array].flatMap { $0.isFloat ? $0 : nil } : nil
    }
    return result
  }

  /// The arrays that any of the loops among the statements writes past the caches.
  func arrays(_ statements: [Stmt]) -> [Name: DType] {
    var result: [Name: DType] = [:]
    for statement in statements {
      if case .loop(let variable, let from, let to, .integer(1), false, let body) = statement {
        result.merge(arrays(body, variable, from, to)) { own, _ in own }
      }
      for list in statement.lists { result.merge(arrays(list)) { own, _ in own } }
    }
    return result
  }

  private func steps(_ from: Expr, _ to: Expr) -> Int? {
    switch (from, to) {
    case (.integer(let from), .integer(let to)): to - from
    case (_, .variable(let end)): ends[end]
    default: nil
    }
  }

  /// The place of the first element of a block, where those of the loop's elements lie side by side: `changing` are names that are not the same
  /// for all of them.
  static func first(_ index: Expr, _ variable: Name, _ start: Expr, _ changing: Set<Name>) -> Expr? {
    switch index {
    case .variable(variable): return start
    case .binary("+", let uniform, .variable(variable)):
      var names: Set<Name> = []
      uniform.collectNames(into: &names)
      return names.isDisjoint(with: changing) ? .binary("+", uniform, start).simplified : nil
    default: return nil
    }
  }

  /// The place of a loop's element by the names that are there before the loop, where the body has a name of its own for it.
  static func expanded(_ index: Expr, _ body: [Stmt]) -> Expr {
    index.replacing { name in
      for case .declare(.index, name, let value?, const: true) in body { return expanded(value, body) }
      return nil
    }
  }

  /// What stands after a loop that has written so.
  static let end = Stmt.call("grad_stream_end", [])

  static let prototypes = [
    "grad_stream_blocks_f32": "void grad_stream_blocks_f32(int64_t n, float *y, const float *x)",
    "grad_stream_blocks_f64": "void grad_stream_blocks_f64(int64_t n, double *y, const double *x)",
    "grad_stream_end": "void grad_stream_end(void)",
  ]
}
