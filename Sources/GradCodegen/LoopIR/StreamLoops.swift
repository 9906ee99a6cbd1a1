import GradIR

// For compilers that vectorise: loops that write arrays past the caches go line by line, each computed into an array that the compiler keeps
// in registers.
//
//     for (k = 0; k < n; k++) y[k] = …;
//
// becomes
//
//     for (line = 0; line < n - 15; line += 16) {
//       float written[16];
//       for (lane = 0; lane < 16; lane++) { k = line + lane; written[lane] = …; }
//       grad_stream_line_f32(y + line, written);
//     }
//     for (k = n / 16 * 16; k < n; k++) y[k] = …;
struct StreamLoops {
  /// The arrays of which a loop of the function says that it would write them so.
  let arrays: [Name: DType]
  /// Gives local names that are free in the function.
  let local: (String) -> Name

  private static let lanes = 16
  /// Shorter loops, as those over the rows of a window, leave their arrays to the caches.
  private static let leastSteps = 256

  func applied(_ statements: [Stmt]) -> [Stmt] {
    if arrays.isEmpty { return statements }
    return statements.flatMap { statement -> [Stmt] in
      var streamed = false
      let result = converted(statement, &streamed)
      return streamed ? result + [Streaming.end] : result
    }
  }

  private func converted(_ statement: Stmt, _ streamed: inout Bool) -> [Stmt] {
    guard case .loop(let variable, let from, let to, .integer(1), false, let body) = statement,
      let lines = lines(variable, from, to, body, &streamed)
    else { return [statement.mappingLists { $0.flatMap { converted($0, &streamed) } }] }
    return lines
  }

  private func lines(_ variable: Name, _ from: Expr, _ to: Expr, _ body: [Stmt], _ streamed: inout Bool) -> [Stmt]? {
    let steps = Expr.binary("-", to, from).simplified
    if case .integer(let steps) = steps, steps < StreamLoops.leastSteps { return nil }
    guard body.allSatisfy(\.lists.isEmpty) else { return nil }
    let own = Streaming.writtenOnce(body, variable, arrays)
    if own.isEmpty { return nil }
    streamed = true
    let (line, lane, lanes) = (local("line"), local("lane"), Expr.integer(StreamLoops.lanes))
    var (spaces, writes): ([Stmt], [Stmt]) = ([], [])
    let element = body.map { statement -> Stmt in
      guard case .store(let array, let index, let value) = statement, let dtype = own[array],
        let first = Streaming.first(Streaming.expanded(index, body), variable, .variable(line), [])
      else { return statement }
      let written = local("written")
      spaces.append(.declareArray(.element(dtype), written, StreamLoops.lanes))
      writes.append(.call("grad_stream_line_\(dtype)", [.binary("+", .variable(array), first), .variable(written)]))
      return .store(written, .variable(lane), value)
    }
    let place = Stmt.declare(.index, variable, .variable(line) + .variable(lane), const: true)
    let whole: Expr
    if case .integer(let steps) = steps {
      whole = .integer(steps / StreamLoops.lanes * StreamLoops.lanes)
    } else {
      whole = .binary("*", .binary("/", steps, lanes), lanes)
    }
    let elements = Stmt.loop(variable: lane, from: .zero, to: lanes, step: .integer(1), descends: false, body: [place] + element)
    let last = Expr.binary("-", to, .integer(StreamLoops.lanes - 1)).simplified
    let all = Stmt.loop(variable: line, from: from, to: last, step: lanes, descends: false, body: spaces + [elements] + writes)
    if whole == steps { return [all] }
    let rest = Expr.binary("+", from, whole).simplified
    return [all, .loop(variable: variable, from: rest, to: to, step: .integer(1), descends: false, body: body)]
  }
}
