import GradIR
import Testing

@testable import GradCodegen

/// What is kept of a signature with code reads back.
@Suite struct CallSignatureTests {
  private static let signature = CallSignature(
    entry: "step", dims: ["n", "größe"], inputs: ["x", ""],
    outputs: [.init(name: "y", updatedInput: nil), .init(name: "x_next", updatedInput: 0)],
    faults: [
      CFault(status: -1, message: "a dim is negative, or too large", tensor: nil, range: nil),
      CFault(status: 1, message: "the index lies outside", tensor: "i", range: SourceRange(3, 17)),
    ], workspace: "64*n")

  @Test func aSignatureReadsBack() { #expect(CallSignature(serialized: Self.signature.serialized) == Self.signature) }

  @Test func bytesThatAreNoSignatureAreRefused() {
    let bytes = Self.signature.serialized
    for count in bytes.indices { #expect(CallSignature(serialized: Array(bytes[..<count])) == nil, "\(count)") }
    #expect(CallSignature(serialized: bytes + [0]) == nil)
    #expect(CallSignature(serialized: [UInt8](repeating: 0xFF, count: 100)) == nil)
  }
}
