import Benchmark
import Grad

/// A call of a compiled model through the library, on memory that stays.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(metrics: [.wallClock], scalingFactor: .mega, maxDuration: .seconds(3))

  let models: [(title: String, text: String)] = [
    ("scalar", "input x: f64\ny = sin(x) * x\noutput y, grad(y, x)"),
    ("empty", "input x: f64\noutput y = x"),
  ]
  for (title, text) in models {
    Benchmark("call of a model, \(title)") { benchmark in
      let compiled = try CompiledModel(Model(source: SourceFile(name: "model.gd", text: text)))
      var data = ModelData()
      try data.set("x", text: "0.5")
      var memory = try CallMemory(for: compiled, compiled.model.bind(data))
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations { try compiled.call(&memory) }
      benchmark.stopMeasurement()
    }
  }
}
