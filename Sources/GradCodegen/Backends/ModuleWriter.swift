import GradIR
import Synchronization

/// Lowers a graph and writes the C module around its functions: types, runtime, tables, layout of the workspace, entry.
final class ModuleWriter {
  let graph: Graph
  let options: COptions
  let module: ModuleContext
  var dims: [String] = []
  var inputs: [GeneratedC.Argument] = []
  var outputs: [GeneratedC.Argument] = []
  let entry: String
  var isJIT: Bool { options.target == .jit }

  init(_ graph: Graph, _ options: COptions) {
    self.graph = graph
    self.options = options
    entry = options.name
    module = ModuleContext(options: options)
  }

  func write() -> GeneratedC {
    nameEverything()
    let host = FunctionEmitter(module, name: entry, isHost: true)
    host.owned = Set(module.dimNames.values).union((inputs + outputs).map { Name($0.cName) })
    for dim in module.dimNames.values { host.entryTypes[dim] = .index }
    for array in arrays {
      let argument = array.argument
      host.entryTypes[Name(argument.cName)] = .pointer(.element(argument.type.dtype), const: !array.isWritten, restrict: false)
    }
    let parameters = inputs.map { Region.Binding.pointer(Variable(name: Name($0.cName), kind: .pointer($0.type.dtype))) }
    let region = Region(graph, module, host: host, parameters: parameters)
    region.lower(outputs.map { Variable(name: Name($0.cName), kind: .pointer($0.type.dtype)) })
    let entryFunction = host.finish(comment: []).function

    for function in module.functions + [entryFunction] { function.collectRuntime(into: &runtime) }

    let slots = SlotPlan(module.buffers)
    let layout = LayoutWriter(self, slots)
    let source = text(entryFunction, host, layout)
    return GeneratedC(
      source: source, header: options.target == .embedded ? HeaderWriter(self, slots.size).text : "", entry: entry, dims: dims,
      inputs: inputs, outputs: outputs,
      faults: layout.faults + module.faults, workspace: slots.size, runtimeFunctions: declared,
      worksInLanes: worksInLanes,
      kernels: options.isDescribed ? (module.kernelTexts + [slots.description]).joined(separator: "\n\n") : "",
      summaries: module.summaries,
      functions: module.functions + [entryFunction])
  }

  // Names
  private func nameEverything() {
    collectNames(graph)
    module.names.reserve(Name(entry))
    var seen: Set<String> = []
    func see(_ found: [String]) { for name in found where seen.insert(name).inserted { dims.append(name) } }
    for parameter in graph.parameters { for dim in parameter.type.shape.dims { see(dim.symbols) } }
    see(graph.symbols)
    for name in dims { module.dimNames[name] = module.names.unique(name) }
    for parameter in graph.parameters {
      inputs.append(.init(name: parameter.name, cName: module.names.unique(parameter.name).text, type: parameter.type))
    }
    for (index, result) in graph.results.enumerated() {
      let updated = options.updates.first { $0.output == index }?.input
      let name = updated.map { inputs[$0].cName } ?? module.names.unique(result.name).text
      outputs.append(.init(name: result.name, cName: name, type: graph.type(of: result.value), updatedInput: updated))
    }
    for suffix in ["", "_call", "_workspace_bytes", "_call_workspace_bytes", "_status_text", "_layout", "_plus", "_times"] {
      module.globals.reserve(Name(entry + suffix))
    }
  }
  private func collectNames(_ graph: Graph) {
    for name in graph.names.values { module.modelNames.insert(Name(NameTable.identifier(name))) }
    for parameter in graph.parameters { module.modelNames.insert(Name(NameTable.identifier(parameter.name))) }
    for result in graph.results { module.modelNames.insert(Name(NameTable.identifier(result.name))) }
    for node in graph.nodes { if case .loop(let loop) = node.op { collectNames(loop.body) } }
  }

  // Text
  private var declared: [String] = []
  private var worksInLanes = false
  private var runtime: Set<String> = []

