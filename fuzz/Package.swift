// swift-tools-version: 6.1
import PackageDescription

// The fuzzer stands apart: its main function is libFuzzer's, which only `swift build --sanitize fuzzer` links (see run). The same
// checks are part of gradc's own tests, which run them on the corpus and on mutated models.
let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "gradc", path: "..")],
  targets: [
    .target(name: "Fuzzing", dependencies: [.product(name: "Grad", package: "gradc")], path: "Fuzzing"),
    .executableTarget(name: "Fuzzer", dependencies: ["Fuzzing"], path: "Fuzzer"),
  ],
  swiftLanguageModes: [.v6]
)
