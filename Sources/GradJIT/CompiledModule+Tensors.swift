import GradCodegen
import GradIR

extension CompiledModule {
  /// Compiles the C of a model, with the runtime functions that it uses.
  /// - Throws: `Diagnostic` for what `JITError` says.
  public static func compiling(_ generated: GeneratedC) throws -> CompiledModule {
    do throws(JITError) {
      return try CompiledModule(
        c: generated.source, entries: [generated.entry], symbols: RuntimeSymbols.symbols(named: generated.runtimeFunctions))
    } catch {
      throw error.diagnostic
    }
  }

  /// Calls the entry on tensors, in memory of the call's own.
  ///
  /// - Parameters:
  ///   - inputs: one for each input of the entry, in order.
  ///   - outputs: number type and extents of each output for these dims.
  /// - Returns: the status and, where it is 0, the outputs.
  /// - Throws: `Diagnostic` where there is not memory enough.
  public borrowing func call(
    _ signature: CallSignature, inputs: [Tensor], dims: [String: Int], outputs: [(DType, [Int])], workspace: inout Workspace
  ) throws -> (status: Int32, outputs: [Tensor]) {
    let dimValues = signature.dims.map { Int64(dims[$0] ?? 0) }
    let arrays = try CallArrays(signature, inputs: inputs, outputs: outputs)
    let status: Int32
    do throws(JITError) {
      status = try withEntry(named: signature.entry) { entry throws(JITError) in
        try entry.call(
          dims: dimValues, inputs: arrays.inputs.map { UnsafeRawPointer($0.start) }, outputs: arrays.outputs.map(\.start),
          workspace: &workspace)
      }
    } catch {
      throw error.diagnostic
    }
    return (status, status == 0 ? arrays.outputs.map { $0.tensor() } : [])
  }
}
