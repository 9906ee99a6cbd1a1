import GradCodegen
import GradIR
import GradJIT

/// A model's machine code, compared with the interpreter.
final class ModelCode: Sendable {
  let signature: CallSignature
  let module: CompiledModule
  let verification: Verification.Outcome
  /// Of code that tells of its kernels.
  let kernels: [KernelSummary]
  var entry: CompiledModule.Call { module.call(ofEntryAt: 0) }

  /// By libtcc, in the process.
  init(_ model: Model, verifying: Bool, isProfiled: Bool = false, sharesLoops: Bool) throws {
    let verification = verifying ? Verification.Started(of: model) : nil
    let generated = JITSource.generate(
      model, isProfiled: isProfiled, sharesLoops: sharesLoops, alteration: JITSource.alteration.value)
    module = try CompiledModule.compiling(generated)
    self.verification = try verification?.outcome(module, generated) ?? .notAsked
    (signature, kernels) = (generated.signature, generated.summaries)
  }

  /// By the system's compiler; the code goes to the user's cache.
  init(bySystem model: Model, verifying: Bool, isProfiled: Bool = false, sharesLoops: Bool) throws {
    let generated = model.generatedC(for: .library, isProfiled: isProfiled, sharesLoops: sharesLoops)
    var outcome = verifying ? Verification.Outcome.comparedWhenMade : .notAsked
    // What is kept has been compared.
    module = try CompiledModule.compilingBySystem(
      generated, cache: verifying ? .standard : nil, model: isProfiled ? nil : model.key(sharesLoops)
    ) { module in
      if verifying { outcome = try Verification.verify(model, module, generated, by: "the system's compiler") }
    }
    verification = outcome
    (signature, kernels) = (generated.signature, generated.summaries)
  }

  /// The code that the user's cache has for a model's text: nothing is written of the model but its graph.
  init?(keptFor model: Model, sharesLoops: Bool = false) {
    guard let key = model.key(sharesLoops), let cache = CodeCache.standard, let kept = CompiledModule.kept(key, cache: cache) else {
      return nil
    }
    signature = kept.signature
    module = kept.takeModule()
    verification = .comparedWhenMade
    kernels = []
  }

  /// By the system's compiler, or from the user's cache.
  static func bySystem(_ model: Model, verifying: Bool, sharesLoops: Bool) throws -> ModelCode {
    if verifying, let kept = (sharesLoops ? nil : model.kept) ?? ModelCode(keptFor: model, sharesLoops: sharesLoops) { return kept }
    return try ModelCode(bySystem: model, verifying: verifying, sharesLoops: sharesLoops)
  }
}

extension Model {
  /// What decides the C that is written for it.
  fileprivate func key(_ sharesLoops: Bool) -> ModelKey? {
    let dims = options.dims.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let places = updates.map { "\($0.input)<\($0.output)" }
    let words = dims + ["precision=\(options.precision?.name ?? "")"] + places + (sharesLoops ? ["threads"] : [])
    return ModelKey(name: source.name, source: String(decoding: source.utf8, as: UTF8.self), options: words.joined(separator: " "))
  }
}

/// The C that is handed to libtcc.
enum JITSource {
  /// Changes the text on its way, as a compiler with a bug would: how the tests plant one.
  static let alteration = ThreadScoped<@Sendable (String) -> String>()

  /// - Parameter twin: A graph of the same form instead of the model's own.
  static func generate(
    _ model: Model, twin: Graph? = nil, isProfiled: Bool = false, sharesLoops: Bool = false, alteration: (@Sendable (String) -> String)?
  ) -> GeneratedC {
    var generated = model.generatedC(for: .jit, twin: twin, isProfiled: isProfiled, sharesLoops: sharesLoops)
    if let alteration { generated.source = alteration(generated.source) }
    return generated
  }
}

extension Model {
  /// The C of the model, or of a twin of its graph.
  func generatedC(
    for target: COptions.Target, twin: Graph? = nil, isProfiled: Bool = false, isDescribed: Bool = false, sharesLoops: Bool = false
  ) -> GeneratedC {
    let options = COptions(
      name: source.stem, target: target, sourceFile: source, isProfiled: isProfiled, isDescribed: isDescribed, sharesLoops: sharesLoops,
      updates: updates)
    return GradCodegen.generateC(twin ?? optimized, options: options)
  }
}
