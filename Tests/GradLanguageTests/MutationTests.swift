import GradIR
import Testing

@testable import GradLanguage

/// A small generator of repeatable numbers (SplitMix64, Steele et al. 2014).
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

let sampleModel = """
  # a sample of all there is
  dim batch, features = 64, hidden = 32
  precision f64
  input x: [batch, features]
  input label: i32[batch]
  param W1: [features, hidden] ~ glorot
  param b1: [hidden] ~ constant(0.5)
  h = relu(x @ W1 + b1)
  fn step(s, u, h=0.05) {
    k1 = slope(s, u); k2 = s[1:, ::2, ..., -1]
    return s + h/6 * (k1 + 2*k2), [[1, 0], [0, 1]]
  }
  end, all = fold(step, (h, 0), x)
  y = if h > 0 and not (h == 1) then h^-1.5 else -h.T
  loss = mean(softmax_cross_entropy(h, label)
    + einsum("ij,jk->ik", h, h)) # the end
  output loss, g = grad(loss, W1, b1),
    hessian(loss, b1)
  """

@Suite struct MutationTests {
  @Test func theSampleParses() {
    #expect(parsed(sampleModel).ids == [])
  }

  @Test func randomBytesGiveDiagnostics() {
    var random = Seeded(state: 1)
    for length in [0, 1, 2, 3, 10, 100, 1000, 5000] {
      for _ in 0..<20 {
        let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
        let (tree, _) = Parser.parse(SourceFile(name: "m.gd", utf8: bytes))
        _ = SyntaxPrinter.print(tree)
      }
    }
  }

  @Test func randomTokensGiveDiagnostics() {
    var random = Seeded(state: 2)
    let words = [
      "x", "y", "f", "1", "2.5", "(", ")", "[", "]", "{", "}", ",", ":", ";", "=", "==", "<", "+", "-", "*", "@", "^", ".T", "...", "~",
      "\n", "\n", "if", "then", "else", "not", "and", "dim", "input", "param", "fn", "return", "output", "precision", "f32", "\"", "'", "π",
    ]
    for _ in 0..<2000 {
      let text = (0..<Int.random(in: 1...40, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }.joined(separator: " ")
      let (tree, diagnostics) = Parser.parse(SourceFile(name: "m.gd", text: text))
      let printed = SyntaxPrinter.print(tree)
      // What is well-formed prints as what parses to the same.
      if diagnostics.isEmpty { #expect(parsed(printed).printed == printed, "\(text)") }
    }
  }

  @Test func mutatedModelsGiveDiagnostics() {
    var random = Seeded(state: 3)
    let model = Array(sampleModel.utf8)
    for _ in 0..<1500 {
      var bytes = model
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &random)], at: place)
        case 2: bytes[place] = UInt8.random(in: 0...255, using: &random)
        default: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...30, using: &random)))
        }
        if bytes.isEmpty { bytes = [0x20] }
      }
      let source = SourceFile(name: "m.gd", utf8: bytes)
      let (tree, diagnostics) = Parser.parse(source)
      _ = SyntaxPrinter.print(tree)
      for diagnostic in diagnostics { _ = diagnostic.rendered(in: source) }
    }
  }
}
