import GradIR
import Testing

@testable import GradLanguage

/// What a user's numbers and nesting could make too large ends in one diagnostic, soon.
@Suite struct LimitTests {
  private func diagnostics(_ text: String) -> [Diagnostic] { elaborate(SourceFile(name: "m.gd", text: text)).1 }

  @Test func exponentiallyManyCallsEndInADiagnostic() throws {
    let functions = (1...40).map { "fn g\($0)(x) = g\($0 - 1)(x) + g\($0 - 1)(x + 1)" }.joined(separator: "\n")
    let found = diagnostics("input x: []\nfn g0(x) = x\n\(functions)\noutput y = g40(x)")
    #expect(found.map(\.id) == ["model.size"])
    let range = try #require(found.first?.range)
    #expect(range.lower > 0 && found[0].notes.count == 4)
  }

  /// The integer that a param starts with is made of each value once, however often and however deep it is used.
  @Test(arguments: ["k - k + k", "k + 1"])
  func anInitializersIntegerIsComputedOnce(_ next: String) {
    let lines = (1...5000).map { "k\($0) = " + next.replacing("k", with: "k\($0 - 1)") }.joined(separator: "\n")
    #expect(diagnostics("k0 = 2^62 * 2\n\(lines)\nparam p: i64 ~ constant(k5000)\noutput y = p + 1").isEmpty)
  }

  @Test func nestedLoopsOfTheSameBodiesAreWrittenWithinBounds() {
    let functions = (1...24).map { "fn g\($0)(s, x) = fold(g\($0 - 1), s, stack([x, x]))" }.joined(separator: "\n")
    #expect(diagnostics("dim n\ninput x: [n]\nfn g0(s, x) = s + x\n\(functions)\noutput y = fold(g24, 0, x)").isEmpty)
  }

  @Test func loopsNestedBeyondTheLimitAreOneDiagnostic() {
    for depth in [32, 33, 400] {
      let functions = (1..<depth).map { "fn g\($0)(s, x) = fold(g\($0 - 1), s, stack([x, x]))" }.joined(separator: "\n")
      let found = diagnostics("dim n\ninput x: [n]\nfn g0(s, x) = s + x\n\(functions)\noutput y = fold(g\(depth - 1), 0.0, x)")
      #expect(Set(found.map(\.id)) == (depth > 32 ? ["loop.depth"] : []) && found.allSatisfy { $0.range != nil }, "\(found)")
    }
  }

  @Test(arguments: ["grad(", "hessian(", "sin(", "(", "[", "x[", "fold(f, "])
  func deepNestingIsOneDiagnostic(_ opener: String) {
    let closer = opener.last == "[" ? "]" : opener == "(" || opener == "sin(" ? ")" : ", x)"
    for depth in [201, 20_000] {
      let text = String(repeating: opener, count: depth) + "x" + String(repeating: closer, count: depth)
      #expect(diagnostics("input x: []\nfn f(x) = x\noutput y = \(text)").map(\.id) == ["syntax.depth"])
    }
  }

  @Test func elseIfAndOperatorsMayBeLong() {
    let terms = String(repeating: "x + ", count: 20_000)
    let branches = String(repeating: "if x > 1 then 1 else ", count: 2_000)
    #expect(diagnostics("input x: []\noutput y = \(terms)x, z = \(branches)x, w = \(String(repeating: "-", count: 20_000))x").isEmpty)
  }

  /// Looking for what was meant takes as long as there are names: it is not done for each of thousands.
  @Test func ofManyUnknownNamesTheFirstHaveSuggestions() {
    let lines = (0..<3000).map { "name\($0) = nome\($0)" }.joined(separator: "\n")
    let found = diagnostics(lines + "\noutput name1")
    #expect(found.count == 3000)
    #expect(found.count { $0.hint?.contains("did you mean") == true } == 20)
  }

