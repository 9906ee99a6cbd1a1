import GradIR

extension Parser {
  // x[i, 1:n, ::2, ...]
  mutating func parseIndex(of operand: Operand) -> Operand {
    let opener = position
    advance()
    var items: [IndexItem] = []
    if kind == .rightBracket { report(.emptyIndex, at: tokens[opener].range.union(current.range)) }
    while !isPanicking, kind != .rightBracket, !kind.endsLine {
      if kind == .ellipsis {
        if items.contains(.ellipsis) { report(.tooManyEllipses, at: current.range) }
        items.append(.ellipsis)
        advance()
      } else {
        items.append(parseIndexItem())
      }
      if isPanicking || !accept(.comma) { break }
    }
    if !isSound(upTo: opener) { items.append(.position(missing())) }
    close(opener)
    let slice = SyntaxSlice(start: Int32(tree.indexItems.count), count: Int32(items.count))
    tree.indexItems += items
    return add(.index(operand.id, items: slice), at: operand.range.union(previousRange))
  }

  private mutating func parseIndexItem() -> IndexItem {
    let start = kind == .colon ? nil : parseExpression(after: nil).id
    guard !isPanicking, accept(.colon) else {
      // A position is missing only where its absence was reported.
      return .position(start ?? missing())
    }
    let stop = parseBound()
    let step = !isPanicking && accept(.colon) ? parseBound() : nil
    return .slice(start: start, stop: stop, step: step)
  }
  private mutating func parseBound() -> ExpressionID? {
    switch kind {
    case .colon, .comma, .rightBracket: nil
    default: parseExpression(after: ":").id
    }
  }
}