  private func text(_ entryFunction: Function, _ host: FunctionEmitter, _ layout: LayoutWriter) -> String {
    var parts: [String] = []
    if isJIT {
      parts.append(
        """
        typedef signed char int8_t;
        typedef unsigned char uint8_t;
        typedef int int32_t;
        typedef unsigned int uint32_t;
        typedef long int64_t;
        typedef unsigned long uint64_t;

        """)
      parts.append(declarations())
    } else {
      let header = options.target == .library ? "<stdint.h>" : "\"\(entry).h\""
      parts.append(HeaderWriter(self, layout.size).fileComment + "#include \(header)\n")
      let lent = options.target == .library ? runtime.intersection(RuntimeFunction.lent).sorted() : []
      let used = RuntimeFunction.closure(of: runtime.subtracting(lent))
      worksInLanes = used.contains { function in ["grad_lanes_combine", "grad_row_lanes"].contains { function.name.hasPrefix($0) } }
      if options.isProfiled { parts.append("/* Set by who measures. */\nvoid (*grad_mark)(int64_t kernel);\n") }
      if !used.isEmpty {
        parts.append("/* The runtime's functions that the model uses. */\n\n" + used.map(\.text).joined(separator: "\n"))
      }
      if !lent.isEmpty {
        let pointers = lent.compactMap { name in ModuleWriter.prototype(name).map { $0.replacing(name, with: "(*\(name))") + ";\n" } }
        parts.append("/* Functions of the process that runs this, set when it is loaded. */\n" + pointers.joined())
      }
    }
    // A table that is only read for a value that nothing needs is left out.
    if !module.tables.isEmpty {
      var names: Set<Name> = []
      for function in module.functions + [entryFunction] { names.formUnion(function.namesRead) }
      for table in module.tables where names.contains(table.name) { parts.append(text(table)) }
    }
    if !layout.helpers.isEmpty { parts.append(layout.helpers) }
    for function in module.functions { parts.append(CPrinter.text(function)) }
    parts.append(layout.workspaceFunctions)
    parts.append(entryText(entryFunction, layout))
    parts.append(options.target == .embedded ? statusText(layout) : wrapperText())
    return parts.joined(separator: "\n")
  }

  /// Prototypes of what the process lends to the JIT; small definitions that it does not lend, and types.
  private func declarations() -> String {
    var lines: [String] = []
    var pasted: Set<String> = []
    for name in runtime.sorted() {
      if !name.hasPrefix("grad_nan"), !name.hasPrefix("grad_infinity"), let prototype = ModuleWriter.prototype(name) {
        declared.append(name)
        lines.append(prototype + ";")
      } else {
        pasted.insert(name)
      }
    }
    let definitions = RuntimeFunction.closure(of: pasted).filter { $0.name != "grad_floating_point" }.map(\.text).joined(separator: "\n")
    return definitions + lines.joined(separator: "\n") + "\n"
  }
  private static let prototypes = Mutex<[String: String?]>([:])
  /// The prototype of a function of the runtime, found once a process; nil of a type.
  private static func prototype(_ name: String) -> String? {
    prototypes.withLock { known in
      if let found = known[name] { return found }
      let found = foundPrototype(name)
      known[name] = .some(found)
      return found
    }
  }
  private static func foundPrototype(_ name: String) -> String? {
    if name == "grad_mark" { return "void grad_mark(int64_t kernel)" }
    if let prototype = RuntimeFunction.threads[name] ?? Streaming.prototypes[name] { return prototype }
    if let index = RuntimeFunction.byName[name] { return RuntimeFunction.all[index].prototype }
    // A function without text: its arguments are of its type.
    let dtype = DType.allCases.first { name.hasSuffix("_\($0)") } ?? .f32
    let type = CPrinter.name(.element(dtype))
    if let prototype = BlockOperation.prototype(name, dtype, type) { return prototype }
    if name.hasSuffix("_block_\(dtype)") { return "void \(name)(int64_t n, \(type) *y, const \(type) *x)" }
    let stem = name.dropFirst(5).dropLast(dtype.name.utf8.count + 1)
    let arity = ScalarFunction(named: String(stem == "pow" ? "power" : stem))?.arity ?? 1
    return "\(type) \(name)(\(Array(repeating: type, count: arity).joined(separator: ", ")))"
  }

