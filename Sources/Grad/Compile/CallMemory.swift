import GradCodegen
import GradIR
import GradJIT

/// The arrays and the workspace of calls that follow one another: inputs are changed in place, outputs read in place, and a call
/// allocates nothing. One thread uses it at a time; each thread has its own. An output that updates an input at its place
/// (`Model.updating(_:)`) is that input in the next call: a training loop is calls alone.
///
///     let compiled = try CompiledModel(model)
///     var memory = try CallMemory(for: compiled, try model.bind(data))
///     memory.withInput("x", as: Float.self) { $0[0] = 2.5 }
///     try compiled.call(&memory)
///     let loss = memory.withOutput("loss", as: Float.self) { $0[0] }
public struct CallMemory: ~Copyable {
  fileprivate let dims: UnsafeMutableBufferPointer<Int64>
  fileprivate let inputs: UnsafeMutableBufferPointer<UnsafeRawPointer?>
  fileprivate let outputs: UnsafeMutableBufferPointer<UnsafeMutableRawPointer?>
  fileprivate let workspaceStart: UnsafeMutableRawPointer?
  private let workspace: Workspace
  private let arrays: CallArrays
  private let inputNames: [String]
  private let outputNames: [String]

  /// Memory for calls with the dims of this data; the inputs begin with its values.
  /// - Throws: `Diagnostic` where there is not memory enough, `ModelError` where the data leaves a shape open.
  public init(for compiled: borrowing CompiledModel, _ bound: BoundModel) throws {
    let signature = compiled.signature
    let dims = signature.dims.map { Int64(bound.dims[$0] ?? 0) }
    let arrays = try CallArrays(signature, inputs: bound.tensors, outputs: bound.outputTypes())
    var workspace = Workspace()
    workspaceStart = try compiled.reserve(&workspace, dims: dims)
    self.workspace = workspace
    inputNames = signature.inputs
    outputNames = signature.outputs.map(\.name)
    self.dims = .allocate(copying: dims)
    inputs = .allocate(copying: arrays.inputs.map { UnsafeRawPointer($0.start) })
    outputs = .allocate(copying: arrays.outputs.map { $0.start })
    self.arrays = arrays
  }

  /// The bytes of workspace that a call uses.
  var workspaceBytes: UInt64 { UInt64(workspace.capacity) }

  deinit {
    dims.deallocate()
    inputs.deallocate()
    outputs.deallocate()
  }

  /// Lends the elements of an input or param in C order. The name is one of the model's, the type its number type's in Swift.
  public mutating func withInput<Element: TensorElement, Result>(
    _ name: String, as type: Element.Type, _ body: (UnsafeMutableBufferPointer<Element>) throws -> Result
  ) rethrows -> Result { try body(CallMemory.elements(of: name, inputNames, arrays.inputs)) }

  /// Lends the elements of an output in C order, as the last call left them.
  public borrowing func withOutput<Element: TensorElement, Result>(
    _ name: String, as type: Element.Type, _ body: (UnsafeBufferPointer<Element>) throws -> Result
  ) rethrows -> Result { try body(UnsafeBufferPointer(CallMemory.elements(of: name, outputNames, arrays.outputs))) }

  private static func elements<Element: TensorElement>(
    of name: String, _ names: [String], _ arrays: [ArrayMemory]
  ) -> UnsafeMutableBufferPointer<Element> {
    guard let array = zip(names, arrays).first(where: { $0.0 == name })?.1 else {
      preconditionFailure("the model has no array '\(name)'")
    }
    precondition(array.dtype == Element.dtype, "'\(name)' holds \(array.dtype), not \(Element.dtype)")
    let count = array.extents.reduce(1, *)
    return UnsafeMutableBufferPointer(start: array.start.bindMemory(to: Element.self, capacity: count), count: count)
  }
}

extension CompiledModel {
  /// Computes the outputs from the inputs in that memory, which was made for this model.
  /// - Throws: the fault that the values led to (an index out of range); the outputs are then undefined.
  public borrowing func call(_ memory: inout CallMemory) throws(Diagnostic) {
    let status = enter(
      dims: UnsafePointer(memory.dims.baseAddress), inputs: UnsafePointer(memory.inputs.baseAddress),
      outputs: UnsafePointer(memory.outputs.baseAddress), workspace: memory.workspaceStart)
    if status != 0 { throw signature.diagnostic(ofStatus: status) }
  }
}

/// A Swift type that is the element of arrays of one number type.
public protocol TensorElement: BitwiseCopyable { static var dtype: DType { get } }
extension Float: TensorElement { public static var dtype: DType { .f32 } }
extension Double: TensorElement { public static var dtype: DType { .f64 } }
extension Int32: TensorElement { public static var dtype: DType { .i32 } }
extension Int64: TensorElement { public static var dtype: DType { .i64 } }
extension Bool: TensorElement { public static var dtype: DType { .bool } }

extension UnsafeMutableBufferPointer {
  fileprivate static func allocate(copying elements: [Element]) -> Self {
    let buffer = allocate(capacity: elements.count)
    _ = buffer.initialize(from: elements)
    return buffer
  }
}
