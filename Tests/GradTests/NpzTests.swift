import Glibc
import GradIR
import Testing

@testable import Grad

/// A generator whose numbers are the same in every run (splitmix64).
private struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// The identifier of the diagnostic that the body throws; nil where it throws nothing.
private func diagnosticID(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch let diagnostic as Diagnostic {
    return diagnostic.id
  } catch {
    return "not a diagnostic: \(error)"
  }
}

private func npy(header: String, version: UInt8 = 1, data: [UInt8] = []) -> [UInt8] {
  let text = Array(header.utf8)
  var length = [UInt8(text.count & 0xff), UInt8(text.count >> 8 & 0xff)]
  if version > 1 { length += [UInt8(text.count >> 16 & 0xff), 0] }
  return NpyHeader.magic + [version, 0] + length + text + data
}

private func dictionary(_ descr: String, _ shape: String, fortran: String = "False") -> String {
  "{'descr': \(descr), 'fortran_order': \(fortran), 'shape': \(shape), }\n"
}

private let samples: [Tensor] = [
  Tensor([1.5, -0, .nan, .infinity] as [Float]), Tensor([1.5, -2.25, 1e300, -.infinity, 0, 7] as [Double], shape: [2, 3]),
  Tensor([.min, -1, .max] as [Int32], shape: [1, 3, 1]), Tensor([.min, .max] as [Int64]), Tensor([true, false, true]),
  Tensor([3.25] as [Double], shape: []), Tensor([] as [Float], shape: [0, 4]), Tensor([] as [Int64], shape: [3, 0, 2]),
]

/// Equality of bits: a NaN equals itself.
private func same(_ left: Tensor, _ right: Tensor) -> Bool {
  left.shape == right.shape && left.dtype == right.dtype
    && left.withUnsafeElementBytes { a in right.withUnsafeElementBytes { b in a.elementsEqual(b) } }
}

/// A folder for the time of a test.
private final class TemporaryFolder {
  let path: String
  init() {
    var template = Array("/tmp/grad-arrays-XXXXXX".utf8CString)
    path = mkdtemp(&template) == nil ? "/nonexistent" : String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self)
  }
  deinit {
    for name in names(in: path) { unlink(path + "/" + name) }
    rmdir(path)
  }
}

