import GradIR

/// What all functions of one C module share while it is being lowered.
final class ModuleContext {
  let options: COptions
  /// The names of functions and tables begin with it.
  let prefix: String
  /// Names that C functions of the module share: dims, inputs, outputs, buffers.
  var names: NameTable
  /// Every name that the model gives to a value, as a C identifier.
  var modelNames: Set<Name> = []
  /// Names of functions and tables.
  var globals: NameTable
  /// The C name of each symbolic dim.
  var dimNames: [String: Name] = [:]
  var functions: [Function] = []
  var tables: [Table] = []
  var faults: [CFault] = []
  var buffers: [Buffer] = []
  /// A step of the program; buffers live from one to another.
  var time = 0
  var kernelTexts: [String] = []
  var summaries: [KernelSummary] = []
  /// What all kernels so far cost, where that is counted.
  var cost = KernelCost.none

  /// A constant tensor, a `static const` array.
  struct Table {
    var name: Name
    var constant: Constant
  }

  init(options: COptions) {
    self.options = options
    prefix = options.name + "_"
    names = NameTable()
    globals = NameTable()
  }

  /// A dim that no parameter has is named all the same, where code asks for it that never runs.
  func cName(ofDim symbol: String) -> Name { dimNames[symbol] ?? Name(NameTable.identifier(symbol)) }

  /// The number of a new place where a run can fail.
  func fault(_ message: String, tensor: String?, range: SourceRange?) -> Int {
    let place = range.flatMap { range in options.sourceFile.map { "\($0.name):\($0.line(of: range.lower)): " } } ?? ""
    faults.append(CFault(status: faults.count + 1, message: place + message, tensor: tensor, range: range))
    return faults.count
  }

  /// `model.gd:12: h = relu(x @ W1 + b1)`, the line that something comes from.
  func sourceLine(_ range: SourceRange?) -> String? {
    guard let range, let file = options.sourceFile else { return nil }
    let line = file.line(of: range.lower)
    let text = file.text(ofLine: line)
    let trimmed = text.drop { $0 == " " || $0 == "\t" }
    return "\(file.name):\(line): \(trimmed.count > 100 ? trimmed.prefix(97) + "..." : trimmed)"
  }
}

/// A tensor in the workspace while it is alive.
final class Buffer {
  let name: Name
  let dtype: DType
  let shape: Shape
  let start: Int
  var end: Int
  var slot = 0

  init(name: Name, dtype: DType, shape: Shape, start: Int) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.start = start
    end = start
  }
}

/// A C variable that one function has and others may be handed: a dim, a pointer, a scalar.
struct Variable: Hashable {
  enum Kind: Hashable {
    case dim
    case pointer(DType)
    /// By value.
    case scalar(DType)
    /// The address of a scalar that a kernel computes.
    case result(DType)
    case byteOffset
    /// A `static const` array, which every function sees.
    case table(DType)
  }
  var name: Name
  var kind: Kind
  /// The workspace buffer behind a pointer, for its lifetime.
  var buffer: Int?
}
