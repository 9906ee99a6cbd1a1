import GradCodegen
import GradIR
import GradJIT
import TestSupport
import Testing

/// What the comparison of random graphs is worth: a bug in the code of any one op is found by it.
@Suite struct PlantedBugTests {
  /// Graphs with data on which code and interpreter agree, and the words of the ops in each.
  private struct Sample {
    var graph: Graph
    var inputs: [Tensor]
    var dims: [String: Int]
    var expected: [Tensor]
    var words: Set<String>
  }
  private static let samples: [Sample] = (0..<1200).compactMap { seed in
    var options = RandomGraph.Options()
    options.allowsLargeDims = false
    if seed % 2 == 0 { options.specialShare = 0.4 }
    let (graph, inputs, dims) = RandomGraph.make(seed: UInt64(20_000 + seed), options: options)
    guard let expected = try? GraphInterpreter.run(graph, inputs: inputs, dims: dims) else { return nil }
    return Sample(graph: graph, inputs: inputs, dims: dims, expected: expected, words: graph.liveWords)
  }

  static let words: [String] =
    ScalarFunction.all.map(\.name) + DType.allCases.map { "cast_\($0)" } + Reduction.allCases.map { "reduce_\($0)" }
    + Cumulation.Kind.allCases.map { "cumulative_\($0)" }
    + [
      "parameter", "constant", "dimension", "iota", "variable", "stop_gradient", "contract", "broadcast", "reshape", "transpose", "slice",
      "pad", "concatenate", "diagonal", "window", "window_add", "gather", "scatter_add", "argsort", "loop", "triangular_solve", "cholesky",
    ]

  /// Code whose op gives results off by one unit in the last place (integers by one, bools negated).
  @Test(arguments: words) func aResultOffByOneUnitIsNoticed(of word: String) throws {
    #expect(try isNoticed(word) { $0.perturbingResults(of: word) }, "no graph shows a bug in \(word)")
  }

  /// Code of the op with one of its attributes wrong: a flag flipped, a bound moved.
  @Test(arguments: Op.wrongAttributes.keys.sorted()) func aWrongAttributeIsNoticed(_ title: String) throws {
    let wrong = try #require(Op.wrongAttributes[title])
    let word = String(title.prefix { $0 != " " })
    #expect(try isNoticed(word) { $0.replacingOps(wrong) }, "no graph shows: \(title)")
  }

  /// Whether code made of a wrong graph differs from the interpreter's values of the right one, on graphs where the right code agrees.
  private func isNoticed(_ word: String, _ wrong: (Graph) -> Graph) throws -> Bool {
    var tries = 0
    for sample in Self.samples where sample.words.contains(word) {
      let bad = wrong(sample.graph)
      guard bad != sample.graph else { continue }
      tries += 1
      if tries > 200 { break }
      if try differs(bad, sample), try !differs(sample.graph, sample) { return true }
    }
    return false
  }

  private func differs(_ graph: Graph, _ sample: Sample) throws -> Bool {
    let generated = generateC(graph, options: COptions(name: "planted", target: .jit))
    let module = try CompiledModule.compiling(generated)
    var workspace = Workspace()
    let (status, found) = try module.call(
      generated.signature, inputs: sample.inputs, dims: sample.dims, outputs: sample.expected.map { ($0.dtype, $0.shape) },
      workspace: &workspace)
    return status != 0 || zip(found, sample.expected).contains { $0.difference(from: $1) != nil }
  }
}

extension Graph {
  /// The words of the ops that results depend on, bodies included.
  fileprivate var liveWords: Set<String> {
    var words: Set<String> = []
    for (node, isLive) in zip(nodes, liveNodes) where isLive {
      words.insert(node.op.name)
      if case .loop(let loop) = node.op { words.formUnion(loop.body.liveWords) }
    }
    return words
  }

  /// The graph with each loop's body replaced, and other nodes by `transform`.
  private func rewritten(_ transform: (Node, [ValueID], GraphBuilder) -> [ValueID]?) -> Graph {
    rebuilt { node, operands, builder in
      var node = node
      if case .loop(var loop) = node.op {
        loop.body = loop.body.rewritten(transform)
        node.op = .loop(loop)
      }
      return transform(node, operands, builder) ?? builder.addAll(node.op, operands)
    }
  }

  /// The first result of each op of that word a little off.
  fileprivate func perturbingResults(of word: String) -> Graph {
    rewritten { node, operands, builder in
      guard node.op.name == word else { return nil }
      let results = builder.addAll(node.op, operands)
      return results.isEmpty ? results : [builder.perturbed(results[0])] + results.dropFirst()
    }
  }

