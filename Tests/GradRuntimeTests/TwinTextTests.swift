import Foundation
import Testing

/// The products and sums of rows of f64 are the text of those of f32 with the names of types and the endings of constants exchanged: who changes one
/// changes both.
@Test(arguments: ["matrix_tile", "matrix_product", "view_product", "row_sum"]) func bothWidthsAreOneText(_ kind: String) throws {
  let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Runtime/functions")
  func text(_ type: String) throws -> Substring {
    let all = try String(contentsOf: folder.appending(path: "grad_\(kind)_\(type).h"), encoding: .utf8)
    // The heading speaks of both.
    return all[try #require(all.firstRange(of: "*/")).upperBound...]
  }
  let exchanged = try text("f32").replacing("f32", with: "f64").replacing("F32", with: "F64").replacing("float", with: "double")
    .replacing(/(\d)\.0f/) { "\($0.1).0" }
  #expect(try exchanged == text("f64"))
}