  private func text(_ table: ModuleContext.Table) -> String {
    let dtype = table.constant.dtype
    let literals = table.constant.bits.map { CPrinter.tableLiteral(dtype, $0) }
    if literals.isEmpty { return "static const \(CPrinter.name(.element(dtype))) \(table.name)[1] = {0};\n" }
    return CPrinter.wrapped(
      "static const \(CPrinter.name(.element(dtype))) \(table.name)[\(literals.count)] = {", literals, "};", indent: "  ") + "\n"
  }

  private var arrays: [GeneratedC.Array] { GeneratedC.arrays(inputs, outputs) }

  /// The entry's parameters as C declares them.
  var entryParameters: [String] {
    dimParameters
      + arrays.map { array in
        CPrinter.declaration(
          .pointer(.element(array.argument.type.dtype), const: !array.isWritten, restrict: true), array.argument.cName)
      }
      + ["void *restrict workspace"]
  }
  var dimParameters: [String] { dims.map { "int64_t \(module.cName(ofDim: $0))" } }

  private func entryText(_ function: Function, _ layout: LayoutWriter) -> String {
    var lines = takesArrays ? bundledHead() : [CPrinter.wrapped("int \(entry)(", entryParameters, ")") + " {"]
    lines += layout.entryPrologue.map { "  " + $0 }
    // The prologue checks all dims, and lays the workspace out where there is one.
    let read = function.namesRead
    for name in arrays.map(\.argument.cName) + (layout.usesWorkspace ? [] : ["workspace"]) where !read.contains(Name(name)) {
      lines.append("  (void)\(name);")
    }
    return lines.joined(separator: "\n") + "\n" + CPrinter.text(function.body) + "  return 0;\n}\n"
  }

  /// More arguments than libtcc takes in a call: the entry of a module for it then takes them in arrays.
  private var takesArrays: Bool { isJIT && dims.count + inputs.count + outputs.count >= FunctionEmitter.parameterLimit }
  private func bundledHead() -> [String] {
    let names = ["dims", "inputs", "outputs"].map { module.names.unique($0).text }
    let all = zip(entryParameters, dims.indices.map { "\(names[0])[\($0)]" } + arrays.map { $0.place(names[1], names[2]) })
    return [
      "static int \(entry)(const int64_t *\(names[0]), const void *const *\(names[1]), void *const *\(names[2]), void *restrict workspace) {"
    ] + all.map { "  \($0) = \($1);" } + names.map { "  (void)\($0);" }
  }

  private func wrapperText() -> String {
    // The parameters' names hide nothing that is called, whatever the model's name is.
    let (dimsName, inputsName, outputsName) = (apart("dims"), apart("inputs"), apart("outputs"))
    let workspaceName = apart("workspace")
    let dimArguments = dims.indices.map { "\(dimsName)[\($0)]" }
    let arguments =
      takesArrays
      ? [dimsName, inputsName, outputsName, workspaceName]
      : dimArguments + arrays.map { $0.place(inputsName, outputsName) } + [workspaceName]
    let dimsUse = dims.isEmpty ? "  (void)\(dimsName);\n" : ""
    let unused =
      (arrays.allSatisfy(\.isWritten) ? "  (void)\(inputsName);\n" : "") + (outputs.isEmpty ? "  (void)\(outputsName);\n" : "")
    return """
      int \(entry)_call(const int64_t *\(dimsName), const void *const *\(inputsName), void *const *\(outputsName), void *\(workspaceName)) {
      \(dimsUse)\(unused)  return \(CPrinter.wrapped("\(entry)(", arguments, ");"))
      }

      uint64_t \(entry)_call_workspace_bytes(const int64_t *\(dimsName)) {
      \(dimsUse)  return \(dims.isEmpty ? "\(entry)_workspace_bytes();" : CPrinter.wrapped("\(entry)_workspace_bytes(", dimArguments, ");"))
      }

      """
  }
  private func apart(_ name: String) -> String { name == entry ? name + "_" : name }

  private func statusText(_ layout: LayoutWriter) -> String {
    var lines = ["const char *\(entry)_status_text(int status) {", "  switch (status) {", "    case 0: return \"done\";"]
    for fault in (layout.faults + module.faults) {
      lines.append("    case \(fault.status): return \(CPrinter.stringLiteral(fault.message));")
    }
    lines += ["    default: return \"unknown status\";", "  }", "}", ""]
    return lines.joined(separator: "\n")
  }
}
