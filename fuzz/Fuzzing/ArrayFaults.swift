import GradIR

@testable import Grad

/// An array in a file, or by hand where it has no magic bytes: it reads back from what is written of it, or is refused in words.
func arrayFaults(_ bytes: [UInt8]) -> [String] {
  refusal {
    guard bytes.first != NpyHeader.magic[0] else {
      let tensor = try Npy.parse(bytes, name: "x")
      return try Npy.parse(Npy.serialized(tensor)).hasSameBits(as: tensor) ? [] : ["\(tensor) reads back otherwise"]
    }
    var data = ModelData()
    // A value that begins with @ names a file.
    try data.set("x", text: String(decoding: bytes.drop { $0 == UInt8(ascii: "@") }, as: UTF8.self))
    return []
  }
}

/// An archive: all its arrays read back from what is written of them, or one of them is refused in words.
func archiveFaults(_ bytes: [UInt8]) -> [String] {
  refusal {
    let contents = try Npz.parse(bytes, maximumBytes: 1 << 28)
    let again = try Npz.parse(try Npz.serialized(contents.arrays))
    let isSame =
      again.arrays.map(\.name) == contents.arrays.map(\.name)
      && zip(again.arrays, contents.arrays).allSatisfy { $0.tensor.hasSameBits(as: $1.tensor) }
    return isSame ? [] : ["\(contents.arrays.map(\.name)) read back otherwise"]
  }
}

private func refusal(_ body: () throws -> [String]) -> [String] {
  do {
    return try body()
  } catch let diagnostic as Diagnostic {
    return diagnosticFaults(diagnostic, in: SourceFile(name: "array", text: ""), mayLackPlace: true)
  } catch {
    return ["an error that is no diagnostic: \(error)"]
  }
}
