import Glibc
import GradIR
import TestSupport
import Testing

@testable import Grad

@Suite struct NpzTests {
  private static let arrays = sampleTensors.enumerated().map { NamedTensor("x\($0.offset)", $0.element) }

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
    let folder = try TemporaryFolder()
    let path = folder.path + "/out.npz"
    try Npz.write(Self.arrays, path: path, packing: packing)
    for contents in [try Npz.parse(bytes), try Npz.read(path: path)] {
      #expect(contents.arrays.map(\.name) == Self.arrays.map(\.name))
      for (read, written) in zip(contents.arrays, Self.arrays) { #expect(haveSameBytes(read.tensor, written.tensor)) }
    }
    #expect(fileNames(in: folder.path) == ["out.npz"])
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
    let folder = try TemporaryFolder()
    let path = folder.path + "/empty.npz"
    try Npz.write([], path: path)
    #expect(try Npz.read(path: path).arrays.isEmpty)
  }

  @Test func namesMayHaveSlashesAndLettersOfAnyScript() throws {
    let arrays = ["layer/0/W", "θ", "∂loss_∂W", "a.npy", "with space"].map { NamedTensor($0, sampleTensors[0]) }
    #expect(try Npz.parse(try Npz.serialized(arrays)).arrays.map(\.name) == arrays.map(\.name))
  }

  @Test func namesThatNoEntryCanBearAreRefused() {
    func id(_ names: [String]) -> String? { diagnosticID { _ = try Npz.serialized(names.map { NamedTensor($0, sampleTensors[0]) }) } }
    #expect(id([""]) == "array.name")
    #expect(id(["a\0b"]) == "array.name")
    #expect(id([String(repeating: "a", count: 70_000)]) == "array.name")
    #expect(id(["a", "b", "a"]) == "array.duplicate")
  }

  @Test func namesThatOccurTwiceAreRefused() throws {
    var bytes = try Npz.serialized([NamedTensor("aa", sampleTensors[0]), NamedTensor("ab", sampleTensors[2])])
    let name = Array("ab.npy".utf8)
    for start in 0..<bytes.count - name.count where bytes[start..<start + name.count] == name[...] { bytes[start + 1] = 0x61 }
    #expect(diagnosticID { _ = try Npz.parse(bytes) } == "array.duplicate")
  }

  @Test func sizesThatCannotBeAreRefusedBeforeMemoryIsTaken() throws {
    for packing in [Npz.Packing.stored, .deflated] {
      var bytes = try Npz.serialized([NamedTensor("x", sampleTensors[1])], packing: packing)
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
        for array in contents.arrays { #expect(arrays.contains { haveSameBytes($0.tensor, array.tensor) }, "bit \(position)") }
      } catch let diagnostic as Diagnostic {
        #expect(diagnostic.id.hasPrefix("array."))
      }
    }
  }

  @Test func randomDamageGivesArraysOrADiagnostic() throws {
    var generator = SplitMix64(seed: 2)
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
    #expect(diagnosticID { _ = try Npz.parse(Npy.serialized(sampleTensors[0])) } == "array.archive")
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
