import Foundation
import GradCodegen
import GradIR
import Synchronization
import Testing

@testable import GradJIT

/// Code of the system's compiler, and the folder that keeps it.
@Suite struct SystemCompilerTests {
  /// A folder of the test's own, gone with it.
  private final class Folder: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "gradc-\(UUID().uuidString)").path
    init() throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
    var files: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }
    func file(_ name: String) -> String { path + "/" + name }
    /// A program of the system's under that name. None is written: what another thread's child still has open cannot be run.
    func link(_ name: String, to program: String) throws {
      try? FileManager.default.removeItem(atPath: file(name))
      try FileManager.default.createSymbolicLink(atPath: file(name), withDestinationPath: program)
    }
  }

  /// The loader knows a library by every descriptor that it was loaded by; one that is closed becomes another library's.
  @Test func aLibraryIsNotTakenForAnother() throws {
    let folder = try Folder()
    for name in ["a", "b"] {
      try "int \(name)(void) { return 1; }".write(toFile: folder.file("\(name).c"), atomically: true, encoding: .utf8)
      try SystemCompiler.find().run(["-shared", "-fPIC", "-o", folder.file("\(name).so"), folder.file("\(name).c")])
    }
    func load(_ name: String, at number: Int32) throws -> SharedLibrary {
      let opened = open(folder.file("\(name).so"), O_RDONLY)
      defer { close(opened) }
      // Numbers that no other thread is given.
      return try SharedLibrary(descriptor: dup2(opened, number))
    }
    let first = try load("a", at: 900)
    let second = try load("a", at: 901)
    _ = consume first
    let other = try load("b", at: 900)
    #expect(other.find("b") != nil && other.find("a") == nil && second.find("a") != nil)
  }

  /// y = factor · x.
  private static func model(_ factor: Double, name: String = "scaled") -> GeneratedC {
    let builder = GraphBuilder()
    let type = TensorType(.f64, Shape([Dim.symbol("n")]))
    let x = builder.parameter(Parameter(name: "x", type: type, role: .input, source: nil))
    builder.output("y", builder.multiply(x, builder.constant(factor, type)))
    return generateC(builder.finish(), options: COptions(name: name, target: .library))
  }

  private static func run(_ module: borrowing CompiledModule, _ generated: GeneratedC) throws -> [Double] {
    var workspace = Workspace()
    let (status, outputs) = try module.call(
      generated.signature, inputs: [Tensor([1.0, -2.5], shape: [2])], dims: ["n": 2], outputs: [(.f64, [2])], workspace: &workspace)
    #expect(status == 0)
    return outputs[0].withUnsafeElementBytes { Array($0.bindMemory(to: Double.self)) }
  }

  /// Compiles through a cache; says whether the code was made anew.
  private static func scaled(_ factor: Double, _ cache: CodeCache?) throws -> (values: [Double], isNew: Bool) {
    let generated = model(factor)
    var isNew = false
    let module = try CompiledModule.compilingBySystem(generated, cache: cache) { _ in isNew = true }
    return (try run(module, generated), isNew)
  }

  @Test func codeIsMadeOnceAndThenFound() throws {
    let folder = try Folder()
    let cache = try #require(CodeCache(folder: folder.file("cache")))
    for expected in [true, false, false] {
      let (values, isNew) = try Self.scaled(2, cache)
      #expect(values == [2, -5] && isNew == expected)
    }
    let (other, isNew) = try Self.scaled(3, cache)
    #expect(other == [3, -7.5] && isNew)
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache.folder).count == 2)
    #expect(try Self.scaled(2, nil).isNew)
  }

  /// The names of the library are its own.
  @Test func aModelMayBeNamedAsAFunctionOfTheProcess() throws {
    let generated = Self.model(2, name: "swift_retain")
    #expect(generated.entry == "swift_retain")
    #expect(try Self.run(CompiledModule.compilingBySystem(generated, cache: nil), generated) == [2, -5])
  }

  /// gcc is told to order operations by flags that clang stops at.
  @Test func aCompilerWithoutFlagsOfGccIsAskedWithoutThem() throws {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let programs: [String] = folders.map { "\($0)/clang" }
    let clang = try #require(programs.first { access($0, X_OK) == 0 })
    let folder = try Folder()
    try folder.link("cc", to: clang)
    let generated = Self.model(2)
    #expect(try Self.run(CompiledModule.compilingBySystem(generated, cache: nil, path: folder.path), generated) == [2, -5])
  }

  @Test(arguments: [0, 100, 10_000, -1, -20, -200]) func aDamagedFileIsMadeAnew(place: Int) throws {
    let folder = try Folder()
    let cache = try #require(CodeCache(folder: folder.file("cache")))
    _ = try Self.scaled(2, cache)
    let file = try #require(FileManager.default.contentsOfDirectory(atPath: cache.folder).first)
    let url = URL(filePath: cache.folder + "/" + file)
    var bytes = try Data(contentsOf: url)
    bytes[place < 0 ? bytes.count + place : place] ^= 1
    // Not in place: this process has the old file mapped.
    try bytes.write(to: url, options: .atomic)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: url.path)
    let (values, isNew) = try Self.scaled(2, cache)
    #expect(values == [2, -5] && isNew)
    #expect(try !Self.scaled(2, cache).isNew)
  }

  @Test func aFileThatOthersMayWriteIsNotUsed() throws {
    let folder = try Folder()
    let cache = try #require(CodeCache(folder: folder.file("cache")))
    _ = try Self.scaled(2, cache)
    let file = try #require(FileManager.default.contentsOfDirectory(atPath: cache.folder).first)
    try FileManager.default.setAttributes([.posixPermissions: 0o622], ofItemAtPath: cache.folder + "/" + file)
    #expect(try Self.scaled(2, cache).isNew)
  }

  @Test func aFolderThatOthersMayEnterIsNoCache() throws {
    let folder = try Folder()
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
    #expect(CodeCache(folder: folder.path) == nil)
    #expect(CodeCache(folder: folder.file("no/such/folder")) == nil)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path)
    #expect(CodeCache(folder: folder.path) != nil)
  }

  @Test func whatWasUsedLongestAgoGoesWhereTheFolderIsTooLarge() throws {
    let folder = try Folder()
    let room = try #require(CodeCache(folder: folder.file("cache"), limit: 100 << 20))
    func age(_ file: String) throws {
      try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -1000)], ofItemAtPath: file)
    }
    _ = try Self.scaled(2, room)
    let first = try #require(FileManager.default.contentsOfDirectory(atPath: room.folder).first)
    let size = try Data(contentsOf: URL(filePath: room.folder + "/" + first)).count
    _ = try Self.scaled(3, room)
    for file in try FileManager.default.contentsOfDirectory(atPath: room.folder) { try age(room.folder + "/" + file) }
    // Use makes it young again.
    _ = try Self.scaled(3, room)
    let small = try #require(CodeCache(folder: room.folder, limit: 5 * size / 2))
    _ = try Self.scaled(4, small)
    #expect(try !FileManager.default.contentsOfDirectory(atPath: room.folder).contains(first))
    #expect(try !Self.scaled(4, small).isNew)
  }

  /// By the model's text the code is found with all that calls need, before there is C.
  @Test func codeIsFoundByTheModelItWasMadeFor() throws {
    let folder = try Folder()
    let cache = try #require(CodeCache(folder: folder.file("cache")))
    let generated = Self.model(2)
    func key(_ text: String, _ options: String = "") throws -> ModelKey {
      try #require(ModelKey(name: "scaled.gd", source: text, options: options), "the linker notes no identity of the build")
    }
    let own = try key("y = 2 x")
    func isKept(_ key: ModelKey) -> Bool { CompiledModule.kept(key, cache: cache) != nil }
    #expect(!isKept(own))
    _ = try CompiledModule.compilingBySystem(generated, cache: cache, model: own)
    for other in [try key("y = 3 x"), try key("y = 2 x", "n=3")] { #expect(!isKept(other)) }
    guard let kept = CompiledModule.kept(own, cache: cache) else {
      Issue.record("nothing is kept")
      return
    }
    let signature = kept.signature
    #expect(signature == generated.signature)
    #expect(try Self.run(kept.takeModule(), generated) == [2, -5])
    // Another text of the same C has the code without the compiler.
    let again = try key("# twice\ny = 2 x")
    var isNew = false
    _ = try CompiledModule.compilingBySystem(generated, cache: cache, model: again) { _ in isNew = true }
    #expect(!isNew && isKept(again))
  }

  @Test func aModelsDamagedFileIsNotUsed() throws {
    let folder = try Folder()
    let cache = try #require(CodeCache(folder: folder.file("cache")))
    let key = try #require(ModelKey(name: "scaled.gd", source: "y = 2 x", options: ""))
    _ = try CompiledModule.compilingBySystem(Self.model(2), cache: cache, model: key)
    for name in try FileManager.default.contentsOfDirectory(atPath: cache.folder) {
      let url = URL(filePath: cache.folder + "/" + name)
      let whole = try Data(contentsOf: url)
      for place in [0, whole.count / 2, whole.count - 40, whole.count - 20, whole.count - 1] {
        var bytes = whole
        bytes[place] ^= 4
        try bytes.write(to: url, options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: url.path)
      }
    }
    let isKept = CompiledModule.kept(key, cache: cache) != nil
    #expect(!isKept)
  }

  @Test func whatACheckRefusesIsNotKept() throws {
    let folder = try Folder()
    let cache = try #require(CodeCache(folder: folder.file("cache")))
    let refusal = Diagnostic("jit.miscompiled", "refused")
    #expect(throws: refusal) { _ = try CompiledModule.compilingBySystem(Self.model(2), cache: cache) { _ in throw refusal } }
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache.folder).isEmpty)
    #expect(try Self.scaled(2, cache).isNew)
  }

  @Test func manyAtOnceShareAFolder() throws {
    let folder = try Folder()
    let cache = try #require(CodeCache(folder: folder.file("cache")))
    let failures = Mutex<[String]>([])
    inThreads(4) { thread in
      for factor in [2.0, 3.0, 2.0] {
        do {
          let values = try Self.scaled(factor, cache).values
          if values != [factor, -2.5 * factor] { failures.withLock { $0.append("\(thread): \(values)") } }
        } catch {
          failures.withLock { $0.append("\(thread): \(error)") }
        }
      }
    }
    #expect(failures.withLock { $0 }.isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache.folder).count == 2)
  }

  @Test func aCompilerThatIsMissingOrRefusesIsADiagnostic() throws {
    let folder = try Folder()
    func fault(_ cache: CodeCache? = nil) -> Diagnostic? {
      do {
        _ = try CompiledModule.compilingBySystem(Self.model(2), cache: cache, path: folder.path)
        return nil
      } catch { return error as? Diagnostic }
    }
    #expect(fault()?.id == "cc.missing")
    // To `ls` the options make no sense, which it says.
    try folder.link("cc", to: "/bin/ls")
    let refused = try #require(fault())
    #expect(refused.id == "cc.failed" && !refused.notes.isEmpty, "\(refused)")
    try folder.link("cc", to: "/bin/true")
    #expect(fault()?.id == "cc.load")
    let cache = try #require(CodeCache(folder: folder.file("cache")))
    #expect(fault(cache)?.id == "cc.load")
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache.folder).isEmpty)
  }
}
