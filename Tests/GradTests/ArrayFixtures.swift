import Glibc
import GradIR

@testable import Grad

/// The identifier of the diagnostic that the body throws; nil where it throws nothing.
func diagnosticID(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch let diagnostic as Diagnostic {
    return diagnostic.id
  } catch {
    return "not a diagnostic: \(error)"
  }
}

func npyBytes(header: String, version: UInt8 = 1, data: [UInt8] = []) -> [UInt8] {
  let text = Array(header.utf8)
  var length = [UInt8(text.count & 0xff), UInt8(text.count >> 8 & 0xff)]
  if version > 1 { length += [UInt8(text.count >> 16 & 0xff), 0] }
  return NpyHeader.magic + [version, 0] + length + text + data
}

func npyDictionary(_ descr: String, _ shape: String, fortran: String = "False") -> String {
  "{'descr': \(descr), 'fortran_order': \(fortran), 'shape': \(shape), }\n"
}

let sampleTensors: [Tensor] = [
  Tensor([1.5, -0, .nan, .infinity] as [Float]), Tensor([1.5, -2.25, 1e300, -.infinity, 0, 7] as [Double], shape: [2, 3]),
  Tensor([.min, -1, .max] as [Int32], shape: [1, 3, 1]), Tensor([.min, .max] as [Int64]), Tensor([true, false, true]),
  Tensor([3.25] as [Double], shape: []), Tensor([] as [Float], shape: [0, 4]), Tensor([] as [Int64], shape: [3, 0, 2]),
]

/// Equality of all bits, those of a NaN too.
func haveSameBytes(_ left: Tensor, _ right: Tensor) -> Bool {
  left.shape == right.shape && left.dtype == right.dtype
    && left.withUnsafeElementBytes { a in right.withUnsafeElementBytes { b in a.elementsEqual(b) } }
}

/// The files of a folder, hidden ones too.
func fileNames(in folder: String) -> [String] {
  guard let directory = opendir(folder) else { return [] }
  defer { closedir(directory) }
  var result: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != ".", name != ".." { result.append(name) }
  }
  return result.sorted()
}

extension Tensor {
  /// Numbers of both signs that do not repeat soon, in f32 or f64.
  static func spread(_ shape: [Int], _ type: String, by divisor: Double) -> Tensor {
    let numbers: [Double] = (0..<shape.reduce(1, *)).map { index in
      let numerator: Int = (index * 7919 + 5) % 101 - 40
      return Double(numerator) / divisor
    }
    return type == "f64" ? Tensor(numbers, shape: shape) : Tensor(numbers.map { Float($0) }, shape: shape)
  }
}
