import GradIR
import Testing

@testable import GradLanguage

@Suite struct SyntaxDiagnosticTests {
  @Test(arguments: [
    ("y = 1e", "syntax.number"), ("y = 1.5.2", "syntax.number"), ("y = 2x", "syntax.number"), ("y = 0x10", "syntax.number"),
    ("y = 9223372036854775808", "syntax.number"), ("y = 99999999999999999999999", "syntax.number"), ("y = 1e999", "syntax.number"),
    ("y = \"abc", "syntax.text"), ("y = einsum('ij->ji', x)", "syntax.text"), ("y = \"abc\"", "syntax.text"),
    ("y = a $ b", "syntax.character"), ("größe = 1", "syntax.character"), ("y = x ** 2", "syntax.operator"),
    ("y = a && b", "syntax.operator"), ("y = !a", "syntax.operator"), ("y = a % b", "syntax.operator"),
    ("y = a // b", "syntax.operator"), ("// a word", "syntax.operator"), ("y = a ≤ b", "syntax.operator"), ("y = x'", "syntax.operator"),
    ("y = +x", "syntax.operator"), ("y += 1", "syntax.operator"), ("y = (a + b", "syntax.bracket"), ("y = f(a", "syntax.bracket"),
    ("y = [a, b", "syntax.bracket"), ("y = a)", "syntax.bracket"), ("}", "syntax.bracket"), ("y = f(a b)", "syntax.expected"),
    ("y = a b", "syntax.expected"), ("y = ", "syntax.expression"), ("y = a + ", "syntax.expression"), ("y = * a", "syntax.expression"),
    ("y = a < b < c", "syntax.comparison"), ("y = (a = b)", "syntax.assignment"), ("y = a = b", "syntax.assignment"),
    ("y = if a = b then c else d", "syntax.assignment"), ("y = if a then b", "syntax.expected"), ("y = f(a=1, b)", "syntax.argument"),
    ("y = ()", "syntax.expression"), ("y = x[]", "syntax.index"), ("y = ...", "syntax.index"), ("y = x[..., ...]", "syntax.index"),
    ("y = f32", "syntax.type"), ("y = x.shape", "syntax.attribute"), ("y = x.sum()", "syntax.attribute"), ("y = 2(a)", "syntax.call"),
    ("pi = 3", "syntax.reserved"), ("input = 3", "syntax.reserved"), ("input then: []", "syntax.reserved"),
    ("let x = 3", "syntax.statement"),
    ("def f(x): return x", "syntax.statement"), ("f(x) = x", "syntax.statement"), ("x", "syntax.statement"), ("x == 3", "syntax.expected"),
    ("x[0] = 3", "syntax.statement"), ("outptu x", "syntax.statement"), ("return x", "syntax.statement"), ("3 + 4", "syntax.statement"),
    ("a = 1; b = 2", "syntax.semicolon"), ("input x", "syntax.type"), ("input x = 3", "syntax.expected"), ("input x: n", "syntax.expected"),
    ("input x: [n] ~ zeros", "syntax.initializer"), ("input x: [:]", "syntax.expected"), ("input x, y: [n]", "syntax.statement"),
    ("param x: [n] = zeros", "syntax.expected"), ("param x: [n] ~ 3", "syntax.expected"), ("precision f16", "syntax.precision"),
    ("precision i32", "syntax.precision"), ("dim n: 3", "syntax.expected"), ("a: [n], b = 3", "syntax.type"),
    ("fn f x = x", "syntax.expected"), ("fn f(x)", "syntax.expected"), ("fn f(x: [n]) = x", "syntax.function"),
    ("fn f(x=1, y) = x", "syntax.function"), ("fn f(x) { y = x }", "syntax.function"), ("fn f(x) { return x; y = x }", "syntax.function"),
    ("fn f(x) { output x; return x }", "syntax.function"), ("fn f(x) { fn g(y) = y; return x }", "syntax.function"),
    ("fn f(x) {\n return x\noutput y", "syntax.bracket"), ("fn f(x) = { return x }", "syntax.expected"), ("output a,", "syntax.expression"),
    ("output", "syntax.expression"), ("y = {a, b}", "syntax.expression"), ("y = a + not b", "syntax.operand"),
    ("y = 1 + if a then b else c", "syntax.operand"),
  ]) func everyMistakeIsReportedOnce(_ source: String, _ id: String) {
    #expect(parsed(source).ids == [id], "\(source)")
    // What stands around is not touched by it.
    let around = parsed("before = 1\n\(source)\noutput after\n")
    #expect(around.ids == [id], "\(source)")
    #expect(around.printed.hasPrefix("before = 1\n"))
    #expect(around.printed.hasSuffix("output after\n"))
  }

