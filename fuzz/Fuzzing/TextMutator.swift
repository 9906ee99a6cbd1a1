import GradIR

@testable import GradLanguage

/// Makes texts of texts, word by word: what is left of a model's structure leads further than changed bytes do.
public struct TextMutator: Sendable {
  /// The words of the language, to be set in anywhere.
  private let words: [[UInt8]]
  /// Where a number decides how much of something there is.
  private static let extremes = [
    "0", "1", "2", "3", "7", "64", "65", "1000", "-1", "2147483647", "2147483648", "4294967296", "1099511627776", "2305843009213693951",
    "2305843009213693952", "4611686018427387904", "9223372036854775807", "9223372036854775808", "99999999999999999999", "0.5", "1e10",
    "1e308", "1e400", "1e-400",
  ].map { Array($0.utf8) }

  init(words: [String]) { self.words = words.map { Array($0.utf8) } }

  public static let models = TextMutator(
    words: Builtin.table.keys.sorted() + Prelude.shared.functions.keys.sorted() + Prelude.derivativeOperators.sorted()
      + [
        "dim", "precision", "input", "param", "fn", "return", "output", "if", "then", "else", "and", "or", "not", "true", "false", "inf",
        "nan", "pi", "f32", "f64", "i32", "i64", "bool", "+", "-", "*", "/", "@", "^", "==", "!=", "<", "<=", ">", ">=", "(", ")", "[", "]",
        "{", "}", "=", ",", ":", "~", ".T", "...", "::", "axis=0", "axis=1", "axis=-1", "keepdims=true", "[]", "()", "\n", "map(", "fold(",
        "scan(", "stop_gradient(", "\"ij,jk->ik\"", "zeros", "ones", "normal(0.1)", "uniform(-1, 1)", "# ", "\\", "π", "?", ";", "'",
      ])

  public static let graphs = TextMutator(
    words: ScalarFunction.all.map(\.name) + Reduction.allCases.map { "reduce_\($0.rawValue)" }
      + Cumulation.Kind.allCases.map { "cumulative_\($0.rawValue)" }
      + [
        "graph {", "input", "param", "body", "require", "return", "parameter", "named", "unnamed", "constant", "dimension", "iota",
        "variable", "stop_gradient", "gradient", "vjp", "jvp", "jacobian", "contract", "[ab,bc->ac]", "!", "broadcast", "reshape",
        "transpose", "slice", "pad", "concatenate", "argsort", "diagonal", "extract", "embed", "window", "size", "stride", "dilation",
        "window_add", "of", "gather", "wraps", "batch", "scatter_add", "extent", "loop", "count", "states", "sequences", "reverse",
        "exclusive", "triangular_solve", "lower", "upper", "transposed", "cholesky", "cast_i32", "cast_f64", "axes", "axis", "from", "by",
        "f32", "f64", "i32", "i64", "bool", "[n]", "[]", "n", "floor_divide(n, 2)", "*", "^", "+", "-", "|", "%", "->", "@1..2", "nan:",
        "inf",
        "0x1p-3", "\"", "\\", ">=", "==", "~", "glorot", "uniform(0, 1)", "{", "}", "(", ")", ":", ",", "=", "#", "'60'",
      ])

  /// The text with a change or a few; `other` lends its lines.
  public func mutated(_ text: [UInt8], with other: [UInt8], _ random: inout some RandomNumberGenerator) -> [UInt8] {
    var tokens = TextMutator.tokens(text)
    let lent = TextMutator.tokens(other)
    repeat { change(&tokens, lent, &random) } while Int.random(in: 0..<3, using: &random) == 0
    return Array(tokens.joined())
  }

  private func change(_ tokens: inout [[UInt8]], _ other: [[UInt8]], _ random: inout some RandomNumberGenerator) {
    func below(_ count: Int) -> Int { Int.random(in: 0..<max(1, count), using: &random) }
    let places = tokens.indices.filter { tokens[$0] != [0x20] }
    guard !other.isEmpty, let place = places.randomElement(using: &random), let second = places.randomElement(using: &random) else {
      tokens = other.isEmpty ? [words[below(words.count)]] : other
      return
    }
    /// A place of a token of the same kind as that at `place`, so that the syntax stays.
    func likePlace() -> Int {
      let kind = Kind(tokens[place])
      return places.filter { Kind(tokens[$0]) == kind }.randomElement(using: &random) ?? place
    }
    switch below(18) {
    case 0: tokens.remove(at: place)
    case 1: tokens.insert(tokens[place], at: place)
    case 2: tokens.swapAt(place, second)
    case 3: tokens[place] = tokens[second]
    case 4: tokens.insert(words[below(words.count)], at: place)
    case 5, 6, 7: tokens[place] = tokens[likePlace()]
    case 8, 9: tokens[place] = words.filter { Kind($0) == Kind(tokens[place]) }.randomElement(using: &random) ?? words[below(words.count)]
    case 10, 11:
      let number = places.filter { Kind(tokens[$0]) == .number }.randomElement(using: &random) ?? place
      tokens[number] = TextMutator.extremes[below(TextMutator.extremes.count)]
    case 12: tokens.removeSubrange(line(at: place, of: tokens))
    case 13: tokens.insert(contentsOf: tokens[line(at: place, of: tokens)], at: line(at: second, of: tokens).lowerBound)
    case 14: tokens.insert(contentsOf: other[line(at: below(other.count), of: other)], at: line(at: place, of: tokens).lowerBound)
    case 15:
      let tail = other[line(at: below(other.count), of: other).lowerBound...]
      tokens = Array(tokens[..<line(at: place, of: tokens).lowerBound] + tail)
    case 16:
      let piece = tokens[place..<min(tokens.count, place + 1 + below(12))]
      if below(2) == 0 { tokens.removeSubrange(piece.indices) } else { tokens.insert(contentsOf: Array(piece), at: second) }
    default:
      // One name becomes another everywhere.
      let (old, new) = (tokens[place], tokens[likePlace()])
      for index in tokens.indices where tokens[index] == old { tokens[index] = new }
    }
  }

  /// What may stand in a token's place.
  private enum Kind {
    case name, number, sign, bracket, space

    init(_ token: [UInt8]) {
      guard let first = token.first else {
        self = .space
        return
      }
      self =
        switch first {
        case _ where TextMutator.isDigit(first): .number
        case _ where TextMutator.isLetter(first): .name
        case 0x0A, 0x20: .space
        case _ where "()[]{}".utf8.contains(first): .bracket
        default: .sign
        }
    }
  }

  /// The line that a token stands in, with its end.
  private func line(at place: Int, of tokens: [[UInt8]]) -> Range<Int> {
    let start = tokens[..<place].lastIndex(of: [0x0A]).map { $0 + 1 } ?? 0
    return start..<(tokens[place...].firstIndex(of: [0x0A]).map { $0 + 1 } ?? tokens.count)
  }

  /// Names, numbers, and each other byte by itself.
  private static func tokens(_ text: [UInt8]) -> [[UInt8]] {
    var tokens: [[UInt8]] = []
    var rest = text[...]
    while let first = rest.first {
      let isNumber = isDigit(first)
      let count = max(1, rest.prefix { isDigit($0) || (isNumber ? $0 == UInt8(ascii: ".") : isLetter($0)) }.count)
      tokens.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return tokens
  }
  fileprivate static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  fileprivate static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_") }
}
