import GradIR

// Functions, finished, and the calls of them. No call hands over more values than every compiler takes: what is more goes in arrays, one
// for each type.
extension FunctionEmitter {
  /// So many parameters at most has a function of its own: libtcc takes about 250 values in one call.
  static let parameterLimit = 64

  /// Finishes the function: its captured variables are the parameters, dims first, then what is read, then what is written.
  func finish(comment: [String]) -> (function: Function, arguments: [Variable]) {
    func order(_ variable: Variable) -> Int {
      switch variable.kind {
      case .dim, .table: 0
      case .byteOffset: 1
      case .scalar: 2
      case .pointer: written.contains(variable.name) ? 4 : 3
      case .result: 5
      }
    }
    let bare = Function(name: name, parameters: [], body: scopes[0].statements, comment: comment, returnsStatus: returnsStatus)
    var (function, used) = bare.removingUnused()
    if module.options.sharesLoops, !isHost {
      var sharing = ShareLoops(self, Dictionary(uniqueKeysWithValues: captured.map { ($0.name, parameterType($0)) }))
      function.body = sharing.applied(function.body)
      module.functions += sharing.functions
    }
    function = inLoops(function)
    if isHost {
      let types = Dictionary(uniqueKeysWithValues: captured.map { ($0.name, parameterType($0)) })
      var split = SplitParts(self, types.merging(entryTypes) { own, _ in own })
      function.body = split.applied(function.body)
      used.formUnion(split.keptNames)
    }
    function.declareStatus()
    let arguments = captured.enumerated().filter { used.contains($0.element.name) }
      .sorted { (order($0.element), $0.offset) < (order($1.element), $1.offset) }.map(\.element)
    function.parameters = arguments.map { Function.Parameter(name: $0.name, type: parameterType($0)) }
    return (function, arguments)
  }

  /// The function in the form in which its loops are quickest.
  ///
  /// - Parameter ends: How many steps loops have whose ends are known by name alone.
  func inLoops(_ function: Function, ends: [Name: Int] = [:]) -> Function {
    var result = function
    var types: [Name: DType] = [:]
    for variable in captured { types[variable.name] = parameterType(variable).dtype }
    for (name, type) in entryTypes { types[name] = type.dtype }
    let streaming = Streaming(types: types, ends: ends, leastBytes: module.options.leastStreamed)
    switch module.options.target {
    case .jit:
      let handed = Set(types.keys)
      Function.elementTypes(function.body, into: &types)
      result.body = BlockLoops(types: types, handed: handed, limits: limits, streaming: streaming, local: local).applied(function.body)
    case .library:
      let chunked = ChunkLoops(local: local, lendsBlocks: true).applied(function.body)
      result.body = StreamLoops(arrays: streaming.arrays(function.body), local: local).applied(chunked)
    case .embedded: result.body = ChunkLoops(local: local, lendsBlocks: false).applied(function.body)
    }
    result = result.pairingSinesAndCosines().inliningSingleUses()
    if module.options.target == .jit { result.body = AlignedArrays(local: local).applied(result.body) }
    return result
  }

  func parameterType(_ variable: Variable) -> CType {
    switch variable.kind {
    case .dim, .table: .index
    case .byteOffset: .unsigned64
    case .scalar(let dtype): .element(dtype)
    case .result(let dtype): .pointer(.element(dtype), const: false, restrict: true)
    case .pointer(let dtype): .pointer(.element(dtype), const: !written.contains(variable.name), restrict: !isHost)
    }
  }

  /// Finishes a callee and emits the call of it.
  func call(_ callee: FunctionEmitter, comment: [String]) {
    let (function, arguments) = callee.finish(comment: comment)
    module.functions.append(function.bundlingParameters(callee.local))
    let expressions = arguments.map { variable -> Expr in
      if case .result = variable.kind { return .address(variable.name) }
      if callee.written.contains(variable.name) { written.insert(variable.name) }
      // What a loop's body alone uses is alive where the body uses it, not from end to end of the loop.
      let isBodys = variable.buffer.map { module.buffers[$0].start >= callee.startTime } ?? false
      return use(variable, extending: !isBodys)
    }
    if function.returnsStatus { returnsStatus = true }
    let types = arguments.map(callee.parameterType)
    for statement in Function.call(function.name, expressions, types, returnsStatus: function.returnsStatus, local) { emit(statement) }
  }
}

extension Function {
  /// The local that the status of what is called goes to, where something is called that has one.
  mutating func declareStatus() {
    if body.callsStatus { body.insert(.declare(.status, "status", nil, const: false), at: 0) }
  }

  /// Parameters beyond the limit, by type, in the order of the first of each; nil where there are few.
  private static func bundles(_ types: [CType]) -> [(type: CType, members: [Int])]? {
    if types.count <= FunctionEmitter.parameterLimit { return nil }
    var result: [(type: CType, members: [Int])] = []
    var places: [CType: Int] = [:]
    for (index, type) in types.enumerated() {
      if let place = places[type.unrestricted] {
        result[place].members.append(index)
      } else {
        places[type.unrestricted] = result.count
        result.append((type.unrestricted, [index]))
      }
    }
    return result
  }

  /// Many parameters become a few arrays that hold them, each taken out at the start.
  func bundlingParameters(_ local: (String) -> Name) -> Function {
    guard let bundles = Function.bundles(parameters.map(\.type)) else { return self }
    var result = self
    result.parameters = []
    var prologue: [Stmt] = []
    for (type, members) in bundles {
      let array = local("given")
      result.parameters.append(.init(name: array, type: .pointer(type, const: false, restrict: false)))
      for (place, member) in members.enumerated() {
        let own = parameters[member]
        prologue.append(.declare(own.type, own.name, .load(array, .integer(place)), const: !own.type.isPointer))
      }
    }
    result.body = prologue + body
    return result
  }

  /// The call of a function whose parameters were bundled.
  static func call(
    _ name: String, _ arguments: [Expr], _ types: [CType], returnsStatus: Bool, _ local: (String) -> Name
  ) -> [Stmt] {
    var statements: [Stmt] = []
    var arguments = arguments
    if let bundles = bundles(types) {
      let values = arguments
      arguments = []
      for (type, members) in bundles {
        let array = local("given")
        statements.append(.declareArray(type, array, members.count))
        for (place, member) in members.enumerated() { statements.append(.store(array, .integer(place), values[member])) }
        arguments.append(.variable(array))
      }
    }
    return statements + [returnsStatus ? .checkedCall(name, arguments) : .call(name, arguments)]
  }
}

extension CType {
  var unrestricted: CType {
    if case .pointer(let base, let const, _) = self { .pointer(base, const: const, restrict: false) } else { self }
  }
}
