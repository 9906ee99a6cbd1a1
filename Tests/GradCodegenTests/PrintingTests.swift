import GradIR
import Testing

@testable import GradCodegen

@Suite struct PrintingTests {
  @Test func floatsAreWholeOrHexadecimal() {
    func text(_ value: Float) -> String { CPrinter.literal(.f32, UInt64(value.bitPattern)) }
    #expect(text(1) == "1.0f")
    #expect(text(-0.0) == "-0.0f")
    #expect(text(0.5) == "0x1p-1f")
    #expect(text(0.1) == "0x1.99999ap-4f")
    #expect(text(.leastNonzeroMagnitude) == "0x1p-149f")
    #expect(text(.infinity) == "grad_infinity_f32()")
    #expect(
      CPrinter.literal(.f64, (3e300).bitPattern) == "0x1.1ebf5daaaaee5p+998" || CPrinter.literal(.f64, (3e300).bitPattern).hasPrefix("0x1.")
    )
    #expect(CPrinter.literal(.i32, UInt64(bitPattern: Int64(Int32.min))) == "(-2147483647 - 1)")
  }

  @Test func hexadecimalFloatsReadBackTheSame() {
    var bits: UInt64 = 0x9E37_79B9
    for _ in 0..<2000 {
      bits = bits &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Double(bitPattern: bits)
      if !value.isFinite { continue }
      #expect(Double(CPrinter.literal(.f64, bits))?.bitPattern == bits)
    }
  }

  @Test func commentsHoldWhateverAModelSays() {
    let text = CPrinter.commentText("a */ b /* ??/ \\ é \u{7}")
    #expect(!text.contains("*/") && !text.contains("/*") && !text.contains("??") && !text.contains("\\"))
    #expect(text.utf8.allSatisfy { $0 >= 32 && $0 < 127 })
    #expect(CPrinter.stringLiteral("\"??/\\é\n") == "\"\\\"\\?\\?/\\\\\\303\\251\\012\"")
  }

  @Test func runtimeTextIsComplete() throws {
    let all = String(decoding: PackageResources.all_h, as: UTF8.self)
    for line in all.split(separator: "\n") where line.hasPrefix("#include \"") {
      let stem = line.dropFirst(10).dropLast(3)
      #expect(RuntimeFunction.fileNames.contains(String(stem)), "\(stem) is not among the runtime's files")
    }
    for function in RuntimeFunction.all {
      for name in function.requires {
        #expect(RuntimeFunction.byName[name] != nil, "\(function.name) requires \(name)")
        // A library would have it twice.
        let isLent = RuntimeFunction.lent.contains(name) && !RuntimeFunction.lent.contains(function.name)
        #expect(!isLent, "\(function.name) requires \(name), which is lent")
      }
    }
    for function in ScalarFunction.all {
      guard case .call(let name) = function.record.spelling else { continue }
      let suffix = function.record.typeRule == .arithmetic || function.record.typeRule == .float ? "f32" : "bool"
      #expect(RuntimeFunction.byName["grad_\(name)_\(suffix)"] != nil, "\(name) has no text")
    }
  }

  @Test func sumsOfElementWiseOpsAreOneKernel() throws {
    let graph = try GraphParser.parse(
      """
      graph {
        input x: f32[n, 4]
        input b: f32[4]
        x = parameter 0 : f32[n, 4]
        b = parameter 1 : f32[4]
        %2 = broadcast[axes 1](b) : f32[n, 4]
        %3 = add(x, %2) : f32[n, 4]
        h = tanh(%3) : f32[n, 4]
        %5 = multiply(h, h) : f32[n, 4]
        loss = reduce_sum[axes 0 1](%5) : f32
        return loss: loss
      }
      """)
    let plan = Grouping.plan(graph)
    #expect(plan.kernels.compactMap { $0 }.count == 1)
    #expect(generateC(graph, options: COptions(name: "model")).source.contains("return 0;\n}"))
  }

  @Test func whatManyReadersWouldComputeAgainIsStored() throws {
    let graph = try GraphParser.parse(
      """
      graph {
        input x: f32[8, 4]
        input w: f32[4, 5]
        x = parameter 0 : f32[8, 4]
        w = parameter 1 : f32[4, 5]
        h = tanh(x) : f32[8, 4]
        y = contract[ab,bc->ac](h, w) : f32[8, 5]
        return y: y
      }
      """)
    #expect(Grouping.plan(graph).kernels.compactMap { $0 }.count == 2)
  }
}