private func names(in folder: String) -> [String] {
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

@Suite struct NpyTests {
  @Test(arguments: samples) func everyKindOfTensorRoundTrips(tensor: Tensor) throws {
    let bytes = Npy.serialized(tensor)
    #expect((bytes.count - tensor.count * tensor.dtype.byteCount) % 64 == 0)
    #expect(same(try Npy.parse(bytes), tensor))
    let folder = TemporaryFolder()
    try Npy.write(tensor, path: folder.path + "/x.npy")
    #expect(same(try Npy.read(path: folder.path + "/x.npy"), tensor))
    #expect(names(in: folder.path) == ["x.npy"])
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
    let bytes = npy(header: dictionary("'<i4'", "(2,)"), version: version, data: [1, 0, 0, 0, 255, 255, 255, 255])
    #expect(try Npy.parse(bytes) == Tensor([1, -1] as [Int32]))
  }

  @Test func fortranOrderIsConverted() throws {
    // Element [i, j, k] of a [2, 3, 4] array stands at i + 2 j + 6 k.
    let data: [UInt8] = (0..<24).flatMap { [UInt8($0), 0, 0, 0] }
    let tensor = try Npy.parse(npy(header: dictionary("'<i4'", "(2, 3, 4)", fortran: "True"), data: data))
    var expected: [Int32] = []
    for i in 0..<2 { for j in 0..<3 { for k in 0..<4 { expected.append(Int32(i + 2 * j + 6 * k)) } } }
    #expect(tensor == Tensor(expected, shape: [2, 3, 4]))
    let empty = try Npy.parse(npy(header: dictionary("'<f8'", "(0, 3)", fortran: "True")))
    #expect(empty == Tensor([] as [Double], shape: [0, 3]))
  }

  @Test func anyByteButZeroIsTrue() throws {
    let bytes = npy(header: dictionary("'|b1'", "(4,)"), data: [0, 1, 2, 255])
    #expect(try Npy.parse(bytes) == Tensor([false, true, true, true]))
  }

  @Test(arguments: [
    "'>f4'", "'<f2'", "'|i1'", "'|u1'", "'<i2'", "'<u4'", "'<c8'", "'<U10'", "'|O'", "'|S3'", "'>i8'", "'<f16'", "'<M8[ns]'",
    "[('x', '<f4'), ('y', '<i4', (2,))]", "None", "3",
  ])
  func otherElementTypesAreNamed(descr: String) {
    let bytes = npy(header: dictionary(descr, "(1,)"), data: [0, 0, 0, 0])
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
    #expect(diagnosticID { _ = try Npy.parse(npy(header: dictionary("'<f4'", shape), data: [0, 0, 0, 0])) } == id)
  }

  @Test(arguments: [
    "", "{", "}", "{}", "[]", "{'descr'}", "{'descr': }", "{'descr': '<f4'}", "nan", "{1: 2}", "{'a': 1}", "'", "\"", "(", "((((",
    "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': ()}", "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'more': 1}",
    "{'descr': '<f4' 'fortran_order': False, 'shape': ()}", "{'descr': '<f4', 'fortran_order': False, 'shape': ()} x",
    "__import__('os')", "{'descr': '\\", String(repeating: "[", count: 60_000), String(repeating: "{'a':", count: 12_000),
  ])
  func headersThatAreNotDictionariesAreRefused(header: String) {
    #expect(diagnosticID { _ = try Npy.parse(npy(header: header, data: [0, 0, 0, 0])) } == "array.header")
  }

  @Test func headersOfOtherWritersAreRead() throws {
    let data: [UInt8] = [0, 0, 128, 63]
    for header in [
      #"{"shape":(1L,),"fortran_order":False,"descr":"<f4"}"#, "  {'descr':\t'<f4','fortran_order':True ,'shape':(1 , ) , } \n",
    ] {
      #expect(try Npy.parse(npy(header: header, data: data)) == Tensor([1] as [Float]))
    }
  }

  @Test func moreOrFewerBytesThanTheShapeNeedsAreRefused() {
    let header = dictionary("'<f4'", "(2,)")
    for count in [0, 7, 9, 16] {
      #expect(diagnosticID { _ = try Npy.parse(npy(header: header, data: .init(repeating: 0, count: count))) } == "array.bytes")
    }
  }

  @Test func everyTruncationIsRefused() {
    let bytes = Npy.serialized(samples[1])
    for count in 0..<bytes.count { #expect(diagnosticID { _ = try Npy.parse(Array(bytes[..<count])) } != nil, "\(count) bytes") }
  }

  @Test func damagedBytesGiveATensorOrADiagnostic() {
    var generator = SeededGenerator(state: 1)
    for sample in samples {
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
    let tensor = samples[0]
    #expect(diagnosticID { _ = try Npy.read(path: "/nonexistent/x.npy") } == "array.file")
    #expect(diagnosticID { _ = try Npy.read(path: "/tmp") } == "array.file")
    #expect(diagnosticID { try Npy.write(tensor, path: "/nonexistent/x.npy") } == "array.file")
    #expect(diagnosticID { try Npy.write(tensor, path: "/tmp") } == "array.file")
    #expect(diagnosticID { try Npy.write(tensor, path: "/dev/full") } == "array.file")
  }

  @Test func aFailedWriteLeavesTheOldFile() throws {
    struct Stop: Error {}
    let folder = TemporaryFolder()
    let path = folder.path + "/x.npy"
    try Npy.write(samples[0], path: path)
    #expect(throws: Stop.self) {
      try OutputFile.write(path: path) { output in
        try [UInt8](repeating: 0, count: 10).withUnsafeBytes { try output.write($0) }
        throw Stop()
      }
    }
    #expect(same(try Npy.read(path: path), samples[0]))
    #expect(names(in: folder.path) == ["x.npy"])
  }

  @Test func aSymbolicLinkStaysOne() throws {
    let folder = TemporaryFolder()
    try Npy.write(samples[0], path: folder.path + "/real.npy")
    #expect(symlink(folder.path + "/real.npy", folder.path + "/link.npy") == 0)
    try Npy.write(samples[2], path: folder.path + "/link.npy")
    #expect(try Npy.read(path: folder.path + "/real.npy") == samples[2])
    #expect(names(in: folder.path) == ["link.npy", "real.npy"])
  }
}

@Suite struct NpzTests {
  private static let arrays = samples.enumerated().map { NamedTensor("x\($0.offset)", $0.element) }

  /// Written by numpy 1.24's savez_compressed: W (f32[2, 3] in Fortran order), mask (bool[2]), n (i64), labels (<U2[2]).
  private static let fromNumpy: [UInt8] = bytes(
    hex: """
      504b03042d000000080000002100ce2ce0d3ffffffffffffffff05001400572e6e707901001000980000000000000056000000000000009bec17ea1b
      10c9c850c650ad9e925a9c5ca46ea5a06e9366a2aea3a09e965f54529498179f5f94920a120f292a4d050a17672416a402b91a463a0ac69a3a0ab50a
      e4032e06307070606068b007620710878161810300504b03042d000000080000002100ee19bb5dffffffffffffffff080014006d61736b2e6e707901
      001000820000000000000046000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a05e9364a8aea3a09e965f54529498179f5f94920a
      12774bcc294e058a17672416a402f91a463a9a3a0ab50a14002e460600504b03042d000000080000002100c8b83ce4ffffffffffffffff050014006e
      2e6e707901001000880000000000000046000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9369a1aea3a09e965f5452949817
      9f5f94920a12774bcc294e058a17672416a402f91a9a3a0ab50a1401ae9fff210000504b03042d00000008000000210070476d96ffffffffffffffff
      0a0014006c6162656c732e6e70790100100090000000000000004d000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e136aa4ae
      a3a09e965f54529498179f5f94920a12774bcc294e058a17672416a402f91a463a9a3a0ab50a1400ae4406084802e264200600504b01022d032d0000
      00080000002100ce2ce0d35600000098000000050000000000000000000000800100000000572e6e7079504b01022d032d000000080000002100ee19
      bb5d460000008200000008000000000000000000000080018d0000006d61736b2e6e7079504b01022d032d000000080000002100c8b83ce446000000
      8800000005000000000000000000000080010d0100006e2e6e7079504b01022d032d00000008000000210070476d964d000000900000000a00000000
      0000000000000080018a0100006c6162656c732e6e7079504b05060000000004000400d4000000130200000000
      """)

  private static func bytes(hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  @Test(arguments: [Npz.Packing.stored, .deflated]) func archivesRoundTripInOrder(packing: Npz.Packing) throws {
    let bytes = try Npz.serialized(Self.arrays, packing: packing)
    let folder = TemporaryFolder()
    let path = folder.path + "/out.npz"
    try Npz.write(Self.arrays, path: path, packing: packing)
    for contents in [try Npz.parse(bytes), try Npz.read(path: path)] {
      #expect(contents.arrays.map(\.name) == Self.arrays.map(\.name))
      for (read, written) in zip(contents.arrays, Self.arrays) { #expect(same(read.tensor, written.tensor)) }
    }
    #expect(names(in: folder.path) == ["out.npz"])
    #expect(try Npz.serialized(Self.arrays, packing: packing) == bytes)
  }

  @Test func archivesOfNumpyAreRead() throws {
    let contents = try Npz.parse(Self.fromNumpy) { $0 != "labels" }
    #expect(contents["W"] == Tensor([0, 1, 2, 3, 4, 5] as [Float], shape: [2, 3]))
    #expect(contents["mask"] == Tensor([true, false]))
    #expect(contents["n"] == Tensor([-7] as [Int64], shape: []))
    #expect(contents["labels"] == nil)
    #expect(contents.leftAside == ["labels"])
  }

  @Test func anArrayThatIsWantedAndCannotBeReadIsNamed() {
    do {
      _ = try Npz.parse(Self.fromNumpy, file: "in.npz")
      Issue.record("text was read")
    } catch {
      #expect((error as? Diagnostic)?.id == "array.dtype")
      #expect((error as? Diagnostic)?.message.contains("array 'labels' in 'in.npz'") == true)
    }
  }

  @Test func anArchiveWithoutArraysIsAnArchive() throws {
    #expect(try Npz.parse(try Npz.serialized([])).arrays.isEmpty)
    let folder = TemporaryFolder()
    let path = folder.path + "/empty.npz"
    try Npz.write([], path: path)
    #expect(try Npz.read(path: path).arrays.isEmpty)
  }

  @Test func namesMayHaveSlashesAndLettersOfAnyScript() throws {
    let arrays = ["layer/0/W", "θ", "∂loss_∂W", "a.npy", "with space"].map { NamedTensor($0, samples[0]) }
    #expect(try Npz.parse(try Npz.serialized(arrays)).arrays.map(\.name) == arrays.map(\.name))
  }

  @Test func namesThatNoEntryCanBearAreRefused() {
    func id(_ names: [String]) -> String? { diagnosticID { _ = try Npz.serialized(names.map { NamedTensor($0, samples[0]) }) } }
    #expect(id([""]) == "array.name")
    #expect(id(["a\0b"]) == "array.name")
    #expect(id([String(repeating: "a", count: 70_000)]) == "array.name")
    #expect(id(["a", "b", "a"]) == "array.duplicate")
  }

  @Test func namesThatOccurTwiceAreRefused() throws {
    var bytes = try Npz.serialized([NamedTensor("aa", samples[0]), NamedTensor("ab", samples[2])])
    let name = Array("ab.npy".utf8)
    for start in 0..<bytes.count - name.count where bytes[start..<start + name.count] == name[...] { bytes[start + 1] = 0x61 }
    #expect(diagnosticID { _ = try Npz.parse(bytes) } == "array.duplicate")
  }

  @Test func sizesThatCannotBeAreRefusedBeforeMemoryIsTaken() throws {
    for packing in [Npz.Packing.stored, .deflated] {
      var bytes = try Npz.serialized([NamedTensor("x", samples[1])], packing: packing)
      // The unpacked size stands 24 bytes into the record of the archive's directory.
      let record = Array("PK".utf8) + [1, 2]
      let start = try #require((0..<bytes.count - 4).first { bytes[$0..<$0 + 4] == record[...] })
      bytes.replaceSubrange(start + 24..<start + 28, with: [0xf0, 0xff, 0xff, 0xff])
      #expect(diagnosticID { _ = try Npz.parse(bytes) } == "array.packing")
    }
  }

  @Test func anArchiveMayTakeOnlySoMuchMemory() throws {
    let bytes = try Npz.serialized(Self.arrays, packing: .deflated)
    #expect(diagnosticID { _ = try Npz.parse(bytes, maximumBytes: 60) } == "array.memory")
    // A megabyte of zeros is packed into a thousand bytes, and refused by its size before it is unpacked.
    let zeros = try Npz.serialized([NamedTensor("z", Tensor([Double](repeating: 0, count: 1 << 17)))], packing: .deflated)
    #expect(zeros.count < 4096)
    #expect(diagnosticID { _ = try Npz.parse(zeros, maximumBytes: 1 << 19) } == "array.memory")
    #expect(try Npz.parse(zeros).arrays[0].tensor.count == 1 << 17)
  }

  @Test(arguments: [Npz.Packing.stored, .deflated]) func everyTruncationIsRefused(packing: Npz.Packing) throws {
    let bytes = try Npz.serialized(Array(Self.arrays.prefix(3)), packing: packing)
    for count in 0..<bytes.count { #expect(diagnosticID { _ = try Npz.parse(Array(bytes[..<count])) } != nil, "\(count) bytes") }
  }

  @Test(arguments: [Npz.Packing.stored, .deflated]) func flippedBitsGiveTheArraysOrADiagnostic(packing: Npz.Packing) throws {
    let arrays = Array(Self.arrays.prefix(3))
    let bytes = try Npz.serialized(arrays, packing: packing)
    for position in 0..<bytes.count * 8 {
      var damaged = bytes
      damaged[position / 8] ^= 1 << UInt8(position % 8)
      do {
        // Names, times and comments may differ; elements may not, since the checksum tells.
        let contents = try Npz.parse(damaged)
        for array in contents.arrays { #expect(arrays.contains { same($0.tensor, array.tensor) }, "bit \(position)") }
      } catch let diagnostic as Diagnostic {
        #expect(diagnostic.id.hasPrefix("array."))
      }
    }
  }

  @Test func randomDamageGivesArraysOrADiagnostic() throws {
    var generator = SeededGenerator(state: 2)
    for packing in [Npz.Packing.stored, .deflated] {
      let bytes = try Npz.serialized(Self.arrays, packing: packing)
      for _ in 0..<1500 {
        var damaged = bytes
        for _ in 0..<Int.random(in: 1...12, using: &generator) {
          let position = Int.random(in: 0..<damaged.count, using: &generator)
          switch Int.random(in: 0..<4, using: &generator) {
          case 0: damaged[position] = 0xff
          case 1: damaged[position] = 0
          case 2: damaged.remove(at: position)
          default: damaged[position] = UInt8.random(in: 0...255, using: &generator)
          }
        }
        let id = diagnosticID { _ = try Npz.parse(damaged) }
        #expect(id == nil || id!.hasPrefix("array."))
      }
    }
  }

  @Test func filesThatAreNoArchivesAreDiagnosed() throws {
    #expect(diagnosticID { _ = try Npz.parse([]) } == "array.archive")
    #expect(diagnosticID { _ = try Npz.parse(Array("not a zip file".utf8)) } == "array.archive")
    #expect(diagnosticID { _ = try Npz.parse(Npy.serialized(samples[0])) } == "array.archive")
    #expect(diagnosticID { _ = try Npz.read(path: "/nonexistent/in.npz") } == "array.file")
    #expect(diagnosticID { _ = try Npz.read(path: "/tmp") } == "array.file")
    #expect(diagnosticID { _ = try Npz.read(path: "/dev/null") } == "array.archive")
    #expect(diagnosticID { try Npz.write(Self.arrays, path: "/nonexistent/out.npz") } == "array.file")
    #expect(diagnosticID { try Npz.write(Self.arrays, path: "/dev/full") } == "array.file")
  }

  @Test func controlCharactersOfNamesDoNotReachTheTerminal() throws {
    let text = Diagnostic("x", printable("a\u{1b}[31mb\u{202e}c")).message
    #expect(text == "a\\u{1b}[31mb\\u{202e}c")
  }
}
