import GradIR

/// What C is wanted.
public struct COptions: Sendable {
  /// Who takes the C.
  public enum Target: Sendable {
    /// One text without headers for libtcc; the runtime's functions are symbols.
    case jit
    /// A file that stands alone, with the runtime's functions that it uses in it, and a header.
    case embedded
    /// The same in one text without a header, for a shared library of this process: entered like the code for libtcc.
    case library
  }
  /// The model's name, from which the entry has its own.
  public var name: String
  /// Who takes it.
  public var target: Target
  /// The model's text, for comments and messages.
  public var sourceFile: SourceFile?
  /// Behind each kernel of the entry `grad_mark` is told its number: for measuring, and not for files to embed.
  public var isProfiled: Bool
  /// The C has comments, and the kernels are told of in words (`GeneratedC.kernels`): not for code that is only run.
  public var isDescribed: Bool
  /// Loops whose steps are independent may run on several threads; not in files to embed. The same bits.
  public var sharesLoops: Bool
  /// Of less than so many nanoseconds nothing is shared: `LEAST_FOR_AWAKE` of the runtime.
  var leastShared = 8_000
  /// Loops that write so many bytes write them past the caches, which would not keep them: more than most processors have for a core.
  var leastStreamed = 1 << 25
  /// Outputs that take the place of inputs; an input and an output occur once at most, and are of one type.
  public var updates: [InPlaceUpdate]

  public init(
    name: String, target: Target = .embedded, sourceFile: SourceFile? = nil, isProfiled: Bool = false, isDescribed: Bool = true,
    sharesLoops: Bool = false, updates: [InPlaceUpdate] = []
  ) {
    self.name = NameTable.entry(name)
    self.target = target
    self.sourceFile = sourceFile
    self.isProfiled = isProfiled
    self.isDescribed = isDescribed
    self.sharesLoops = sharesLoops && target != .embedded
    self.updates = updates
  }
}

/// An output that takes the place of an input or param: the entry has one array for both, read first and then written.
public struct InPlaceUpdate: Hashable, Sendable {
  /// The places among the graph's parameters and results.
  public var input: Int
  public var output: Int
  public init(input: Int, output: Int) {
    self.input = input
    self.output = output
  }
}

/// A way in which a run can end early.
public struct CFault: Hashable, Sendable {
  /// What the entry returns: positive for what the data does, negative for dims.
  public var status: Int
  public var message: String
  /// The model's name of the tensor at fault.
  public var tensor: String?
  public var range: SourceRange?
}

/// C for one graph, and how to call it.
public struct GeneratedC: Sendable {
  /// An array that the entry takes.
  public struct Argument: Hashable, Sendable {
    /// The name in the model and in C.
    public var name: String
    /// The parameter's name in C.
    public var cName: String
    /// Number type and shape.
    public var type: TensorType
    /// Of an output that takes an input's place: that input's.
    public var updatedInput: Int?
  }
  /// The whole C.
  public var source: String
  /// The text of `MODEL.h`; empty where the C is not a file to embed.
  public var header: String
  /// `int NAME(dims…, inputs…, outputs…, workspace)`.
  public var entry: String
  /// The C function that says how many bytes a call needs.
  public var workspaceFunction: String { entry + "_workspace_bytes" }
  /// The symbolic dims, in the order of the parameters.
  public var dims: [String]
  /// The arrays that it reads, in the entry's order.
  public var inputs: [Argument]
  /// The arrays that it writes, in the entry's order.
  public var outputs: [Argument]
  /// The ways in which a run can end early.
  public var faults: [CFault]
  /// What a call needs beside its arguments.
  public var workspace: WorkspaceSize
  /// The runtime functions that the JIT's source declares and does not define.
  public var runtimeFunctions: [String]
  /// True where the text has the runtime's sums or products in it, which work on lanes side by side.
  public var worksInLanes: Bool
  /// For `inspect --stage kernels`.
  public var kernels: String
  /// The kernels of the entry in the order of their numbers; of profiled C only.
  public var summaries: [KernelSummary]
  /// For `inspect --stage loops`.
  public var loops: String { functions.map { CPrinter.text($0) }.joined(separator: "\n") }
  /// The functions, those that are called first, the entry last.
  let functions: [Function]
  /// The most statements that stand side by side, without a loop or a branch among them.
  public var longestRun: Int { functions.map { $0.body.longestRun }.max() ?? 0 }
  /// The steps of the loops that have none within them; nil where a number is open.
  public var innerSteps: [Int]? {
    var steps: [Int] = []
    return functions.allSatisfy { $0.body.collectInnerSteps(into: &steps) } ? steps : nil
  }

  /// What the entry takes, given what the uniform entry does: `["dims[0]", "inputs[0]", "outputs[0]"]`, the workspace aside.
  public func arguments(dims: String, inputs: String, outputs: String) -> [String] {
    self.dims.indices.map { "\(dims)[\($0)]" } + GeneratedC.arrays(self.inputs, self.outputs).map { $0.place(inputs, outputs) }
  }

  /// An array that the entry takes.
  struct Array {
    var argument: Argument
    /// The place among the inputs or, where it is written, among the outputs.
    var index: Int
    var isWritten: Bool

    func place(_ inputs: String, _ outputs: String) -> String { "\(isWritten ? outputs : inputs)[\(index)]" }
  }
  /// The arrays in the entry's order: the inputs, those that are updated at their place, then the other outputs.
  static func arrays(_ inputs: [Argument], _ outputs: [Argument]) -> [Array] {
    inputs.enumerated().map { index, input in
      let output = outputs.firstIndex { $0.updatedInput == index }
      return Array(argument: input, index: output ?? index, isWritten: output != nil)
    }
      + outputs.enumerated().filter { $1.updatedInput == nil }.map { Array(argument: $1, index: $0, isWritten: true) }
  }

  /// The fault of a status that is not 0.
  public func fault(_ status: Int) -> CFault? { faults.first { $0.status == status } }
}

/// Lowers a graph to C.
///
/// - Parameter graph: Without derivative nodes; it may be of any size.
public func generateC(_ graph: Graph, options: COptions) -> GeneratedC {
  ModuleWriter(graph, options).write()
}
