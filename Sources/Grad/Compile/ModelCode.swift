import GradCodegen
import GradIR
import GradJIT

/// A model's machine code, compared with the interpreter.
final class ModelCode: Sendable {
  let generated: GeneratedC
  let module: CompiledModule
  let verification: Verification.Outcome
  var entry: CompiledModule.Call { module.call(ofEntryAt: 0) }

  /// By libtcc, in the process.
  init(_ model: Model, verifying: Bool, isProfiled: Bool = false) throws {
    generated = JITSource.generate(model, isProfiled: isProfiled)
    module = try CompiledModule.compiling(generated)
    verification = verifying ? try Verification.verify(model, module, generated) : .notAsked
  }

  /// By the system's compiler, or from the user's cache.
  init(bySystem model: Model, verifying: Bool, isProfiled: Bool = false) throws {
    let generated = model.generatedC(for: .library, isProfiled: isProfiled)
    var outcome = verifying ? Verification.Outcome.comparedWhenMade : .notAsked
    // What is kept has been compared.
    module = try CompiledModule.compilingBySystem(generated, cache: verifying ? .standard : nil) { module in
      if verifying { outcome = try Verification.verify(model, module, generated, by: "the system's compiler") }
    }
    verification = outcome
    self.generated = generated
  }
}

/// The C that is handed to libtcc.
enum JITSource {
  /// Changes the text on its way, as a compiler with a bug would: how the tests plant one.
  static let alteration = ThreadScoped<@Sendable (String) -> String>()

  /// - Parameter twin: A graph of the same form instead of the model's own.
  static func generate(_ model: Model, twin: Graph? = nil, isProfiled: Bool = false) -> GeneratedC {
    var generated = model.generatedC(for: .jit, twin: twin, isProfiled: isProfiled)
    if let alteration = alteration.value { generated.source = alteration(generated.source) }
    return generated
  }
}

extension Model {
  /// The C of the model, or of a twin of its graph.
  func generatedC(for target: COptions.Target, twin: Graph? = nil, isProfiled: Bool = false) -> GeneratedC {
    let options = COptions(name: source.stem, target: target, sourceFile: source, isProfiled: isProfiled, updates: updates)
    return GradCodegen.generateC(twin ?? optimized, options: options)
  }
}
