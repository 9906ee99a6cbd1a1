import Glibc
import GradIR
import TestSupport
import Testing

@testable import Grad

@Suite struct NpyTests {
  @Test(arguments: sampleTensors) func everyKindOfTensorRoundTrips(tensor: Tensor) throws {
    let bytes = Npy.serialized(tensor)
    #expect((bytes.count - tensor.count * tensor.dtype.byteCount) % 64 == 0)
    #expect(haveSameBytes(try Npy.parse(bytes), tensor))
    let folder = try TemporaryFolder()
    try Npy.write(tensor, path: folder.path + "/x.npy")
    #expect(haveSameBytes(try Npy.read(path: folder.path + "/x.npy"), tensor))
    #expect(fileNames(in: folder.path) == ["x.npy"])
  }

  @Test func headerIsWrittenAsNumpyWritesIt() {
    func text(_ shape: [Int]) -> String {
      let bytes = NpyHeader(dtype: .f32, shape: shape).serialized
      return String(decoding: bytes[10...], as: UTF8.self).split(separator: "\n")[0].split(separator: "}")[0] + "}"
    }
    #expect(text([]) == "{'descr': '<f4', 'fortran_order': False, 'shape': (), }")
    #expect(text([3]) == "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }")
    #expect(text([3, 4]) == "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }")
  }

  @Test(arguments: [1, 2, 3] as [UInt8]) func everyVersionIsRead(version: UInt8) throws {
    let bytes = npyBytes(header: npyDictionary("'<i4'", "(2,)"), version: version, data: [1, 0, 0, 0, 255, 255, 255, 255])
    #expect(try Npy.parse(bytes) == Tensor([1, -1] as [Int32]))
  }

  @Test func fortranOrderIsConverted() throws {
    // Element [i, j, k] of a [2, 3, 4] array stands at i + 2 j + 6 k.
    let data: [UInt8] = (0..<24).flatMap { [UInt8($0), 0, 0, 0] }
    let tensor = try Npy.parse(npyBytes(header: npyDictionary("'<i4'", "(2, 3, 4)", fortran: "True"), data: data))
    var expected: [Int32] = []
    for i in 0..<2 { for j in 0..<3 { for k in 0..<4 { expected.append(Int32(i + 2 * j + 6 * k)) } } }
    #expect(tensor == Tensor(expected, shape: [2, 3, 4]))
    let empty = try Npy.parse(npyBytes(header: npyDictionary("'<f8'", "(0, 3)", fortran: "True")))
    #expect(empty == Tensor([] as [Double], shape: [0, 3]))
  }

  @Test func anyByteButZeroIsTrue() throws {
    let bytes = npyBytes(header: npyDictionary("'|b1'", "(4,)"), data: [0, 1, 2, 255])
    #expect(try Npy.parse(bytes) == Tensor([false, true, true, true]))
  }

  @Test(arguments: [
    "'>f4'", "'<f2'", "'|i1'", "'|u1'", "'<i2'", "'<u4'", "'<c8'", "'<U10'", "'|O'", "'|S3'", "'>i8'", "'<f16'", "'<M8[ns]'",
    "[('x', '<f4'), ('y', '<i4', (2,))]", "None", "3",
  ])
  func otherElementTypesAreNamed(descr: String) {
    let bytes = npyBytes(header: npyDictionary(descr, "(1,)"), data: [0, 0, 0, 0])
    do {
      _ = try Npy.parse(bytes, name: "labels")
      Issue.record("\(descr) was read")
    } catch let diagnostic as Diagnostic {
      #expect(diagnostic.id == "array.dtype")
      #expect(diagnostic.message.contains("array 'labels'") && diagnostic.message.contains(descr))
      #expect(diagnostic.hint?.contains("<f4") == true)
    } catch {
      Issue.record("\(error) is not a diagnostic")
    }
  }

  @Test(arguments: [
    ("(-1,)", "array.shape"), ("3", "array.shape"), ("(3)", "array.shape"), ("[3]", "array.shape"), ("(1.5,)", "array.header"),
    ("('a',)", "array.shape"), ("(True,)", "array.shape"), ("(9223372036854775807, 2)", "array.shape"),
    ("(9223372036854775807, 9223372036854775807, 0)", "array.shape"), ("(99999999999999999999,)", "array.header"),
    ("(4611686018427387904,)", "array.shape"), ("(1000000000000,)", "array.bytes"), ("(1,", "array.header"),
    ("(" + String(repeating: "1, ", count: 65) + ")", "array.shape"),
  ])
  func shapesThatCannotBeAreRefused(shape: String, id: String) {
    #expect(diagnosticID { _ = try Npy.parse(npyBytes(header: npyDictionary("'<f4'", shape), data: [0, 0, 0, 0])) } == id)
  }

