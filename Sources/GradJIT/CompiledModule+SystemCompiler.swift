import Glibc
import GradCodegen
import GradIR
import GradRuntime

extension CompiledModule {
  /// Compiles the C of a model, as `COptions.Target.library` writes it, by the system's compiler at its best optimization.
  ///
  /// - Parameters:
  ///   - cache: Where the code is looked for first, and kept; without one it is made anew, in a folder that is gone by the time it runs.
  ///   - model: By which the code is found before there is C (`kept(_:)`).
  ///   - path: Where the compiler is looked for; the search path of the process if nil.
  ///   - check: Looks at code that was made anew; what it does not let pass is not kept.
  /// - Throws: `Diagnostic` for what `JITError` says, and what `check` throws.
  package static func compilingBySystem(
    _ generated: GeneratedC, cache: CodeCache?, model: ModelKey? = nil, path: String? = nil,
    check: (borrowing CompiledModule) throws -> Void = { _ in }
  ) throws -> CompiledModule {
    do {
      let compiler = try SystemCompiler.find(in: path)
      let key = "C\n" + compiler.identity + (scheduling(generated) + flags(generated)).joined(separator: " ") + "\n" + generated.source
      if let entry = cache?.entry(for: key) {
        if let model {
          cache?.keep(entry.library.descriptor, byteCount: entry.byteCount, note: generated.signature.serialized, for: model.text(compiler))
        }
        return try CompiledModule(entry.library, entry: generated.entry)
      }
      let library = try make(generated, by: compiler, in: cache)
      let descriptor = library.descriptor
      let module = try CompiledModule(library, entry: generated.entry)
      try check(module)
      cache?.keep(descriptor, for: key)
      if let model { cache?.keep(descriptor, note: generated.signature.serialized, for: model.text(compiler)) }
      return module
    } catch let error as JITError {
      throw error.diagnostic
    }
  }

  /// The code that is kept for a model; nil where there is none, or no compiler whose code it would be.
  package static func kept(_ model: ModelKey, cache: CodeCache, path: String? = nil) -> KeptCode? {
    guard let compiler = try? SystemCompiler.find(in: path), let entry = cache.entry(for: model.text(compiler)),
      let signature = CallSignature(serialized: entry.note)
    else { return nil }
    guard let module = try? CompiledModule(entry.library, entry: signature.entry) else { return nil }
    return KeptCode(module: module, signature: signature)
  }

  /// Its names are its own: a function of the process with the name of the model's would else be called in its place.
  fileprivate static let libraryFlags = ["-shared", "-fPIC", "-Wl,-Bsymbolic"]
  /// Vectors of statements that stand side by side are for the runtime's sums and products. Of a model's own statements gcc makes
  /// them at a loss, from numbers that lie apart in memory, and takes a quarter more time for it: where there are many (the steps of a
  /// quadrotor, 383) they took twice as long on a processor with vectors of 64 bytes.
  private static func flags(_ generated: GeneratedC) -> [String] {
    let vectors = generated.worksInLanes && generated.longestRun <= mostForVectors ? [] : ["-fno-tree-slp-vectorize"]
    return libraryFlags + vectors + (hasShortLoops(generated) ? shorterVectors : [])
  }
  /// Operations are put in order before they have registers: the chains of exp and tanh in one loop, each of which waits for itself, then
  /// go side by side. Short loops and long lists of statements gain nothing by it, or lose.
  private static func scheduling(_ generated: GeneratedC) -> [String] {
    generated.longestRun > mostForVectors || hasShortLoops(generated) ? [] : ["-fschedule-insns", "-fsched-pressure"]
  }
  private static let mostForVectors = 128
  /// True where most loops are of a few steps that leave some over where vectors are long, as those over the 12 columns of the quadrotor's
  /// Jacobian, which takes two thirds of the time with shorter ones.
  private static func hasShortLoops(_ generated: GeneratedC) -> Bool {
    guard let steps = generated.innerSteps, steps.allSatisfy({ $0 <= 256 }) else { return false }
    return 2 * steps.count(where: { $0 % 16 != 0 }) > steps.count
  }
  #if arch(x86_64)
    private static let shorterVectors = ["-mprefer-vector-width=256"]
  #else
    private static let shorterVectors: [String] = []
  #endif

  /// The library that the compiler makes, its files gone but for the open one.
  private static func make(_ generated: GeneratedC, by compiler: SystemCompiler, in cache: CodeCache?) throws(JITError) -> SharedLibrary {
    if let cache { return try make(generated, by: compiler, cache.newFile()) }
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array((parent + "/gradc-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw .folder(path: parent, reason: String(cString: strerror(errno))) }
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { rmdir(folder) }
    return try make(generated, by: compiler, folder + "/model")
  }

  private static func make(_ generated: GeneratedC, by compiler: SystemCompiler, _ base: String) throws(JITError) -> SharedLibrary {
    let (text, library) = (base + ".c", base + ".so")
    let descriptor = open(text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .folder(path: text, reason: String(cString: strerror(errno))) }
    defer {
      unlink(text)
      unlink(library)
    }
    var source = generated.source
    let isWritten = source.withUTF8 { descriptor.write(UnsafeRawBufferPointer($0)) }
    guard close(descriptor) == 0, isWritten else { throw .folder(path: text, reason: String(cString: strerror(errno))) }
    let rest = flags(generated) + ["-o", library, text, "-lm"]
    let scheduling = scheduling(generated)
    do {
      try compiler.run(scheduling + rest)
    } catch .compilerFailed where !scheduling.isEmpty {
      // clang has no such flags; nor are they what a model should fail for.
      try compiler.run(rest)
    }
    let made = open(library, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard made >= 0 else { throw .libraryRefused(reason: "\(library): \(String(cString: strerror(errno)))") }
    return try SharedLibrary(descriptor: made)
  }
}

/// Code that was found for a model, and how it is called.
package struct KeptCode: ~Copyable {
  private let module: CompiledModule
  package let signature: CallSignature

  fileprivate init(module: consuming CompiledModule, signature: CallSignature) {
    self.module = module
    self.signature = signature
  }
  package consuming func takeModule() -> CompiledModule { module }
}

/// All that decides what C is written for a model: its text, its options and the build of what writes.
package struct ModelKey: Sendable {
  private let model: String

  /// Nil where this build cannot be told from others.
  package init?(name: String, source: String, options: String) {
    guard let build = ModelKey.build else { return nil }
    model = "\(build)\n\(name)\n\(options)\n\(source)"
  }

  func text(_ compiler: SystemCompiler) -> String {
    "model\n" + compiler.identity + CompiledModule.libraryFlags.joined(separator: " ") + "\n" + model
  }

  /// The linker's note of the contents of this program.
  private static let build: String? = {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = Int(grad_build_identity(&bytes))
    return count == 0 ? nil : bytes[..<count].map { String($0, radix: 16) }.joined(separator: " ")
  }()
}
