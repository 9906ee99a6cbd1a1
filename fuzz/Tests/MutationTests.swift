import Foundation
import GradIR
import Testing

@testable import Grad

/// Models with words changed are refused in words, at a place in them, or become valid graphs, C and code.
@Suite struct MutationTests {
  /// How many models: 500, or what GRADC_MUTATED_MODELS says.
  static let count = ProcessInfo.processInfo.environment["GRADC_MUTATED_MODELS"].flatMap { Int($0) } ?? 500
  private static let parts = 10

  @Test(arguments: 0..<parts) func aMutatedModelIsRefusedInWordsOrTaken(part: Int) throws {
    let seeds = Seeds.models
    var (taken, refused) = (0, 0)
    for number in stride(from: part, to: Self.count, by: Self.parts) {
      var random = SplitMix64(seed: UInt64(number))
      let other = seeds[Int.random(in: seeds.indices, using: &random)]
      let text = TextMutator.models.mutated(seeds[number % seeds.count], with: other, &random)
      let probe = ModelProbe.probe(text)
      var faults = probe.faults
      switch probe.outcome {
      case .taken:
        taken += 1
        if faults.isEmpty { faults += compilationFaults(text) }
      case .refused: refused += 1
      case .tooLarge: break
      }
      #expect(faults.isEmpty, "model \(number):\n\(String(decoding: text, as: UTF8.self))")
    }
    // Mutants of both kinds: else the mutations are too weak or too strong to tell anything.
    #expect(taken * 20 > taken + refused && refused * 20 > taken + refused, "\(taken) taken, \(refused) refused")
  }

  @Test func everySeedIsFreeOfFaults() {
    for text in Seeds.models { #expect(ModelProbe.probe(text).faults.isEmpty, "\(String(decoding: text, as: UTF8.self))") }
  }

  @Test func randomWordsAreRefusedInWords() {
    var random = SplitMix64(seed: 3)
    for _ in 0..<300 {
      var text: [UInt8] = []
      for _ in 0..<10 { text = TextMutator.models.mutated(text, with: [], &random) }
      #expect(ModelProbe.probe(text).faults.isEmpty, "\(String(decoding: text, as: UTF8.self))")
    }
  }

  @Test func randomBytesAreRefusedInWords() {
    var random = SplitMix64(seed: 4)
    for length in [0, 1, 2, 3, 10, 100, 1000, 5000] {
      for _ in 0..<20 {
        let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
        for target in FuzzTarget.allCases { #expect(target.faults(bytes).isEmpty, "\(target): \(bytes)") }
      }
    }
  }

  /// Code is made of the model, and compared with the reference before it would be used.
  private func compilationFaults(_ text: [UInt8]) -> [String] {
    do {
      _ = try CompiledModel(try Model(source: SourceFile(name: "m.gd", utf8: text)))
      return []
    } catch let diagnostic as Diagnostic where diagnostic.id == "jit.unavailable" {
      return []
    } catch {
      return ["\(error)"]
    }
  }
}
