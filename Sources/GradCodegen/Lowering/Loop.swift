import GradIR

// loop: a C function with the states, a for loop over the steps, and the body's kernels called inside.
extension Region {
  func lowerLoop(_ loop: Loop, _ node: Node, _ stem: String) {
    let f = kernelFunction(stem, isHost: true)
    let body = loop.body
    let initial = node.operands.prefix(loop.states)
    let sequences = node.operands.dropFirst(loop.states).prefix(loop.sequences)
    let captures = node.operands.dropFirst(loop.states + loop.sequences)
    func parameterStem(_ index: Int) -> String {
      let name = body.parameters[index].name
      return name.isEmpty ? "state" : NameTable.identifier(name)
    }

    // Where results go: an array each, or a scalar of the caller.
    let results = zip(node.results, node.types).map { value, type -> Variable in
      if type.isScalar {
        let name = module.names.unique(self.stem(value) ?? stem + "_last")
        host.emit(.declare(.element(type.dtype), name, nil, const: false))
        host.owned.insert(name)
        scalars[value] = .variable(name)
        return Variable(name: name, kind: .result(type.dtype))
      }
      let variable = memory[value] ?? newBuffer(self.stem(value) ?? stem, type)
      memory[value] = variable
      return variable
    }

    // States start: arrays hold the current state in the result's place, and the next is written over it; scalars are locals.
    var parameters: [Binding] = []
    var next: [Variable?] = []
    var stateLocals: [Name?] = []
    for (index, operand) in initial.enumerated() {
      let type = body.parameters[index].type
      if type.isScalar {
        let name = f.local(parameterStem(index))
        f.emit(.declare(.element(type.dtype), name, element(operand, .axes([]), in: f), const: false))
        f.owned.insert(name)
        parameters.append(.scalar(.variable(name), type.dtype))
        next.append(nil)
        stateLocals.append(name)
      } else {
        f.write(results[index])
        f.loop("i", type.shape.count) { i in
          f.emit(.store(results[index].name, f.number(i), element(operand, .flat(i), in: f)))
        }
        parameters.append(.pointer(results[index]))
        next.append(results[index])
        stateLocals.append(nil)
      }
    }
    let captured = captures.map { operand -> Binding in
      let type = self.type(operand)
      if type.isScalar { return .scalar(f.bind(type.dtype, element(operand, .axes([]), in: f)), type.dtype) }
      guard let (pointer, _, _) = location(operand, .flat(0), in: f) else { preconditionFailure("\(operand) is not in memory") }
      return .pointer(pointer)
    }
    for case .pointer(let variable) in captured { _ = f.use(variable) }
    for case .pointer(let variable) in parameters { f.write(variable) }
    module.time += 1
    f.startTime = module.time

    let count = f.number(loop.count)
    let step = f.local("t")
    let t = f.openIndex(step, extent: loop.count, depth: 1)
    // Nothing leaves this scope: what the body reads changes from step to step.
    f.scopes.append(FunctionEmitter.Scope(isGuard: true))
    func slice(_ variable: Variable, _ type: TensorType, _ stem: String, const: Bool) -> Variable {
      let name = f.local(stem)
      f.emit(
        .declare(
          .pointer(.element(type.dtype), const: const, restrict: false), name, pointer(variable, t * type.shape.count, f), const: false))
      f.owned.insert(name)
      return Variable(name: name, kind: .pointer(type.dtype), buffer: variable.buffer)
    }
    let values = body.parameterValues
    for (offset, operand) in sequences.enumerated() {
      let index = loop.states + offset
      let type = body.parameters[index].type
      guard let (pointer, _, _) = location(operand, .flat(0), in: f) else { preconditionFailure("\(operand) is not in memory") }
      if values[index] == nil {
        parameters.append(.scalar(.zero, type.dtype))
      } else if type.isScalar {
        let load = Expr.load(pointerName(pointer, f), f.number(t))
        parameters.append(.scalar(f.declare(.element(type.dtype), parameterStem(index), load), type.dtype))
      } else {
        parameters.append(.pointer(slice(pointer, type, parameterStem(index), const: true)))
      }
    }
    parameters += captured
    let outputs = (0..<loop.outputs).map { offset -> Variable? in
      let index = loop.states + offset
      let type = body.type(of: body.results[index].value)
      f.write(results[index])
      return type.isScalar ? nil : slice(results[index], type, "\(results[index].name)_step", const: false)
    }

    let inner = Region(body, module, host: f, parameters: parameters)
    inner.lower(next + outputs)

    for offset in 0..<loop.outputs {
      let index = loop.states + offset
      let value = body.results[index].value
      guard body.type(of: value).isScalar else { continue }
      f.emit(.store(results[index].name, f.number(t), inner.element(value, .axes([]), in: f)))
    }
    // The next states become the states, all at once.
    var changes: [(Name, Expr)] = []
    for (index, name) in stateLocals.enumerated() {
      guard let name else { continue }
      let type = body.parameters[index].type
      var value = inner.element(body.results[index].value, .axes([]), in: f)
      if case .variable(let other) = value, other != name, stateLocals.contains(other) {
        value = f.declare(.element(type.dtype), "\(name)_next", value)
      }
      if value != .variable(name) { changes.append((name, value)) }
    }
    for (name, value) in changes { f.emit(.assign(name, value)) }
    let scope = f.scopes.removeLast()
    f.emit(.loop(variable: step, from: .zero, to: count, step: .integer(1), descends: loop.reverse, body: scope.statements))
    for (index, name) in stateLocals.enumerated() {
      guard let name else { continue }
      f.write(results[index])
      f.emit(.store(results[index].name, .zero, .variable(name)))
    }
    module.time += 1
    var comment: [String] = []
    if module.options.isDescribed {
      if let line = module.sourceLine(node.source) { comment.append(line) }
      comment.append("\(stem): \(loop.count) steps\(loop.reverse ? ", from the last" : "")")
    }
    host.call(f, comment: comment)
  }
}
