import GradIR

/// The text of an `einsum`: the labels of each operand and of the result. Axes that `...` stands for are counted from the right.
private struct EinsumText {
  enum Label: Hashable {
    case letter(UInt8)
    case ellipsis
  }
  var operands: [[Label]]
  /// nil: there is no arrow.
  var result: [Label]?

  /// Reads `ij,jk->ik`; what is no label is given back.
  static func parse(_ text: String) -> (text: EinsumText, wrong: String?) {
    var parts: [[Label]] = [[]]
    var result: [Label]?
    var wrong: String?
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      let label: Label
      switch bytes[index] {
      case UInt8(ascii: " "):
        index += 1
        continue
      case UInt8(ascii: ",") where result == nil:
        parts.append([])
        index += 1
        continue
      case UInt8(ascii: "-") where result == nil && bytes[index...].starts(with: "->".utf8):
        result = []
        index += 2
        continue
      case UInt8(ascii: ".") where bytes[index...].starts(with: "...".utf8):
        label = .ellipsis
        index += 3
      case let letter where letter.isNameStart && letter != UInt8(ascii: "_"):
        label = .letter(letter)
        index += 1
      default:
        let length = max(1, bytes.lengthOfScalar(at: index))
        wrong = wrong ?? String(decoding: bytes[index..<min(index + length, bytes.count)], as: UTF8.self)
        index += length
        continue
      }
      if result != nil { result?.append(label) } else { parts[parts.count - 1].append(label) }
    }
    return (EinsumText(operands: parts, result: result), wrong)
  }

  /// Without an arrow: the axes of `...`, then the letters that stand once, in the order of the alphabet.
  var resultLabels: [Label] {
    if let result { return result }
    let all = operands.flatMap { $0 }
    var counts: [Label: Int] = [:]
    for label in all { counts[label, default: 0] += 1 }
    let letters = counts.compactMap { label, count in if case .letter(let letter) = label, count == 1 { letter } else { nil } }
    return (all.contains(.ellipsis) ? [.ellipsis] : []) + letters.sorted().map(Label.letter)
  }
}

extension Elaborator {
  private struct Term {
    var labels: [Int]
    var value: TensorValue
  }
  /// The label of an axis that `...` stands for, by its place from the right; letters are below.
  private static func ellipsisLabel(_ place: Int) -> Int { 256 + place }

  /// einsum("ij,jk->ik", a, b): diagonals of repeated labels, sums of lone ones, then products from the left. As in NumPy an axis of
  /// 1 fits any extent of its label.
  func einsum(_ arguments: Arguments) throws -> TensorValue {
    guard case .text(let written)? = arguments.variadic.first?.value, let place = arguments.variadic.first?.range else {
      throw mistake(
        "einsum.text", "the first argument of `einsum` is a text", at: arguments.variadic.first?.range ?? arguments.range,
        hint: "write `einsum(\"ij,jk->ik\", a, b)`")
    }
    let text = try checked(written, at: place)
    let operands = arguments.variadic.dropFirst()
    guard text.operands.count == operands.count, !operands.isEmpty else {
      let count = text.operands.count
      throw mistake("einsum.text", "the text names \(count) operand\(count == 1 ? "" : "s"), \(operands.count) given", at: place)
    }
    let (values, isWeak) = try promoted(operands.map { try tensor($0.value, at: $0.range) }, at: arguments.range)
    let (terms, rank) = try terms(text, values, operands.map(\.range))
    let wanted = text.resultLabels.flatMap { label -> [Int] in
      switch label {
      case .letter(let letter): [Int(letter)]
      case .ellipsis: (0..<rank).reversed().map(Self.ellipsisLabel)
      }
    }
    if rank > 0, !text.resultLabels.contains(.ellipsis) {
      throw mistake("einsum.text", "the result lacks the axes that `...` stands for", at: place, hint: "put `...` into it: `->...ij`")
    }
    return try product(of: terms.map(withoutRepeats), giving: wanted, isWeak: isWeak)
  }

  private func checked(_ written: String, at place: SourceRange) throws -> EinsumText {
    let (text, wrong) = EinsumText.parse(written)
    if let wrong {
      throw mistake("einsum.text", "`\(SyntaxError.visible(wrong))` is no label", at: place, hint: "labels are letters: `ij,jk->ik`")
    }
    let result = text.resultLabels
    if text.operands.contains(where: { labels in labels.filter { $0 == .ellipsis }.count > 1 }) {
      throw mistake("einsum.text", "`...` stands once in each part of the text", at: place)
    }
    guard Set(result).count == result.count else { throw mistake("einsum.text", "a label stands twice in the result", at: place) }
    for case .letter(let letter) in result where !text.operands.contains(where: { $0.contains(.letter(letter)) }) {
      throw mistake("einsum.text", "the label `\(String(decoding: [letter], as: UTF8.self))` of the result stands in no operand", at: place)
    }
    return text
  }

