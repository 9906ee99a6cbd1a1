import GradIR
import GradPasses
import TestSupport
import Testing

/// Each formula of `Rewrites/` fires, and does not where it may not.
@Suite struct SimplifyTests {
  static let arithmetic: [RewriteCase] = [
    RewriteCase("x + (−0) = x", gives: []) { $0.add($1.x, $0.constant(-0.0, $1.type)) },
    RewriteCase("(−0) + x = x", gives: []) { $0.add($0.constant(-0.0, $1.type), $1.x) },
    RewriteCase("x + 0 stays: −0 + 0 is 0", gives: ["constant", "broadcast", "add"]) { $0.add($1.x, $0.zeros($1.type)) },
    RewriteCase("x + 0 = x, integers", .simplify, .i32, gives: []) { $0.add($1.x, $0.zeros($1.type)) },
    RewriteCase("x + (−y) = x − y", gives: ["subtract"]) { $0.add($1.x, $0.negate($1.y)) },
    RewriteCase("(−x) + y = y − x", gives: ["subtract"]) { $0.add($0.negate($1.x), $1.y) },
    RewriteCase("(−x) + y = y − x, integers", .simplify, .i64, gives: ["subtract"]) { $0.add($0.negate($1.x), $1.y) },
    RewriteCase("x − 0 = x", gives: []) { $0.subtract($1.x, $0.zeros($1.type)) },
    RewriteCase("x − (−0) stays", gives: ["constant", "broadcast", "subtract"]) { $0.subtract($1.x, $0.constant(-0.0, $1.type)) },
    RewriteCase("x − (−y) = x + y", gives: ["add"]) { $0.subtract($1.x, $0.negate($1.y)) },
    RewriteCase("−0 − x = −x", gives: ["negate"]) { $0.subtract($0.constant(-0.0, $1.type), $1.x) },
    RewriteCase("0 − x stays: 0 − 0 is 0", gives: ["constant", "broadcast", "subtract"]) { $0.subtract($0.zeros($1.type), $1.x) },
    RewriteCase("0 − x = −x, integers", .simplify, .i32, gives: ["negate"]) { $0.subtract($0.zeros($1.type), $1.x) },
    RewriteCase("x − x stays: ∞ − ∞ is NaN", gives: ["subtract"]) { $0.subtract($1.x, $1.x) },
    RewriteCase("x − x = 0, integers", .simplify, .i64, gives: ["constant", "broadcast"]) { $0.subtract($1.x, $1.x) },
    RewriteCase("−(−x) = x", gives: []) { $0.negate($0.negate($1.x)) },
    RewriteCase("−x stays", gives: ["negate"]) { $0.negate($1.x) },
    RewriteCase("x · 1 = x", gives: []) { $0.multiply($1.x, $0.ones($1.type)) },
    RewriteCase("1 · x = x", .simplify, .i32, gives: []) { $0.multiply($0.ones($1.type), $1.x) },
    RewriteCase("x · (−1) = −x", gives: ["negate"]) { $0.multiply($1.x, $0.constant(-1, $1.type)) },
    RewriteCase("x · 0 stays: ∞ · 0 is NaN", gives: ["constant", "broadcast", "multiply"]) { $0.multiply($1.x, $0.zeros($1.type)) },
    RewriteCase("x · 0 = 0, integers", .simplify, .i64, gives: ["constant", "broadcast"]) { $0.multiply($1.x, $0.zeros($1.type)) },
    RewriteCase("(−x)(−y) = x y", gives: ["multiply"]) { $0.multiply($0.negate($1.x), $0.negate($1.y)) },
    RewriteCase("(−x)/(−y) = x/y", gives: ["divide"]) { $0.divide($0.negate($1.x), $0.negate($1.y)) },
    RewriteCase("(−x) y stays", gives: ["negate", "multiply"]) { $0.multiply($0.negate($1.x), $1.y) },
    RewriteCase("(−x) · c = x · (−c)", gives: ["constant", "broadcast", "multiply"]) {
      $0.multiply($0.negate($1.x), $0.constant(3, $1.type))
    },
    RewriteCase("x / 1 = x", gives: []) { $0.divide($1.x, $0.ones($1.type)) },
    RewriteCase("x / (−1) = −x", gives: ["negate"]) { $0.divide($1.x, $0.constant(-1, $1.type)) },
    RewriteCase("x / 8 = x · 1/8", gives: ["constant", "broadcast", "multiply"]) { $0.divide($1.x, $0.constant(-8, $1.type)) },
    RewriteCase("x / 2ᵏ stays where 2⁻ᵏ is no normal f32", .simplify, .f32, gives: ["constant", "broadcast", "divide"]) {
      $0.divide($1.x, $0.constant(0x1p127, $1.type))
    },
    RewriteCase("x / 3 stays: 1/3 is rounded", gives: ["constant", "broadcast", "divide"]) { $0.divide($1.x, $0.constant(3, $1.type)) },
    RewriteCase("|−x| = |x|", gives: ["abs"]) { $0.map("abs", $0.negate($1.x)) },
    RewriteCase("||x|| = |x|", gives: ["abs"]) { $0.map("abs", $0.map("abs", $1.x)) },
    RewriteCase("max(x, x) = x", gives: []) { $0.map("max", $1.x, $1.x) },
    RewriteCase("min(x, y) stays", gives: ["min"]) { $0.map("min", $1.x, $1.y) },
    RewriteCase("x⁰ = 1, of NaN too", gives: ["constant", "broadcast"]) { $0.map("power", $1.x, $0.zeros($1.type)) },
    RewriteCase("x¹ stays: a power may be off by an ulp", gives: ["constant", "broadcast", "power"]) {
      $0.map("power", $1.x, $0.ones($1.type))
    },
    RewriteCase("d ∘̸ 3 = d · 3", gives: ["constant", "broadcast", "multiply"]) { $0.annihilatingMultiply($1.x, $0.constant(3, $1.type)) },
    RewriteCase("d ∘̸ 1 = d", gives: []) { $0.annihilatingMultiply($1.x, $0.ones($1.type)) },
    RewriteCase("d ∘̸ 0 = 0, of NaN too", gives: ["constant", "broadcast"]) { $0.annihilatingMultiply($1.x, $0.constant(-0.0, $1.type)) },
    RewriteCase("d ∘̸ select(b, 1, 0) = select(b, d, 0)", gives: ["constant", "broadcast", "select"]) {
      $0.annihilatingMultiply($1.x, $0.select($1.c, $0.ones($1.type), $0.constant(-0.0, $1.type)))
    },
    RewriteCase("d ∘̸ select(b, 1, 2) stays", gives: ["constant", "broadcast", "constant", "broadcast", "select", "annihilating_multiply"]) {
      $0.annihilatingMultiply($1.x, $0.select($1.c, $0.ones($1.type), $0.constant(2, $1.type)))
    },
    RewriteCase("d · select(b, 1, 0) stays: ∞ · 0 is NaN", gives: ["constant", "broadcast", "constant", "broadcast", "select", "multiply"])
    {
      $0.multiply($1.x, $0.select($1.c, $0.ones($1.type), $0.zeros($1.type)))
    },
    RewriteCase("d ∘̸ v stays", gives: ["annihilating_multiply"]) { $0.annihilatingMultiply($1.x, $1.y) },
    RewriteCase("1 ∘̸ v stays: 1 ∘̸ −0 is 0", gives: ["constant", "broadcast", "annihilating_multiply"]) {
      $0.annihilatingMultiply($0.ones($1.type), $1.x)
    },
  ]

