import Benchmark
import Grad

/// From text to callable, and what the comparison with the interpreter adds.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(metrics: [.wallClock, .cpuUser], maxDuration: .seconds(3))

  let digits = read("../examples/mlp_digits.gd")
  for verifying in [false, true] {
    Benchmark("mlp_digits, text to callable\(verifying ? " and compared" : "")") { benchmark in
      for _ in benchmark.scaledIterations {
        let compiled = try CompiledModel(Model(source: digits), verifying: verifying)
        blackHole(compiled.signature.inputs.count)
      }
    }
  }

  // The time of a definition must not grow with their number.
  for count in [100, 1_000, 10_000] {
    let source = chain(of: count)
    Benchmark("chain of \(count) definitions with its gradient, text to callable") { benchmark in
      for _ in benchmark.scaledIterations {
        let compiled = try CompiledModel(Model(source: source), verifying: false)
        blackHole(compiled.signature.inputs.count)
      }
    }
  }

  // Nor that of a loop with its steps.
  for steps in [10, 1_000_000] {
    let source = SourceFile(
      name: "fold.gd", text: "input x: f64\nfn step(h, k) = sin(h) * x\ny = fold(step, x, iota(\(steps)))\noutput y, grad(y, x)")
    Benchmark("fold of \(steps) steps with its gradient, text to callable") { benchmark in
      for _ in benchmark.scaledIterations {
        let compiled = try CompiledModel(Model(source: source), verifying: false)
        blackHole(compiled.signature.inputs.count)
      }
    }
  }
}

/// yₖ = sin(yₖ₋₁) aₖ
func chain(of count: Int) -> SourceFile {
  var lines = ["input a: f64[\(count)]", "y0 = a[0]"]
  for k in 1..<count { lines.append("y\(k) = sin(y\(k - 1)) * a[\(k)]") }
  lines.append("loss = y\(count - 1)\noutput loss, grad(loss, a)")
  return SourceFile(name: "chain.gd", text: lines.joined(separator: "\n"))
}

/// A model of the repository: benchmarks run in this package's folder.
func read(_ path: String) -> SourceFile {
  do { return try SourceFile(reading: path) } catch { fatalError("run in the folder benchmarks: \(error)") }
}
