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
  let arrays: [Name: DType]
  /// Gives local names that are free in the function.
  let local: (String) -> Name

  private static let lanes = 16

  func applied(_ statements: [Stmt]) -> [Stmt] {
    if arrays.isEmpty { return statements }
    var streams = false
    let result = statements.flatMap { statement -> [Stmt] in
      if case .loop(let variable, let from, let to, .integer(1), false, let body) = statement, let lines = lines(variable, from, to, body) {
        streams = true
        return lines
      }
      return [statement.mappingLists(applied)]
    }
    return streams ? result + Streaming.end(arrays) : result
  }

  private func lines(_ variable: Name, _ from: Expr, _ to: Expr, _ body: [Stmt]) -> [Stmt]? {
    guard body.allSatisfy(\.lists.isEmpty) else { return nil }
    let declared = Set(body.compactMap { if case .declare(_, let name, _, _) = $0 { name } else { nil } } + [variable])
    let (line, lane, lanes) = (local("line"), local("lane"), Expr.integer(StreamLoops.lanes))
    var (spaces, writes): ([Stmt], [Stmt]) = ([], [])
    let own = body.map { statement -> Stmt in
      guard case .store(let array, let index, let value) = statement, let dtype = arrays[array],
        let first = Streaming.first(Streaming.expanded(index, body), variable, .variable(line), declared)
      else { return statement }
      let written = local("written")
      spaces.append(.declareArray(.element(dtype), written, StreamLoops.lanes))
      writes.append(.call("grad_stream_line_\(dtype)", [.binary("+", .variable(array), first), .variable(written)]))
      return .store(written, .variable(lane), value)
    }
    if spaces.isEmpty { return nil }
    let place = Stmt.declare(.index, variable, .variable(line) + .variable(lane), const: true)
    let steps = Expr.binary("-", to, from).simplified
    let whole = Expr.binary("+", from, .binary("*", .binary("/", steps, lanes), lanes)).simplified
    let element = Stmt.loop(variable: lane, from: .zero, to: lanes, step: .integer(1), descends: false, body: [place] + own)
    return [
      .loop(
        variable: line, from: from, to: .binary("-", to, .integer(StreamLoops.lanes - 1)).simplified, step: lanes, descends: false,
        body: spaces + [element] + writes),
      .loop(variable: variable, from: whole, to: to, step: .integer(1), descends: false, body: body),
    ]
  }
}
