import GradCodegen
import GradIR
import Testing

@Suite struct PrintedCTests {
  /// y = x² of a parameter of that name, from a file of that name.
  private func square(parameter: String, file: String, dim: Dim = 3) -> GeneratedC {
    let builder = GraphBuilder()
    let x = builder.parameter(Parameter(name: parameter, type: TensorType(.f32, [dim]), role: .input))
    builder.source = SourceRange(0, 4)
    builder.output("y", builder.multiply(x, x))
    let source = SourceFile(name: file, text: "y = x*x")
    return generateC(builder.finish(), options: COptions(name: "square", target: .embedded, sourceFile: source))
  }

  @Test func keywordsAndTheEntrysOwnNamesAreNoNamesOfArguments() {
    for name in ["int", "restrict", "workspace", "square", "int64_t"] {
      let c = square(parameter: name, file: "square.gd")
      #expect(c.inputs[0].name == name)
      #expect(c.inputs[0].cName != name, "\(name) stays \(c.inputs[0].cName)")
    }
    #expect(square(parameter: "x", file: "square.gd").inputs[0].cName == "x")
  }

  @Test func noCommentIsClosedByTheTextOfAModel() {
    let c = square(parameter: "x", file: "a*/ int evil; /*.gd")
    #expect(!c.source.contains("evil; /*.gd"))
    #expect(!c.source.contains("a*/"))
  }

  @Test func symbolicDimsAreParametersAndFixedOnesNumbers() {
    let open = square(parameter: "x", file: "square.gd", dim: .symbol("n"))
    #expect(open.dims == ["n"])
    #expect(open.header.contains("int square(int64_t n, const float *"))
    #expect(square(parameter: "x", file: "square.gd").dims.isEmpty)
  }

  @Test func constantsArePrintedAsHexFloats() {
    let builder = GraphBuilder()
    let x = builder.parameter(Parameter(name: "x", type: TensorType(.f64), role: .input))
    builder.output("y", builder.multiply(x, builder.constant(0.1, TensorType(.f64))))
    let c = generateC(builder.finish(), options: COptions(name: "tenth", target: .embedded, sourceFile: nil))
    #expect(c.source.contains("0x1.999999999999ap-4"))
  }

  @Test func onlyTheRuntimeFunctionsThatAreUsedAreCarried() {
    let c = square(parameter: "x", file: "square.gd").source
    #expect(!c.contains("grad_exp") && !c.contains("grad_sum"))
  }
}
