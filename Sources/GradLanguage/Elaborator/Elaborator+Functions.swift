import GradIR

// What is checked of functions whether they are called or not.
extension Elaborator {
  /// Names that a function reads or calls must exist, whether it is called or not.
  func checkFunctions() {
    for (index, function) in tree.functions.enumerated() where functions[function.identifier.name] == index {
      var own: Set<NameID> = Set(function.parameters.map(\.identifier.name))
      for id in function.definitions { own.formUnion(tree[id].targets.map(\.name)) }
      var functionNames: Set<ExpressionID> = []
      for place in function.expressions {
        guard case .call(let name, let arguments) = tree.expressions[place] else { continue }
        let range = tree.calleeRange(of: ExpressionID(index: Int32(place)))
        if isLoop(name, of: tree), let first = arguments.indices.first { functionNames.insert(tree.arguments[first].value) }
        if own.contains(name), isUnknownFunction(name) {
          reportCall(ofValue: name, at: range)
        } else {
          _ = try? callee(name, at: range)
        }
      }
      for place in function.expressions {
        let id = ExpressionID(index: Int32(place))
        guard case .name(let name) = tree[id], !own.contains(name), modelFrame.bindings[name] == nil, !functionNames.contains(id) else {
          continue
        }
        _ = try? value(of: name, at: tree.range(of: id))
      }
    }
  }

  /// Functions that call themselves, through others or not, are reported whether they are called or not.
  func checkRecursion() {
    enum State { case active, done }
    var states: [Int: State] = [:]
    // Function and the calls in it that are still to be followed: a path, without recursion of its own.
    var path: [(function: Int, calls: [(function: Int, range: SourceRange)])] = []
    for root in tree.functions.indices where states[root] == nil {
      states[root] = .active
      path = [(root, calls(in: root))]
      while let (function, rest) = path.last {
        guard let next = rest.last else {
          states[function] = .done
          path.removeLast()
          continue
        }
        path[path.count - 1].calls.removeLast()
        if states[next.function] == .active {
          let name = tree.text(tree.functions[next.function].identifier.name)
          report("function.recursion", "`\(name)` calls itself", at: next.range, hint: "what runs step by step is a `fold` or a `scan`")
          let start = path.firstIndex { $0.function == next.function } ?? 0
          recursiveFunctions.formUnion(path[start...].map(\.function))
        } else if states[next.function] == nil {
          states[next.function] = .active
          path.append((next.function, calls(in: next.function)))
        }
      }
    }
  }

  /// The model's functions that a function calls, or hands to a loop.
  private func calls(in index: Int) -> [(function: Int, range: SourceRange)] {
    tree.functions[index].expressions.reversed().compactMap { place in
      let id = ExpressionID(index: Int32(place))
      guard case .call(let name, let arguments) = tree[id] else { return nil }
      if let called = functions[name] { return (called, tree.range(of: id)) }
      guard isLoop(name, of: tree), let first = arguments.indices.first, case .name(let handed) = tree[tree.arguments[first].value],
        let called = functions[handed]
      else { return nil }
      return (called, tree.range(of: id))
    }
  }

  /// Checks the bodies of functions that no call has reached, as far as they do not depend on their arguments.
  func checkUncalledFunctions() {
    isTrial = true
    defer { isTrial = false }
    for (index, function) in tree.functions.enumerated()
    where !inlinedFunctions.contains(index) && functions[function.identifier.name] == index {
      let range = function.identifier.range
      let outer = context
      context = ElaborationContext(parent: root)
      defer { context = outer }
      _ = try? inline(.model(index), function.parameters.map { _ in Argument(value: .error, range: range) }, at: range)
    }
  }
}
