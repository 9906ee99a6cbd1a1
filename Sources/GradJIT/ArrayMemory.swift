import Glibc
import GradCodegen
import GradIR

/// An array in memory as generated code takes it: aligned, in C order. Freed by hand, since arrays of them are lent together.
package struct ArrayMemory {
  package let dtype: DType
  package let extents: [Int]
  package let start: UnsafeMutableRawPointer

  /// Zeroed memory for an array.
  /// - Throws: `Diagnostic` where there is not so much.
  package init(_ dtype: DType, _ extents: [Int]) throws {
    self.dtype = dtype
    self.extents = extents
    let (count, overflow) = extents.reduce((1, false)) { total, extent in
      let (product, overflow) = total.0.multipliedReportingOverflow(by: extent)
      return (product, total.1 || overflow)
    }
    let (bytes, tooMany) = count.multipliedReportingOverflow(by: dtype.byteCount)
    guard !overflow, !tooMany, let pointer = AlignedMemory.allocate(bytes: bytes) else {
      throw Diagnostic("run.memory", "there is no memory for an array of \(dtype)\(extents)")
    }
    memset(pointer, 0, bytes)
    start = pointer
  }

  package init(copying tensor: Tensor) throws {
    try self.init(tensor.dtype, tensor.shape)
    let target = start
    tensor.withUnsafeElementBytes { bytes in
      if let source = bytes.baseAddress, bytes.count > 0 { memcpy(target, source, bytes.count) }
    }
  }

  package func free() { Glibc.free(start) }

  package func tensor() -> Tensor {
    let count = extents.reduce(1, *)
    func elements<Element>(_ type: Element.Type) -> [Element] {
      Array(UnsafeBufferPointer(start: start.bindMemory(to: type, capacity: count), count: count))
    }
    switch dtype {
    case .f32: return Tensor(elements(Float.self), shape: extents)
    case .f64: return Tensor(elements(Double.self), shape: extents)
    case .i32: return Tensor(elements(Int32.self), shape: extents)
    case .i64: return Tensor(elements(Int64.self), shape: extents)
    // Bytes that are neither 0 nor 1 are no Bool to Swift, whatever made them.
    case .bool: return Tensor(elements(UInt8.self).map { $0 != 0 }, shape: extents)
    }
  }
}

/// The arrays of calls, freed together. An output that takes an input's place has that input's array.
package struct CallArrays: ~Copyable {
  package let inputs: [ArrayMemory]
  package let outputs: [ArrayMemory]
  private let owned: [ArrayMemory]

  /// The inputs begin with the tensors' values.
  /// - Throws: `Diagnostic` where there is not memory enough.
  package init(_ signature: CallSignature, inputs tensors: [Tensor], outputs types: [(DType, [Int])]) throws {
    var owned: [ArrayMemory] = []
    var outputs: [ArrayMemory] = []
    do {
      for tensor in tensors { owned.append(try ArrayMemory(copying: tensor)) }
      for (output, (dtype, extents)) in zip(signature.outputs, types) {
        if let input = output.updatedInput {
          outputs.append(owned[input])
        } else {
          outputs.append(try ArrayMemory(dtype, extents))
          owned.append(outputs[outputs.count - 1])
        }
      }
    } catch {
      for array in owned { array.free() }
      throw error
    }
    inputs = Array(owned.prefix(tensors.count))
    self.outputs = outputs
    self.owned = owned
  }
  deinit { for array in owned { array.free() } }
}