  /// Each op replaced where `change` gives another one whose results have the same types.
  fileprivate func replacingOps(_ change: (Op) -> Op?) -> Graph {
    rewritten { node, operands, builder in
      guard let other = change(node.op), let types = try? TypeRule.infer(other, operands.map(builder.type(of:))), types == node.types else {
        return nil
      }
      return builder.addAll(other, operands)
    }
  }
}

extension GraphBuilder {
  /// x (1 + ε), x + 1, or not x.
  fileprivate func perturbed(_ x: ValueID) -> ValueID {
    let type = type(of: x)
    switch type.dtype {
    case .f32: return multiply(x, constant(1 + 0x1p-23, type))
    case .f64: return multiply(x, constant(1 + 0x1p-52, type))
    case .i32, .i64: return add(x, constant(1, type))
    case .bool: return equal(x, constant(0, type))
    }
  }
}

extension Op {
  /// Ways to get an op wrong, by title; the title's first word is the op's.
  fileprivate static let wrongAttributes: [String: @Sendable (Op) -> Op?] = {
    var all: [String: @Sendable (Op) -> Op?] = [:]
    for (kind, other) in [(Reduction.max, Reduction.min), (.argmax, .argmin), (.any, .all), (.sum, .prod)] {
      all["reduce_\(kind) as \(other)"] = { op in
        if case .reduce(kind, let axes) = op { .reduce(other, axes: axes) } else { nil }
      }
    }
    for kind in Cumulation.Kind.allCases {
      all["cumulative_\(kind) reversed"] = { op in
        guard case .cumulative(var cumulation) = op, cumulation.kind == kind else { return nil }
        cumulation.reverse.toggle()
        return .cumulative(cumulation)
      }
      all["cumulative_\(kind) exclusive"] = { op in
        guard case .cumulative(var cumulation) = op, cumulation.kind == kind else { return nil }
        cumulation.exclusive.toggle()
        return .cumulative(cumulation)
      }
    }
    all["contract annihilating"] = { op in
      guard case .contract(var contraction) = op else { return nil }
      contraction.annihilating.toggle()
      return .contract(contraction)
    }
    all["transpose of nothing"] = { op in
      guard case .transpose(let permutation) = op else { return nil }
      return .transpose(Array(permutation.indices))
    }
    all["slice backwards"] = { op in
      guard case .slice(let axes) = op else { return nil }
      return .slice(axes.map { SliceAxis(start: $0.start + ($0.count - 1) * Dim($0.step), count: $0.count, step: -$0.step) })
    }
    all["pad at the other end"] = { op in
      guard case .pad(let axes) = op else { return nil }
      return .pad(axes.map { PadAxis(low: $0.high, high: $0.low, interior: $0.interior) })
    }
    all["gather without wrapping"] = { op in
      guard case .gather(var axis) = op, axis.wrapsNegative else { return nil }
      axis.wrapsNegative = false
      return .gather(axis)
    }
    all["scatter_add without wrapping"] = { op in
      guard case .scatterAdd(var axis, let extent) = op, axis.wrapsNegative else { return nil }
      axis.wrapsNegative = false
      return .scatterAdd(axis, extent: extent)
    }
    all["loop in reverse"] = { op in
      guard case .loop(var loop) = op else { return nil }
      loop.reverse.toggle()
      return .loop(loop)
    }
    all["triangular_solve of the other triangle"] = { op in
      if case .triangularSolve(let lower, let transposed) = op { .triangularSolve(lower: !lower, transposed: transposed) } else { nil }
    }
    all["triangular_solve transposed"] = { op in
      if case .triangularSolve(let lower, let transposed) = op { .triangularSolve(lower: lower, transposed: !transposed) } else { nil }
    }
    // A function in another's place, where both have the same arity and types.
    for (name, other) in [
      ("add", "subtract"), ("multiply", "annihilating_multiply"), ("max", "min"), ("less", "less_equal"), ("greater", "greater_equal"),
      ("equal", "not_equal"), ("and", "or"), ("floor", "ceil"), ("round", "floor"), ("floor_divide", "remainder"), ("sin", "cos"),
      ("exp", "expm1"), ("log", "log1p"), ("sinh", "tanh"), ("asin", "acos"),
    ] {
      guard let function = ScalarFunction(named: name), let replacement = ScalarFunction(named: other) else { continue }
      all["\(name) as \(other)"] = { op in op == .map(function) ? .map(replacement) : nil }
    }
    return all
  }()
}
