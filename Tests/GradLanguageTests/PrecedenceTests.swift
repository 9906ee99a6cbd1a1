import GradIR
import Testing

@testable import GradLanguage

/// The syntax of a text, printed as normalised source, with its diagnostics' ids.
func parsed(_ text: String) -> (printed: String, ids: [String], tree: SyntaxTree) {
  let (tree, diagnostics) = Parser.parse(SourceFile(name: "model.gd", text: text))
  return (SyntaxPrinter.print(tree), diagnostics.map(\.id), tree)
}

@Suite struct PrecedenceTests {
  @Test(arguments: [
    ("-x^2", "-(x^2)"), ("x^-1.5", "x^(-1.5)"), ("a^b^c", "a^b^c"), ("(a^b)^c", "(a^b)^c"), ("2^-x^2", "2^(-(x^2))"),
    ("a + b * c", "a + (b * c)"), ("a * b @ c / d", "((a * b) @ c) / d"), ("a - b + c", "(a - b) + c"),
    ("a - b - c", "a - b - c"), ("a - (b - c)", "a - (b - c)"), ("-a * b", "(-a) * b"), ("a * -b", "a * (-b)"),
    ("not a == b and c", "(not (a == b)) and c"), ("a or b and c", "a or (b and c)"),
    ("a < b + 1 or not c", "(a < (b + 1)) or (not c)"), ("if a > 0 then a else -a", "if (a > 0) then a else (-a)"),
    ("if a then b else if c then d else e", "if a then b else if c then d else e"),
    ("if a then b else c + 1", "if a then b else (c + 1)"), ("- - x", "-(-x)"), ("-x.T[0]", "-x.T[0]"), ("x.T @ y", "x.T @ y"),
    ("f(x)[1:n, ::2, ..., -1]", "f(x)[1:n, ::2, ..., -1]"), ("[[1, 0], [0, 1]]", "[[1, 0], [0, 1]]"), ("(a, b)", "(a, b)"),
    ("x[:, -1]", "x[:, -1]"), ("f(a, slope=0.1)", "f(a, slope=0.1)"), ("1.e3 + .5 + 2e-3", "1000.0 + 0.5 + 0.002"),
    ("einsum(\"ij,jk->ik\", a, b)", "einsum(\"ij,jk->ik\", a, b)"), ("-9223372036854775808", "-9223372036854775808"),
    ("f64(x) + pi", "f64(x) + pi"), ("x == y", "x == y"), ("(a < b) == c", "(a < b) == c"),
  ]) func operatorsGroupByTheirLevels(_ source: String, _ expected: String) {
    let (printed, ids, _) = parsed("y = " + source)
    #expect(ids == [])
    #expect(printed == "y = \(expected)\n")
    #expect(parsed(printed).printed == printed)
  }

  @Test(arguments: [
    "y = a\n  + b", "y = a +\n b", "y =\n  a + b", "y = (a\n + b)", "y = a\n# word\n\n  + b # word", "y = a + # word\n b",
  ]) func aStatementGoesOnAtOperators(_ source: String) {
    let (printed, ids, _) = parsed(source)
    #expect(ids == [])
    #expect(printed == "y = a + b\n")
  }

  @Test func continuationRules() {
    #expect(parsed("y = a\n- b").printed == "y = a - b\n")
    #expect(parsed("y = if a\nthen b\nelse c").printed == "y = if a then b else c\n")
    #expect(parsed("y = if a then\n b else\n c").printed == "y = if a then b else c\n")
    #expect(parsed("output a,\n b").printed == "output a, b\n")
    #expect(parsed("a, b = c,\n d").printed == "a, b = (c, d)\n")
    #expect(parsed("y = f(a,\n\n # word\n b=3)\nz = [1,\n2]").printed == "y = f(a, b=3)\nz = [1, 2]\n")
    #expect(parsed("a = 1\nb = 2").printed == "a = 1\nb = 2\n")
    #expect(parsed("a = 1\r\nb = 2\r\n").printed == "a = 1\nb = 2\n")
  }

  @Test func bracesHoldDefinitionsLineByLine() {
    let expected = "fn f(s) {\n  v = u(s)\n  return v + s\n}\n"
    for source in [
      "fn f(s) { v = u(s); return v + s }", "fn f(s) {\n  v = u(s)\n  return v\n    + s\n}", "fn f(s) { v = u(s) return v + s }",
      "fn f(s) {\n\n # word\n v = u(s);\n return v + s; }",
    ] {
      #expect(parsed(source).ids == [], "\(source)")
      #expect(parsed(source).printed == expected, "\(source)")
    }
    #expect(parsed("fn f(x) = x\nfn g(x, slope=0.01) { return x, slope }").ids == [])
  }

  @Test func statementsPrintAsTheyStand() {
    let source = """
      dim a, b = 4
      precision f64
      input x: [a, 2 * b]
      input label: i32[a]
      input s: []
      input t: f32
      param w: [a] ~ constant(0.5)
      y: [a] = x @ w
      p, q = f(y)
      output y, z = p + q, grad(y, x)

      """
    #expect(parsed(source).ids == [])
    #expect(parsed(source).printed == source.replacing("[a, 2 * b]", with: "[a, 2 * b]"))
  }
}
