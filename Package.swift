// swift-tools-version: 6.1
import PackageDescription

// The target dependencies enforce the direction of the data: GradIR knows no sibling; the language, the calculus, the passes and
// the code generator know GradIR and never each other; Grad alone brings the stages together.
let package = Package(
  name: "gradc",
  products: [
    .library(name: "Grad", targets: ["Grad"]),
    .executable(name: "gradc", targets: ["gradc"]),
  ],
  traits: [
    .trait(name: "JIT", description: "Compile and call models in the process, by libtcc (needs libtcc-dev)."),
    .default(enabledTraits: ["JIT"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .target(name: "GradRuntime", path: "Runtime", sources: ["src"], publicHeadersPath: "include"),
    .systemLibrary(name: "CTCC"),
    .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .target(name: "GradIR", dependencies: ["GradRuntime"]),
    .target(name: "GradLanguage", dependencies: ["GradIR"], resources: [.embedInCode("Prelude")]),
    .target(name: "GradAD", dependencies: ["GradIR"]),
    .target(name: "GradPasses", dependencies: ["GradIR"]),
    .target(name: "GradCodegen", dependencies: ["GradIR"], resources: [.embedInCode("RuntimeText"), .embedInCode("RuntimeTypes.h")]),
    .target(
      name: "GradJIT",
      dependencies: ["GradIR", "GradCodegen", "GradRuntime", .target(name: "CTCC", condition: .when(traits: ["JIT"]))]),
    .target(
      name: "Grad", dependencies: ["GradIR", "GradLanguage", "GradAD", "GradPasses", "GradCodegen", "GradJIT", "GradRuntime", "CZip"]),
    .executableTarget(
      name: "gradc", dependencies: ["Grad", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
    .target(name: "TestSupport", dependencies: ["GradIR"], path: "Tests/TestSupport"),
    .target(name: "CountedMemory", path: "Tests/CountedMemory"),
    // Tests name every module that they import: what is left out is not built anew when it changes.
    .testTarget(name: "GradRuntimeTests", dependencies: ["GradRuntime", "TestSupport"]),
    .testTarget(name: "GradIRTests", dependencies: ["GradIR", "TestSupport"]),
    .testTarget(name: "GradLanguageTests", dependencies: ["GradLanguage", "GradIR"]),
    .testTarget(name: "GradADTests", dependencies: ["GradAD", "GradIR", "TestSupport"]),
    .testTarget(name: "GradPassesTests", dependencies: ["GradPasses", "GradAD", "GradIR", "TestSupport"]),
    .testTarget(name: "GradCodegenTests", dependencies: ["GradCodegen", "GradIR", "TestSupport"]),
    .testTarget(name: "GradJITTests", dependencies: ["GradJIT", "GradCodegen", "GradPasses", "GradIR", "TestSupport"]),
    .testTarget(
      name: "GradTests",
      dependencies: ["Grad", "GradLanguage", "GradAD", "GradPasses", "GradCodegen", "GradJIT", "GradIR", "TestSupport", "CountedMemory"]),
    .testTarget(name: "FileTests", dependencies: ["Grad", "GradIR", "TestSupport"], exclude: ["Cases"]),
    .testTarget(name: "CommandTests", dependencies: ["gradc", "Grad", "TestSupport"]),
    .testTarget(name: "ExampleTests", dependencies: ["Grad", "GradIR", "TestSupport"], exclude: ["Expected"]),
    // What the fuzzer of fuzz/Package.swift tries, on its corpus and on mutated models.
    .testTarget(
      name: "FuzzTests",
      dependencies: ["Grad", "GradLanguage", "GradAD", "GradPasses", "GradCodegen", "GradIR"],
      path: "fuzz", exclude: ["Package.swift", "README.md", "run", "Fuzzer", "corpus"], sources: ["Fuzzing", "Tests"]),
  ],
  swiftLanguageModes: [.v6]
)