  @Test(arguments: [
    "", "{", "}", "{}", "[]", "{'descr'}", "{'descr': }", "{'descr': '<f4'}", "nan", "{1: 2}", "{'a': 1}", "'", "\"", "(", "((((",
    "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': ()}", "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'more': 1}",
    "{'descr': '<f4' 'fortran_order': False, 'shape': ()}", "{'descr': '<f4', 'fortran_order': False, 'shape': ()} x",
    "__import__('os')", "{'descr': '\\", String(repeating: "[", count: 60_000), String(repeating: "{'a':", count: 12_000),
  ])
  func headersThatAreNotDictionariesAreRefused(header: String) {
    #expect(diagnosticID { _ = try Npy.parse(npyBytes(header: header, data: [0, 0, 0, 0])) } == "array.header")
  }

  @Test func headersOfOtherWritersAreRead() throws {
    let data: [UInt8] = [0, 0, 128, 63]
    for header in [
      #"{"shape":(1L,),"fortran_order":False,"descr":"<f4"}"#, "  {'descr':\t'<f4','fortran_order':True ,'shape':(1 , ) , } \n",
    ] {
      #expect(try Npy.parse(npyBytes(header: header, data: data)) == Tensor([1] as [Float]))
    }
  }

  @Test func moreOrFewerBytesThanTheShapeNeedsAreRefused() {
    let header = npyDictionary("'<f4'", "(2,)")
    for count in [0, 7, 9, 16] {
      #expect(diagnosticID { _ = try Npy.parse(npyBytes(header: header, data: .init(repeating: 0, count: count))) } == "array.bytes")
    }
  }

  @Test func everyTruncationIsRefused() {
    let bytes = Npy.serialized(sampleTensors[1])
    for count in 0..<bytes.count { #expect(diagnosticID { _ = try Npy.parse(Array(bytes[..<count])) } != nil, "\(count) bytes") }
  }

  @Test func damagedBytesGiveATensorOrADiagnostic() {
    var generator = SplitMix64(seed: 1)
    for sample in sampleTensors {
      let bytes = Npy.serialized(sample)
      for _ in 0..<400 {
        var damaged = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
          let position = Int.random(in: 0..<min(damaged.count, 90), using: &generator)
          if Bool.random(using: &generator) {
            damaged[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
          } else {
            damaged[position] = Array("0123456789(),'{}[]: <>TrueFalse\\".utf8).randomElement(using: &generator)!
          }
        }
        let id = diagnosticID { _ = try Npy.parse(damaged) }
        #expect(id == nil || id!.hasPrefix("array."))
      }
    }
  }

  @Test func filesThatCannotBeReadOrWrittenAreDiagnosed() {
    let tensor = sampleTensors[0]
    #expect(diagnosticID { _ = try Npy.read(path: "/nonexistent/x.npy") } == "array.file")
    #expect(diagnosticID { _ = try Npy.read(path: "/tmp") } == "array.file")
    #expect(diagnosticID { try Npy.write(tensor, path: "/nonexistent/x.npy") } == "array.file")
    #expect(diagnosticID { try Npy.write(tensor, path: "/tmp") } == "array.file")
    #expect(diagnosticID { try Npy.write(tensor, path: "/dev/full") } == "array.file")
  }

  @Test func aFailedWriteLeavesTheOldFile() throws {
    struct Stop: Error {}
    let folder = try TemporaryFolder()
    let path = folder.path + "/x.npy"
    try Npy.write(sampleTensors[0], path: path)
    #expect(throws: Stop.self) {
      try OutputFile.write(path: path) { output in
        try [UInt8](repeating: 0, count: 10).withUnsafeBytes { try output.write($0) }
        throw Stop()
      }
    }
    #expect(haveSameBytes(try Npy.read(path: path), sampleTensors[0]))
    #expect(fileNames(in: folder.path) == ["x.npy"])
  }

  @Test func aSymbolicLinkStaysOne() throws {
    let folder = try TemporaryFolder()
    try Npy.write(sampleTensors[0], path: folder.path + "/real.npy")
    #expect(symlink(folder.path + "/real.npy", folder.path + "/link.npy") == 0)
    try Npy.write(sampleTensors[2], path: folder.path + "/link.npy")
    #expect(try Npy.read(path: folder.path + "/real.npy") == sampleTensors[2])
    #expect(fileNames(in: folder.path) == ["link.npy", "real.npy"])
  }
}
