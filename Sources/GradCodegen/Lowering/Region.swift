import GradIR

/// One graph being lowered into one function that calls kernels: the entry, or a loop with its body.
final class Region {
  let graph: Graph
  let plan: Plan
  private let overwriting: Overwriting
  /// The values that others are written over, by those others.
  private(set) var overwritten: [ValueID: ValueID] = [:]
  /// The arrays that are taken.
  private var covered: Set<ValueID> = []
  private var step = 0
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
    overwriting = Overwriting(graph, plan)
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

  /// Lowers every step in order; `destinations` are the places of results: a result's array is that place where it can be. The place
  /// of a result may be that of a parameter: it is then written when the parameter is no longer read.
  func lower(_ destinations: [Variable?]) {
    bind(destinations)
    for (number, step) in plan.steps.enumerated() {
      self.step = number
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
    finish(destinations)
  }

  /// The parameters whose places results take, by the name of the place.
  private func replaced(by destinations: [Variable?]) -> [Name: ValueID] {
    let taken = Set(destinations.compactMap { $0?.name })
    var found: [Name: ValueID] = [:]
    for (value, binding) in zip(graph.parameterValues, parameters) {
      if let value, case .pointer(let variable) = binding, taken.contains(variable.name) { found[variable.name] = value }
    }
    return found
  }

  /// Results that a kernel computes are written to their place at once.
  private func bind(_ destinations: [Variable?]) {
    let replaced = replaced(by: destinations)
    var steps: [ValueID: (number: Int, kernel: Kernel)] = [:]
    if !replaced.isEmpty {
      for case (let number, .kernel(let kernel)) in plan.steps.enumerated() {
        for member in kernel.members { for value in graph.nodes[member.node].results { steps[value] = (number, kernel) } }
      }
    }
    for (result, destination) in zip(graph.results, destinations) {
      guard let destination else { continue }
      let value = stored(result.value)
      guard case .memory = plan.placement(value), memory[value] == nil else { continue }
      if let parameter = replaced[destination.name] {
        guard let (number, kernel) = steps[value], overwriting.mayStore(value, over: parameter, kernel, step: number) else { continue }
        overwritten[value] = parameter
      }
      memory[value] = destination
    }
  }
  /// The value whose array a result's elements stand in.
  private func stored(_ value: ValueID) -> ValueID {
    let value = plan.resolve(value)
    if case .view(let base) = plan.placement(value) { return base }
    return value
  }

  /// What is not in its place yet is copied or stored there; the places of parameters come last, all at once.
  private func finish(_ destinations: [Variable?]) {
    let replaced = replaced(by: destinations)
    var stores: [(Variable, Expr)] = []
    var copies: [(Variable, Variable?, Output)] = []
    for (result, destination) in zip(graph.results, destinations) {
      guard let destination else { continue }
      if type(result.value).isScalar {
        stores.append((destination, element(result.value, .axes([]), in: host)))
        continue
      }
      var place = memory[stored(result.value)]
      if case .parameter(let index) = plan.placement(stored(result.value)), case .pointer(let own) = parameters[index] { place = own }
      if place == destination { continue }
      if replaced[destination.name] == nil {
        copy(result.value, to: destination, name: result.name)
      } else {
        // What stands in a place that is about to be taken is set aside.
        var aside: Variable?
        if let place, replaced[place.name] != nil {
          let buffer = newBuffer(NameTable.identifier(result.name) + "_aside", type(result.value))
          copy(result.value, to: buffer, name: result.name)
          aside = buffer
        }
        copies.append((destination, aside, result))
      }
    }
    for (destination, value) in stores {
      host.write(destination)
      host.emit(.store(destination.name, .zero, value))
    }
    for (destination, aside, result) in copies { copy(result.value, from: aside, to: destination, name: result.name) }
  }

  /// A kernel that copies a stored value, from another place than its own where one is given.
  private func copy(_ value: ValueID, from source: Variable? = nil, to destination: Variable, name: String) {
    let f = kernelFunction("copy_\(NameTable.identifier(name))")
    f.write(destination)
    f.loop("i", shape(value).count) { i in
      let place = f.number(i)
      let element = source.map { .load(pointerName($0, f), place) } ?? self.element(value, .flat(i), in: f)
      f.emit(.store(destination.name, place, element))
    }
    host.call(f, comment: [])
  }

  /// What the kernel reads where it stores a value.
  func valueBefore(_ value: ValueID) -> ValueID? {
    overwritten[value].flatMap { overwriting.isLastRead(of: $0, step: step) ? $0 : nil }
  }

  /// Where a kernel stores a value: in its result's place, over a value that is not read any more, or in a new array.
  func target(_ value: ValueID, of kernel: Kernel, named stem: String) -> Variable {
    if let known = memory[value] { return known }
    let type = type(value)
    let old = overwriting.candidates(for: value, kernel, step: step).first { old in
      memory[old]?.buffer != nil && !covered.contains(old)
    }
    let variable: Variable
    if let old, let place = memory[old] {
      overwritten[value] = old
      covered.insert(old)
      variable = place
    } else {
      variable = newBuffer(stem, type)
    }
    memory[value] = variable
    return variable
  }

  func kernelFunction(_ stem: String, isHost: Bool = false) -> FunctionEmitter {
    FunctionEmitter(module, name: module.globals.unique("\(module.options.name)_\(stem)").text, isHost: isHost)
  }

  private func lower(_ kernel: Kernel, _ node: Node) {
    let value = node.firstResult
    let named = node.results.first { graph.names[$0] != nil } ?? value
    let stem = self.stem(named) ?? NameTable.identifier(node.op.name)
    if case .loop(let loop) = node.op {
      describe(kernel, stem)
      return lowerLoop(loop, node, stem)
    }

    let f = kernelFunction(stem)
    let comment = comment(node, stem)
    if node.types[0].isScalar {
      let name = module.names.unique(self.stem(value) ?? "total")
      host.emit(.declare(.element(node.types[0].dtype), name, nil, const: false))
      host.owned.insert(name)
      let variable = Variable(name: name, kind: .result(node.types[0].dtype))
      f.write(variable)
      lowerRoot(node, node.operands.indices, variable, in: f)
      host.call(f, comment: comment)
      scalars[value] = .variable(name)
    } else {
      let variable = target(value, of: kernel, named: self.stem(value) ?? stem)
      for operands in kernelsOfOperands(node) {
        let f = operands.lowerBound == 0 ? f : kernelFunction(stem)
        f.write(variable)
        lowerRoot(node, operands, variable, in: f)
        host.call(f, comment: comment)
      }
    }
    describe(kernel, stem)
  }

  /// Parts of a concatenation are written apart from each other: many are the work of several functions, for the time of an optimising
  /// compiler grows faster than the number of arrays that a function reads.
  private func kernelsOfOperands(_ node: Node) -> [Range<Int>] {
    let all = node.operands.indices
    guard case .concatenate = node.op else { return [all] }
    return stride(from: 0, to: all.count, by: Region.partLimit).map { $0..<min($0 + Region.partLimit, all.count) }
  }
  private static let partLimit = 64

  private func lowerRoot(_ node: Node, _ operands: Range<Int>, _ target: Variable, in f: FunctionEmitter) {
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
    case .concatenate(let axis): lowerConcatenate(axis, node, operands, target, f)
    default: lowerElementwise(node, target, f)
    }
  }

  /// The source line of a kernel and the type of its result.
  func comment(_ node: Node, _ stem: String) -> [String] {
    guard module.options.isDescribed else { return [] }
    var lines: [String] = []
    if let line = module.sourceLine(node.source) { lines.append(line) }
    lines.append("\(stem): \(node.types[0])")
    return lines
  }
}