  @Test func aFileWithSeveralMistakesReportsThemAll() {
    let ids = parsed(
      """
      dim n m
      input x: [n]
      y = (x + 1
      z = x ** 2 + f(a b) + g(c d)
      fn f(x) { v = ; return v + }
      output y z
      """
    ).ids
    #expect(
      ids == [
        "syntax.expected", "syntax.bracket", "syntax.operator", "syntax.expected", "syntax.expected", "syntax.expression",
        "syntax.expression", "syntax.expected",
      ])
  }

  @Test func aMessageShowsThePlace() {
    let source = SourceFile(name: "m.gd", text: "x = 1\ny = mean((x + 1)\noutput y")
    let text = Parser.parse(source).diagnostics.map { $0.rendered(in: source) }
    #expect(text == ["m.gd:2:9: error: this `(` is not closed\n2 | y = mean((x + 1)\n  |         ^\n   = hint: `)` is missing"])
  }

  @Test func bytesThatAreNotUTF8AreReportedOnce() {
    let (_, diagnostics) = Parser.parse(SourceFile(name: "m.gd", utf8: Array("y = 1 # \u{1}".utf8) + [0xFF, 0xFE, 0x0A, 0xC3, 0x28]))
    #expect(diagnostics.first?.id == "syntax.encoding")
    #expect(diagnostics.filter { $0.id == "syntax.encoding" }.count == 1)
  }

  /// Under the address sanitizer 150 levels take more than 4 MB of frames.
  @Test func bracketsNestOnASmallStack() {
    let text = "fn f(x) = x\noutput y = " + String(repeating: "f(", count: 190) + "1.5" + String(repeating: ")", count: 190)
    var ids = ["the thread did not run"]
    let thread = SystemThread(stackBytes: 512 << 10) { ids = elaborate(SourceFile(name: "m.gd", text: text)).1.map(\.id) }
    thread?.join()
    #expect(ids == [])
  }

  @Test func depthCostsNoStack() {
    let nested = "y = " + String(repeating: "(", count: 20_000) + "x" + String(repeating: ")", count: 20_000) + "\nz = "
    #expect(parsed(nested).ids == ["syntax.depth", "syntax.expression"])
    #expect(parsed("y = " + String(repeating: "(", count: 20_000)).ids.count == 1)
    #expect(parsed("y = " + String(repeating: "f(", count: 150) + "x" + String(repeating: ")", count: 150)).ids == [])
    for (first, rest) in [("a", "+a"), ("a", "^a"), ("a", ".T"), ("a", "[0]"), ("a", " if")] {
      let text = "y = " + first + String(repeating: rest, count: 100_000)
      #expect(parsed(text).ids.count <= 1)
    }
    #expect(parsed("y = " + String(repeating: "-", count: 100_000) + "x").ids == [])
    #expect(parsed("y = " + String(repeating: "if a then b else ", count: 20_000) + "c").ids == [])
    #expect(parsed("y = a" + String(repeating: "+a", count: 200_000)).printed.utf8.count > 800_000)
  }
}