  static let choices: [RewriteCase] = [
    RewriteCase("select(true, x, y) = x", gives: []) { $0.select($0.constant(1, $1.type.with(.bool)), $1.x, $1.y) },
    RewriteCase("select(false, x, y) = y", gives: []) { $0.select($0.constant(0, $1.type.with(.bool)), $1.x, $1.y) },
    RewriteCase("select(c, x, x) = x", gives: []) { $0.select($1.c, $1.x, $1.x) },
    RewriteCase("select(c, x, y) stays", gives: ["select"]) { $0.select($1.c, $1.x, $1.y) },
    RewriteCase("select(¬c, x, y) = select(c, y, x)", gives: ["select"]) { $0.select($0.map("not", $1.c), $1.x, $1.y) },
    RewriteCase("select(c, select(c, x, _), y) = select(c, x, y)", gives: ["select"]) {
      $0.select($1.c, $0.select($1.c, $1.x, $0.map("sin", $1.y)), $1.y)
    },
    RewriteCase("select(c, x, select(c, _, y)) = select(c, x, y)", gives: ["select"]) {
      $0.select($1.c, $1.x, $0.select($1.c, $0.map("sin", $1.y), $1.y))
    },
    RewriteCase("select(c, select(d, x, y), y) stays", gives: ["select", "select"]) {
      $0.select($1.c, $0.select($1.d, $1.x, $1.y), $1.y)
    },
    RewriteCase("select(c, true, false) = c", gives: []) {
      $0.select($1.c, $0.constant(1, $1.type.with(.bool)), $0.constant(0, $1.type.with(.bool)))
    },
    RewriteCase("select(c, false, true) = ¬c", gives: ["not"]) {
      $0.select($1.c, $0.constant(0, $1.type.with(.bool)), $0.constant(1, $1.type.with(.bool)))
    },
    RewriteCase("c ∧ c = c", gives: []) { $0.map("and", $1.c, $1.c) },
    RewriteCase("c ∧ true = c", gives: []) { $0.map("and", $1.c, $0.constant(1, $1.type.with(.bool))) },
    RewriteCase("c ∧ false = false", gives: ["constant", "broadcast"]) { $0.map("and", $1.c, $0.constant(0, $1.type.with(.bool))) },
    RewriteCase("false ∨ c = c", gives: []) { $0.map("or", $0.constant(0, $1.type.with(.bool)), $1.c) },
    RewriteCase("c ∨ d stays", gives: ["or"]) { $0.map("or", $1.c, $1.d) },
    RewriteCase("¬¬c = c", gives: []) { $0.map("not", $0.map("not", $1.c)) },
    RewriteCase("¬(x = y) = (x ≠ y)", gives: ["not_equal"]) { $0.map("not", $0.equal($1.x, $1.y)) },
    RewriteCase("¬(x ≠ y) = (x = y)", gives: ["equal"]) { $0.map("not", $0.map("not_equal", $1.x, $1.y)) },
    RewriteCase("¬(x < y) stays: it holds where one is NaN", gives: ["less", "not"]) { $0.map("not", $0.map("less", $1.x, $1.y)) },
  ]

