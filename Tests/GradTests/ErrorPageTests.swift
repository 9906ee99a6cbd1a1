import Foundation
import GradAD
import GradIR
import GradJIT
import Testing

@testable import Grad
@testable import GradLanguage

/// Every error has a page, every page an error that is reached, and docs/errors.md is made of the pages.
@Suite struct ErrorPageTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL

  /// The ids that the sources name.
  private func idsInSources() throws -> Set<String> {
    let folder = Self.root.appending(path: "Sources")
    let families = Set(ErrorPage.all.map { $0.id.split(separator: ".")[0] })
    var found: Set<String> = []
    for case let path as String in FileManager.default.enumerator(atPath: folder.path) ?? .init()
    where path.hasSuffix(".swift") && !path.contains("ErrorPages") {
      let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
      for match in text.matches(of: /"([a-z]+)\.([a-z]+)"/) where families.contains(match.1) { found.insert("\(match.1).\(match.2)") }
      // Warnings are named by their kind.
      if path.hasSuffix("Elaborator+Unused.swift") {
        found.formUnion(["dim", "input", "param", "definition", "function"].map { "unused.\($0)" })
      }
    }
    return found
  }

  @Test func everyIDHasOnePage() throws {
    let ids = ErrorPage.all.map(\.id)
    #expect(Set(ids).count == ids.count)
    // What the parser of the command line finds by itself bears no id in the sources.
    let expected = try idsInSources().union(["usage.arguments"])
    #expect(expected.subtracting(ids).sorted() == [])
    #expect(Set(ids).subtracting(expected).sorted() == [])
  }

  @Test(arguments: ErrorPage.all.filter { $0.diagnostics != nil }.map(\.id)) func theExampleGivesItsErrorAlone(_ id: String) throws {
    let diagnostics = try #require(ErrorPage.page(id)?.diagnostics)
    #expect(diagnostics.map(\.id) == [id], "\(diagnostics)")
    #expect(diagnostics.allSatisfy { $0.range != nil || id == "data.literal" || id == "data.unknown" })
    #expect(diagnostics.allSatisfy { ($0.severity == .warning) == id.hasPrefix("unused.") })
  }

  @Test func theDocumentIsMadeOfThePages() throws {
    let file = Self.root.appending(path: "docs/errors.md")
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try ErrorPage.document.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == ErrorPage.document, "RECORD_SNAPSHOTS=1 writes it")
  }

  // MARK: Errors that no model and no command leads to

  private func id(_ body: () throws -> Void) -> String? {
    do { try body() } catch {
      return (error as? Diagnostic)?.id ?? (error as? ModelError)?.diagnostics.first?.id ?? (error as? ArrayError)?.diagnostic.id
    }
    return nil
  }
  private func npy(_ dictionary: String) -> [UInt8] {
    NpyHeader.magic + [1, 0, UInt8(dictionary.utf8.count), 0] + Array(dictionary.utf8)
  }
  private func parse(_ descr: String, _ shape: String) throws {
    _ = try Npy.parse(npy("{'descr': '\(descr)', 'fortran_order': False, 'shape': \(shape)}\n"))
  }
  private let model = SourceFile(name: "model.gd", text: "input x: f64\noutput y = x^2")

  @Test func errorsOfArraysAreReached() throws {
    #expect(id { try parse("<c16", "(1,)") } == "array.dtype")
    #expect(id { try parse("<f8", "(3, -1)") } == "array.shape")
    #expect(id { try parse("<f8", "(1000000000000000,)") }.map { ["array.memory", "array.bytes"].contains($0) } == true)
    #expect(ArrayError.memory(ArraySubject(), bytes: 1).diagnostic.id == "array.memory")
    #expect(ArrayError.packing(ArraySubject(), reason: "").diagnostic.id == "array.packing")
    let twice = [NamedTensor("a", Tensor([1.0])), NamedTensor("a", Tensor([1.0]))]
    #expect(id { _ = try Npz.write(twice, path: "/dev/null") } == "array.duplicate")
    #expect(id { _ = try Npz.write([NamedTensor("", Tensor([1.0]))], path: "/dev/null") } == "array.name")
  }

  @Test func errorsOfCompiledCodeAreReached() throws {
    let compiled = try Model(source: model)
    #expect(JITSource.alteration.withValue({ $0 + "\nint;;+" }) { id { _ = try CompiledModel(compiled) } } == "jit.rejected")
    #expect(
      JITSource.alteration.withValue({ $0 + String(repeating: " ", count: CompiledModule.greatestSourceLength) }) {
        id { _ = try CompiledModel(compiled) }
      } == "jit.size")
    #expect(
      [JITError.unavailable, .memory(bytes: 1), .executableMemoryDenied(reason: ""), .workspace(bytes: nil)].map(\.diagnostic.id)
        == ["jit.unavailable", "jit.memory", "jit.denied", "jit.workspace"])
    let indexed = try Model(
      source: SourceFile(name: "m.gd", text: "input i: i64\noutput y = sum(eye(1000)) + [1.0, 2.0][i]"))
    var data = ModelData()
    try data.set("i", text: "7")
    let bound = try indexed.bind(data)
    #expect(Memory.planted.withValue(1 << 20) { id { _ = try bound.run() } } == "run.fault")
  }

  @Test func errorsOfGraphsAreReached() {
    #expect(id { _ = try GraphParser.parse("graph (") } == "graph.syntax")
    let wrong = "graph {\n  input x: f32[2]\n  x = parameter 0 : f32[2]\n  y = parameter 0 : f32[2]\n  return z: y\n}"
    #expect(id { _ = try GraphParser.parse(wrong) } == "graph.invalid")
  }

  @Test func errorsOfTheLibrarysUseAreReached() {
    #expect(id { _ = try Model(source: model, options: ModelOptions(precision: .i32)) } == "type.precision")
  }

  @Test func theLastResortsOfTheElaboratorAreReached() throws {
    let (tree, _) = Parser.parse(SourceFile(name: "model.gd", text: "y = 1\noutput y"))
    let name = try #require(tree.names.find("y"))
    let elaborator = Elaborator(tree, options: ElaborationOptions(), hasSyntaxErrors: false)
    elaborator.modelFrame.bindings[name] = .value(.error)
    elaborator.elaborateOutputs()
    let scalar = elaborator.constant(Constant(1, .f64))
    _ = try? elaborator.emit(.transpose([1]), [scalar])
    #expect(elaborator.diagnostics.map(\.id) == ["output.value", "type.rule"])
  }
}