  @Test(
    arguments: [
      "dim q = 9223372036854775807\noutput y = 1", "dim q = 4294967296\noutput y = zeros([q * q * q])",
      "input z: [9223372036854775807]\noutput z",
      "dim n\ninput x: [n * 4611686018427387904]\noutput y = sum(x)", "output y = zeros([4611686018427387904])",
      "output y = iota(9223372036854775807)", "dim q = 2^62\noutput y = q", "output y = eye(2000000000)",
      "dim n\ninput x: [n]\noutput y = repeat(x, 3000000000000000000)",
      "output y = zeros([0, 2147483647, 2147483647, 2147483647])", "input x: [1, 1, 4, 5]\noutput y = max_pool2d(x, 2147483647)",
    ]) func whatIsTooLargeIsCalledSo(_ text: String)
  {
    let found = diagnostics(text)
    #expect(found.count == 1 && found[0].id == "dim.size" && found[0].message.contains("too large"), "\(found)")
    #expect(found.first?.range != nil)
  }

  @Test(
    arguments: [
      "output y = zeros([\(String(repeating: "1, ", count: 10_000))1])", "input x: [\(String(repeating: "1, ", count: 64))1]\noutput x",
      "output y = sum(\(String(repeating: "[", count: 65))1\(String(repeating: "]", count: 65)))",
      "param x: [\(String(repeating: "1, ", count: 39))1]\noutput y = jacobian(2 * x, x)",
    ]) func tensorsHaveABoundedNumberOfAxes(_ text: String)
  {
    let found = diagnostics(text)
    #expect(found.map(\.id) == ["shape.rank"] && found[0].message.contains("at most 64 axes") && found[0].range != nil, "\(found)")
  }

  @Test func aDimBoundBeyondTheLimitIsCalledSo() {
    let source = SourceFile(name: "m.gd", text: "dim n\ninput x: [n]\noutput x")
    let found = elaborate(source, options: ElaborationOptions(bindings: ["n": .max])).1
    #expect(found.map(\.id) == ["dim.size"])
  }

  @Test func productsOfSumsOfDimsAreBounded() {
    let squares = (1...8).map { "d\($0) = d\($0 - 1) * d\($0 - 1)" }.joined(separator: "\n")
    let found = diagnostics(
      "dim a, b, c, d, e, f\ninput x: [a, b, c, d, e, f]\nd0 = a + b + c + d + e + f\n\(squares)\noutput y = zeros([d8])")
    #expect(found.map(\.id) == ["dim.size"])
  }

  @Test func nestedQuotientsOfDimsAreBounded() {
    let halves = (1...5000).map { "d\($0) = floor_divide(d\($0 - 1) + 1, 2) + floor_divide(d\($0 - 1), 3)" }.joined(separator: "\n")
    #expect(diagnostics("dim n\ninput x: [n]\nd0 = n\n\(halves)\noutput y = d5000, x").isEmpty)
  }

  @Test func longNamesAndNumbersAreShownInPart() {
    for text in ["output y = " + String(repeating: "9", count: 100_000), "output y = " + String(repeating: "x", count: 100_000)] {
      let source = SourceFile(name: "m.gd", text: text)
      let shown = Diagnostic.rendered(diagnostics(text), in: source)
      #expect(shown.utf8.count < 10_000)
    }
  }

  @Test func ofManyMistakesTheFirstHundredAreShown() {
    let text = (0..<1000).map { "y\($0) = z\($0)\n" }.joined() + "output y1"
    let shown = Diagnostic.rendered(diagnostics(text), in: SourceFile(name: "m.gd", text: text))
    #expect(shown.split(separator: "\n").count { $0.contains("error:") } == 100 && shown.hasSuffix("\n… and 900 more"))
  }

  @Test func aLongLineIsShownInPart() {
    let source = SourceFile(
      name: "m.gd",
      text: "output y = " + String(repeating: "1 + ", count: 10_000) + "missing + " + String(repeating: "1 + ", count: 10_000) + "1")
    let lines = elaborate(source).1.map { $0.rendered(in: source) }.joined().split(separator: "\n")
    #expect(lines.count == 3 && lines[0].hasPrefix("m.gd:1:40012: error: unknown name"))
    let mark = lines[2].firstIndex(of: "^").map { lines[2].distance(from: lines[2].startIndex, to: $0) } ?? 0
    #expect(lines[1].count < 500 && lines[1].dropFirst(mark).hasPrefix("missing + "))
  }
}