  static let shapes: [RewriteCase] = [
    RewriteCase("reshape(reshape(x)) = reshape(x)", gives: ["reshape"]) { $0.reshape($0.reshape($1.x, to: [196]), to: [49, 4]) },
    RewriteCase("reshape there and back = x", gives: []) { $0.reshape($0.reshape($1.x, to: [196]), to: [14, 14]) },
    RewriteCase("orders of axes compose", gives: []) { $0.transpose($0.transpose($1.x, [1, 0]), [1, 0]) },
    RewriteCase("slice(slice(x)) = slice(x)", gives: ["slice"]) {
      let inner = $0.slice($1.x, [SliceAxis(start: 13, count: 6, step: -2), SliceAxis(start: 1, count: 12)])
      return $0.slice(inner, [SliceAxis(start: 1, count: 2, step: 3), SliceAxis(start: 11, count: 4, step: -3)])
    },
    RewriteCase("broadcast(broadcast(x)) = broadcast(x)", gives: ["broadcast"]) {
      $0.broadcast($0.broadcast($1.x, to: [14, 3, 14], axes: [0, 2]), to: [14, 3, 2, 14], axes: [0, 1, 3])
    },
    RewriteCase("broadcast(x)ᵖ = broadcast(xᵠ)", gives: ["transpose", "broadcast"]) {
      $0.transpose($0.broadcast($1.x, to: [14, 3, 14], axes: [0, 2]), [2, 0, 1])
    },
    RewriteCase("a transposed row is a column", gives: ["reduce_max", "broadcast"]) {
      $0.transpose($0.broadcast($0.reduce(.max, $1.x, axes: [0]), to: [3, 14], axes: [1]), [1, 0])
    },
    RewriteCase("a slice of one scalar is that scalar", gives: ["reduce_max", "broadcast"]) {
      let scalar = $0.broadcast(scalar: $0.reduce(.max, $1.x, axes: [0, 1]), to: [9, 9])
      return $0.reshape($0.slice(scalar, [SliceAxis(start: 2, count: 2), SliceAxis(count: 6)]), to: [12])
    },
    RewriteCase("f(broadcast(x), broadcast(s)) = broadcast(f(x, s))", gives: ["reduce_max", "constant", "broadcast", "add", "broadcast"]) {
      let row = $0.broadcast($0.reduce(.max, $1.x, axes: [0]), to: [14, 14], axes: [1])
      return $0.add(row, $0.constant(2, $1.type))
    },
    RewriteCase(
      "f(row, column) stays", gives: ["reduce_max", "broadcast", "reduce_max", "broadcast", "add"]
    ) {
      let row = $0.broadcast($0.reduce(.max, $1.x, axes: [0]), to: [14, 14], axes: [1])
      let column = $0.broadcast($0.reduce(.max, $1.x, axes: [1]), to: [14, 14], axes: [0])
      return $0.add(row, column)
    },
    RewriteCase(
      "join(|x|ᵖ) · y = join((|x| · split(y)ᑫ)ᵖ)",
      gives: ["reshape", "transpose", "abs", "reshape", "transpose", "multiply", "transpose", "reshape"]
    ) {
      let split = $0.transpose($0.reshape($1.x, to: [7, 2, 7, 2]), [0, 2, 1, 3])
      return $0.multiply($0.reshape($0.transpose($0.map("abs", split), [0, 2, 1, 3]), to: [14, 14]), $1.y)
    },
    RewriteCase("join(xᵖ) · y stays where x is not computed by elements", gives: ["reshape", "transpose", "reshape", "multiply"]) {
      $0.multiply($0.reshape($0.transpose($0.reshape($1.x, to: [7, 7, 2, 2]), [0, 2, 1, 3]), to: [14, 14]), $1.y)
    },
    RewriteCase("stop_gradient(x) = x", gives: []) { $0.stopGradient($1.x) },
    RewriteCase("f32 → f64 → i32 is f32 → i32", .simplify, .f32, gives: ["cast_i32"]) { $0.cast($0.cast($1.x, to: .f64), to: .i32) },
    RewriteCase("f32 → f64 → f32 = x", .simplify, .f32, gives: []) { $0.cast($0.cast($1.x, to: .f64), to: .f32) },
    RewriteCase("f64 → f32 → f64 stays: it rounds", gives: ["cast_f32", "cast_f64"]) { $0.cast($0.cast($1.x, to: .f32), to: .f64) },
    RewriteCase("i64 → f64 → i64 stays: beyond 2⁵³ it rounds", .simplify, .i64, gives: ["cast_f64", "cast_i64"]) {
      $0.cast($0.cast($1.x, to: .f64), to: .i64)
    },
    RewriteCase("i32 → i64 → f32 is i32 → f32", .simplify, .i32, gives: ["cast_f32"]) { $0.cast($0.cast($1.x, to: .i64), to: .f32) },
    RewriteCase("bool → i64 → bool = c", gives: []) { $0.cast($0.cast($1.c, to: .i64), to: .bool) },
  ]

  @Test(arguments: arithmetic) func arithmeticKeepsEveryBit(_ rewrite: RewriteCase) throws { try rewrite.check() }
  @Test(arguments: choices) func choicesKeepEveryBit(_ rewrite: RewriteCase) throws { try rewrite.check() }
  @Test(arguments: shapes) func movesKeepEveryBit(_ rewrite: RewriteCase) throws { try rewrite.check() }
}
