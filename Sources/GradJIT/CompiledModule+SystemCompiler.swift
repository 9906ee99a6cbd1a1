import Glibc
import GradCodegen
import GradIR

extension CompiledModule {
  /// Compiles the C of a model, as `COptions.Target.library` writes it, by the system's compiler at its best optimization.
  ///
  /// - Parameters:
  ///   - cache: Where the code is looked for first, and kept; without one it is made anew, in a folder that is gone by the time it runs.
  ///   - path: Where the compiler is looked for; the search path of the process if nil.
  ///   - check: Looks at code that was made anew; what it does not let pass is not kept.
  /// - Throws: `Diagnostic` for what `JITError` says, and what `check` throws.
  package static func compilingBySystem(
    _ generated: GeneratedC, cache: CodeCache?, path: String? = nil, check: (borrowing CompiledModule) throws -> Void = { _ in }
  ) throws -> CompiledModule {
    do {
      let compiler = try SystemCompiler.find(in: path)
      let key = compiler.identity + flags(generated).joined(separator: " ") + "\n" + generated.source
      if let library = cache?.library(for: key) { return try CompiledModule(library, entry: generated.entry) }
      let module: CompiledModule
      if let cache {
        let file = try make(generated, by: compiler, in: cache.folder)
        module = try CompiledModule(cache.keep(file, for: key), entry: generated.entry)
      } else {
        module = try withPrivateFolder { folder throws(JITError) in
          let file = try make(generated, by: compiler, in: folder)
          defer { unlink(file) }
          return try CompiledModule(SharedLibrary(descriptor: open(file, O_RDONLY | O_CLOEXEC)), entry: generated.entry)
        }
      }
      do {
        try check(module)
      } catch {
        cache?.remove(key)
        throw error
      }
      return module
    } catch let error as JITError {
      throw error.diagnostic
    }
  }

  /// Its names are its own: a function of the process with the name of the model's would else be called in its place.
  private static let libraryFlags = ["-shared", "-fPIC", "-Wl,-Bsymbolic"]
  /// Vectors of statements that stand side by side are for the runtime's sums and products. Of a model's own statements gcc makes
  /// them at a loss, from numbers that lie apart in memory, and takes a quarter more time for it.
  private static func flags(_ generated: GeneratedC) -> [String] {
    libraryFlags + (generated.worksInLanes ? [] : ["-fno-tree-slp-vectorize"])
  }

  /// Compiles into a file of the folder that no other process has; gives its path.
  private static func make(_ generated: GeneratedC, by compiler: SystemCompiler, in folder: String) throws(JITError) -> String {
    let base = "\(folder)/new-\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    let text = base + ".c"
    let descriptor = open(text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .folder(path: folder, reason: String(cString: strerror(errno))) }
    defer { unlink(text) }
    var source = generated.source
    let isWritten = source.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while rest.count > 0 {
        let count = write(descriptor, rest.baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        if count <= 0 { return false }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      }
      return true
    }
    guard close(descriptor) == 0, isWritten else { throw .folder(path: folder, reason: String(cString: strerror(errno))) }
    let library = base + ".so"
    do throws(JITError) {
      try compiler.run(flags(generated) + ["-o", library, text, "-lm"])
    } catch {
      unlink(library)
      throw error
    }
    return library
  }

  /// A folder for this process alone, gone after `body`.
  private static func withPrivateFolder(
    _ body: (String) throws(JITError) -> CompiledModule
  ) throws(JITError) -> CompiledModule {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array((parent + "/gradc-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw .folder(path: parent, reason: String(cString: strerror(errno))) }
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { rmdir(folder) }
    return try body(folder)
  }
}
