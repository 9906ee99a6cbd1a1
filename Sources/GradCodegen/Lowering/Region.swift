import GradIR

/// One graph being lowered into one function that calls kernels: the entry, or a loop with its body.
final class Region {
  let graph: Graph
  let plan: Plan
  let module: ModuleContext
  /// The function that the region's scalars and calls go to.
  let host: FunctionEmitter
  /// What stands for each of the graph's parameters.
  let parameters: [Binding]
  /// Pointers of values in memory.
  var memory: [ValueID: Variable] = [:]
  var tables: [ValueID: Variable] = [:]
  /// Scalars of the host.
  var scalars: [ValueID: Expr] = [:]

  /// Which values are computed place by place in C order; found out once.
  var flat: [ValueID: Bool] = [:]

  /// The fault of each gather and scatter.
  var faultNumbers: [ValueID: Int] = [:]

  /// What a value is for those who read it.
  enum Binding {
    case pointer(Variable)
    case scalar(Expr, DType)
  }

  init(_ graph: Graph, _ module: ModuleContext, host: FunctionEmitter, parameters: [Binding]) {
    self.graph = graph
    self.module = module
    self.host = host
    self.parameters = parameters
    plan = Grouping.plan(graph)
  }

  /// The stem of the names of what is made for a value.
  func stem(_ value: ValueID) -> String? { graph.names[value].map { NameTable.identifier($0) } }

  func type(_ value: ValueID) -> TensorType { graph.type(of: value) }
  func shape(_ value: ValueID) -> Shape { graph.type(of: value).shape }

  /// A new array in the workspace.
  func newBuffer(_ stem: String, _ type: TensorType) -> Variable {
    let name = module.names.unique(stem)
    module.buffers.append(Buffer(name: name, dtype: type.dtype, shape: type.shape, start: module.time))
    return Variable(name: name, kind: .pointer(type.dtype), buffer: module.buffers.count - 1)
  }

  /// Lowers every step in order; `destinations` are the places of results: a result's array is that place where it can be.
  func lower(_ destinations: [Variable?]) {
    bind(destinations)
    for step in plan.steps {
      module.time += 1
      switch step {
      case .kernel(let kernel):
        let before = module.cost
        if kernel.isFused { lowerFused(kernel) } else { lower(kernel, graph.nodes[kernel.root]) }
        if module.options.isProfiled { account(for: kernel, since: before) }
      case .scalar(let index):
        let value = graph.nodes[index].firstResult
        // A name or a number: kernels are handed it, and do not know what the host's expressions are made of.
        scalars[value] = host.bind(type(value).dtype, compute(value, .axes([]), in: host))
      }
    }
    module.time += 1
    for (result, destination) in zip(graph.results, destinations) {
      if let destination { finish(plan.resolve(result.value), named: result.name, in: destination) }
    }
  }

  /// Results that a kernel computes are written to their place at once.
  private func bind(_ destinations: [Variable?]) {
    for (result, destination) in zip(graph.results, destinations) {
      guard let destination else { continue }
      var value = plan.resolve(result.value)
      if case .view(let base) = plan.placement(value) { value = base }
      if case .memory = plan.placement(value), memory[value] == nil { memory[value] = destination }
    }
  }
  /// What is not in its place yet is copied or stored there.
  private func finish(_ value: ValueID, named name: String, in destination: Variable) {
    if type(value).isScalar {
      let expression = element(value, .axes([]), in: host)
      host.write(destination)
      return host.emit(.store(destination.name, .zero, expression))
    }
    var base = value
    if case .view(let origin) = plan.placement(value) { base = origin }
    if memory[base] == destination { return }
    copy(value, to: destination, name: "copy_\(NameTable.identifier(name))")
  }

  /// A kernel that copies a stored value.
  func copy(_ value: ValueID, to destination: Variable, name: String) {
    let f = kernelFunction(name)
    f.write(destination)
    f.loop("i", shape(value).count) { i in
      let element = self.element(value, .flat(i), in: f)
      f.emit(.store(destination.name, f.number(i), element))
    }
    host.call(f, comment: [])
  }

  func kernelFunction(_ stem: String, isHost: Bool = false) -> FunctionEmitter {
    FunctionEmitter(module, name: module.globals.unique("\(module.options.name)_\(stem)"), isHost: isHost)
  }

  private func lower(_ kernel: Kernel, _ node: Node) {
    let value = node.firstResult
    let named = node.results.first { graph.names[$0] != nil } ?? value
    let stem = self.stem(named) ?? NameTable.identifier(node.op.name)
    describe(kernel, stem)
    if case .loop(let loop) = node.op { return lowerLoop(loop, node, stem) }

    let f = kernelFunction(stem)
    let comment = comment(node, stem)
    if node.types[0].isScalar {
      let name = module.names.unique(self.stem(value) ?? "total")
      host.emit(.declare(.element(node.types[0].dtype), name, nil, const: false))
      host.owned.insert(name)
      let variable = Variable(name: name, kind: .result(node.types[0].dtype))
      f.write(variable)
      lowerRoot(node, variable, in: f)
      host.call(f, comment: comment)
      scalars[value] = .variable(name)
    } else {
      let variable = memory[value] ?? newBuffer(self.stem(value) ?? stem, node.types[0])
      memory[value] = variable
      f.write(variable)
      lowerRoot(node, variable, in: f)
      host.call(f, comment: comment)
    }
  }

  private func lowerRoot(_ node: Node, _ target: Variable, in f: FunctionEmitter) {
    switch node.op {
    case .reduce(let kind, let axes): lowerReduce(kind, axes, node, target, f)
    case .contract(let contraction): lowerContract(contraction, node, target, f)
    case .cumulative(let cumulation): lowerCumulative(cumulation, node, target, f)
    case .windowAdd(let axes, _): lowerWindowAdd(axes, node, target, f)
    case .scatterAdd(let axis, let extent): lowerScatterAdd(axis, extent, node, target, f)
    case .argsort(let axis): lowerArgsort(axis, node, target, f)
    case .triangularSolve(let lower, let transposed): lowerTriangularSolve(lower, transposed, node, target, f)
    case .cholesky: lowerCholesky(node, target, f)
    case .pad(let axes): lowerPad(axes, node, target, f)
    case .concatenate(let axis): lowerConcatenate(axis, node, target, f)
    default: lowerElementwise(node, target, f)
    }
  }

  /// The source line of a kernel and the type of its result.
  func comment(_ node: Node, _ stem: String) -> [String] {
    var lines: [String] = []
    if let line = module.sourceLine(node.source) { lines.append(line) }
    lines.append("\(stem): \(node.types[0])")
    return lines
  }
}
