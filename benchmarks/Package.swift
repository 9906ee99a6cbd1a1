// swift-tools-version: 6.1
import PackageDescription

// Benchmarks stand apart from the package that they measure: who depends on gradc does not fetch what measures it.
let package = Package(
  name: "benchmarks",
  dependencies: [
    .package(name: "gradc", path: ".."),
    // Without its traits: its counting of allocations is not wanted in the processes that are timed.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: ["Compile", "Call"].map { name in
    .executableTarget(
      name: name,
      dependencies: [.product(name: "Grad", package: "gradc"), .product(name: "Benchmark", package: "benchmark")],
      path: "Benchmarks/\(name)", plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
  },
  swiftLanguageModes: [.v6]
)
