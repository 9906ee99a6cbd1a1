import Foundation
import GradLanguage
import Testing

@testable import Grad

/// Every function has a page, every page a function, and docs/functions.md is made of the pages.
@Suite struct FunctionPageTests {
  @Test func everyFunctionHasOnePage() {
    let pages = FunctionPage.all.map(\.name)
    #expect(Set(pages).count == pages.count)
    #expect(pages.sorted() == FunctionSignature.all.map(\.name))
  }

  @Test(arguments: FunctionPage.all.map(\.name)) func theExampleCallsItsFunction(_ name: String) throws {
    let page = try #require(FunctionPage.page(name))
    // A product is an operator as well.
    #expect(page.example.text.contains("\(name)(") || name == "matmul")
    #expect(try page.example.run(name: "m.gd").model.warnings.isEmpty)
  }

  @Test func signaturesAreThoseOfTheTables() {
    func calls(_ name: String) -> [String]? { FunctionPage.page(name)?.signature?.calls }
    #expect(calls("max") == ["max(x, axis=all, keepdims=false)", "max(a, b)"])
    #expect(calls("layer_norm") == ["layer_norm(x, gain, bias, eps=1e-5)"])
    #expect(calls("norm") == ["norm(x, axis=all, keepdims=false)"])
    #expect(FunctionPage.page("mse")?.signature?.definition == "fn mse(a, b) = mean(square(a - b))")
  }

  @Test func theDocumentIsMadeOfThePages() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/functions.md").standardizedFileURL
    let document = try FunctionPage.document()
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" { try document.write(to: file, atomically: true, encoding: .utf8) }
    #expect(try String(contentsOf: file, encoding: .utf8) == document, "RECORD_SNAPSHOTS=1 writes it")
  }
}