  /// The operands with a label for each axis, and how many axes `...` stands for. An axis of 1 that spreads is dropped.
  private func terms(_ text: EinsumText, _ values: [TensorValue], _ ranges: [SourceRange]) throws -> (terms: [Term], rank: Int) {
    var extents: [Int: Dim] = [:]
    var rank = 0
    var terms: [Term] = []
    for ((labels, value), range) in zip(zip(text.operands, values), ranges) {
      let letters = labels.filter { $0 != .ellipsis }.count
      let own = value.rank - letters
      guard labels.contains(.ellipsis) ? own >= 0 : own == 0 else {
        let shown = String(
          decoding: labels.flatMap { label in if case .letter(let letter) = label { [letter] } else { Array("...".utf8) } }, as: UTF8.self)
        throw mistake(
          "einsum.rank",
          "`\(shown)` names \(letters) ax\(letters == 1 ? "is" : "es")\(labels.contains(.ellipsis) ? " besides `...`" : ""), found \(value.shape)",
          at: range)
      }
      rank = max(rank, own)
      let axes = labels.flatMap { label -> [Int] in
        switch label {
        case .letter(let letter): [Int(letter)]
        case .ellipsis: (0..<own).reversed().map(Self.ellipsisLabel)
        }
      }
      for (axis, (label, dim)) in zip(axes, value.shape.dims).enumerated() {
        // A diagonal takes equal axes; two operands, or an operand and the result, also an axis of 1.
        let within = axes[..<axis].firstIndex(of: label).map { value.shape[$0] }
        if let other = within ?? extents[label], other != dim, within != nil || (other != 1 && dim != 1) {
          let name = label < Self.ellipsisLabel(0) ? "the label `\(String(decoding: [UInt8(label)], as: UTF8.self))`" : "an axis of `...`"
          throw mistake("shape.mismatch", "\(name) stands for \(other) and for \(dim)", at: range)
        }
        if dim != 1 || extents[label] == nil { extents[label] = dim }
      }
      terms.append(Term(labels: axes, value: value))
    }
    for index in terms.indices {
      let spread = terms[index].labels.indices.filter { terms[index].value.shape[$0] == 1 && extents[terms[index].labels[$0]] != 1 }
      if spread.isEmpty { continue }
      let value = terms[index].value
      terms[index].value = try emit(.reshape(value.shape.removing(spread)), [value], isWeak: value.isWeak)
      terms[index].labels = terms[index].labels.indices.filter { !spread.contains($0) }.map { terms[index].labels[$0] }
    }
    return (terms, rank)
  }

  private func product(of terms: [Term], giving wanted: [Int], isWeak: Bool) throws -> TensorValue {
    var current = terms[0]
    for (place, next) in terms.enumerated().dropFirst() {
      let later = Set(terms[(place + 1)...].flatMap(\.labels) + wanted)
      let kept = (current.labels + next.labels.filter { !current.labels.contains($0) }).filter { later.contains($0) }
      let labels = place == terms.count - 1 ? wanted : kept
      let product = try contract(current.value, next.value, Contraction(current.labels, next.labels, labels), isWeak: isWeak)
      current = Term(labels: labels, value: product)
    }
    if terms.count > 1 { return current.value }
    let lone = current.labels.indices.filter { !wanted.contains(current.labels[$0]) }
    if !lone.isEmpty {
      current.value = try emit(.reduce(.sum, axes: lone), [current.value], isWeak: isWeak)
      current.labels = current.labels.filter { wanted.contains($0) }
    }
    return try transposed(current.value, wanted.map { label in current.labels.firstIndex(of: label) ?? 0 })
  }

  /// The diagonal of axes that bear one label.
  private func withoutRepeats(_ term: Term) throws -> Term {
    var term = term
    while let second = term.labels.indices.first(where: { term.labels[..<$0].contains(term.labels[$0]) }),
      let first = term.labels.firstIndex(of: term.labels[second])
    {
      term.value = try emit(.diagonal(Diagonal(.extract, first: first, second: second)), [term.value], isWeak: term.value.isWeak)
      term.labels.remove(at: second)
    }
    return term
  }
}
