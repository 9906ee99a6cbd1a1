import Foundation
import Grad
import Testing

private let model = """
  dim batch
  dim features = 2
  input x: [batch, features]
  input i: i32[batch]
  param w: [features] ~ ones
  param v: [features]
  output y = x @ w + sum(v), i

  """
private func data(_ arrays: NamedTensor...) -> [NamedTensor] { arrays }
private let x = NamedTensor("x", Tensor([1, 2, 3, 4, 5, 6] as [Double], shape: [3, 2]))
private let i = NamedTensor("i", Tensor([1, 2, 3] as [Int64]))
private let v = NamedTensor("v", Tensor([10, 20] as [Float]))

/// What data is taken, and what is said where it is not: exit 1, and names.
@Suite struct DataTests {
  private func run(_ arrays: [NamedTensor], _ more: String...) throws -> Outcome {
    let folder = try folder(["m.gd": model])
    try folder.write("in.npz", arrays)
    return try Program.run(Command.gradc, ["run", "m.gd", "--inputs", "in.npz"] + more, in: folder)
  }

  @Test func floatsOfEitherWidthAndIntegersThatFitAreConverted() throws {
    let outcome = try run([x, i, v])
    #expect(outcome.output == "y: f32[3] = [33.0, 37.0, 41.0]\ni: i32[3] = [1, 2, 3]\n", "\(outcome)")
    let integers = try run([NamedTensor("x", Tensor([1, 2] as [Int32], shape: [1, 2])), NamedTensor("i", Tensor([true])), v])
    #expect(integers.output == "y: f32[1] = [33.0]\ni: i32[1] = [1]\n", "\(integers)")
  }

  @Test func aLaterArchiveWins() throws {
    let folder = try folder(["m.gd": model])
    try folder.write("in.npz", [x, i, v])
    try folder.write("more.npz", [NamedTensor("v", Tensor([0, 0] as [Float]))])
    let outcome = try folder.gradc("run", "m.gd", "--inputs", "in.npz", "--inputs", "more.npz")
    #expect(outcome.output == "y: f32[3] = [3.0, 7.0, 11.0]\ni: i32[3] = [1, 2, 3]\n", "\(outcome)")
  }

  @Test func arraysThatTheModelDoesNotNameAreLeftAsideWithANote() throws {
    let outcome = try run([x, i, v, NamedTensor("extra", Tensor([1] as [Float]))])
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.errors.contains("extra") && outcome.errors.contains("note"), "\(outcome)")
    #expect(!outcome.output.contains("extra"))
  }

  @Test func aMissingInputIsNamed() throws {
    let outcome = try run([x, v])
    #expect(outcome.status == 1 && outcome.errors.contains("input 'i' is not given"), "\(outcome)")
    #expect(outcome.errors.contains("m.gd:4:"), "\(outcome)")
  }

  @Test func aParamWithoutInitializerMustBeGivenAndOneWithNeedNot() throws {
    let outcome = try run([x, i])
    #expect(outcome.status == 1 && outcome.errors.contains("param 'v'"), "\(outcome)")
    #expect(!outcome.errors.contains("'w'"), "\(outcome)")
    #expect(try run([x, i, v]).status == 0)
  }

  @Test func floatsForIntegersAreRefused() throws {
    let outcome = try run([x, NamedTensor("i", Tensor([1, 2, 3] as [Double])), v])
    #expect(outcome.status == 1 && outcome.errors.contains("'i'") && outcome.errors.contains("i32"), "\(outcome)")
  }

  @Test func integersThatDoNotFitAreRefusedWithPositionAndValue() throws {
    let outcome = try run([x, NamedTensor("i", Tensor([1, 1 << 40, 3] as [Int64])), v])
    #expect(outcome.status == 1 && outcome.errors.contains("1099511627776 at [1]"), "\(outcome)")
  }

  @Test func conflictsOfShapesNameBothPlaces() throws {
    let outcome = try run([x, NamedTensor("i", Tensor([1, 2] as [Int64])), v])
    #expect(outcome.status == 1, "\(outcome)")
    for part in ["`batch`", "`x`", "`i`", "2", "3", "m.gd:3:", "m.gd:4:"] { #expect(outcome.errors.contains(part), "\(part): \(outcome)") }
  }

  @Test func aFixedDimAndDataThatDifferAreAConflict() throws {
    let outcome = try run([NamedTensor("x", Tensor([1, 2, 3] as [Float], shape: [1, 3])), NamedTensor("i", Tensor([1] as [Int64])), v])
    #expect(outcome.status == 1 && outcome.errors.contains("features") && outcome.errors.contains("`x`"), "\(outcome)")
    #expect(outcome.errors.contains("m.gd:2:") && outcome.errors.contains("m.gd:3:"), "\(outcome)")
  }

  @Test(arguments: ["batch=4", "features=3"]) func aDimByHandAndDataThatDifferAreAConflict(_ binding: String) throws {
    let outcome = try run([x, i, v], "-D", binding)
    #expect(outcome.status == 1 && outcome.errors.contains("-D"), "\(outcome)")
    #expect(outcome.errors.contains(String(binding.prefix { $0 != "=" })) && outcome.errors.contains("`x`"), "\(outcome)")
  }

  @Test func aDimByHandThatAgreesIsTaken() throws { #expect(try run([x, i, v], "-D", "batch=3", "-Dfeatures=2").status == 0) }

  @Test func aDimByHandThatTheModelLacksIsAnError() throws {
    let outcome = try run([x, i, v], "-D", "rows=4")
    #expect(outcome.status == 1 && outcome.errors.contains("rows"), "\(outcome)")
  }

  @Test func aWrongNumberOfAxesIsSaid() throws {
    let outcome = try run([NamedTensor("x", Tensor([1, 2] as [Float])), i, v])
    #expect(outcome.status == 1 && outcome.errors.contains("'x'") && outcome.errors.contains("1 axis (f32[2]), not 2"), "\(outcome)")
  }

  @Test func severalFaultsAreReportedAtOnce() throws {
    let outcome = try run([NamedTensor("x", Tensor([1, 2] as [Float]))])
    for name in ["'x'", "'i'", "'v'"] { #expect(outcome.errors.contains(name), "\(outcome)") }
  }

  @Test func aNameSetByHandMustBeTheModels() throws {
    let outcome = try run([x, i, v], "--set", "q=1")
    #expect(outcome.status == 1 && outcome.errors.contains("'q'"), "\(outcome)")
  }

  @Test(arguments: ["x=[1", "x=[[1,2],[3]]", "x=one", "x=[1,[2]]", "x=@missing.npy", "x=]", "x=1,2", "x=[1,,2]"])
  func aValueThatIsNoneIsExitOne(_ setting: String) throws {
    let outcome = try run([i, v], "--set", setting)
    #expect(outcome.status == 1 && outcome.errors.contains("error"), "\(outcome)")
  }

  @Test(arguments: [0, 1, 10, 30, 100, 200, 300]) func aTruncatedArchiveIsExitOne(length: Int) throws {
    let folder = try folder(["m.gd": model])
    let whole = try Npz.serialized([x, i, v])
    try Data(whole.prefix(length)).write(to: URL(filePath: folder.file("in.npz")))
    let outcome = try folder.gradc("run", "m.gd", "--inputs", "in.npz")
    #expect(outcome.status == 1 && outcome.errors.contains("in.npz"), "\(outcome)")
    #expect(outcome.output == "")
  }

  @Test func anEmptyBatchRuns() throws {
    let empty = [NamedTensor("x", Tensor([] as [Float], shape: [0, 2])), NamedTensor("i", Tensor([] as [Int64])), v]
    let outcome = try run(empty)
    #expect(outcome.output == "y: f32[0] = []\ni: i32[0] = []\n", "\(outcome)")
  }

  @Test(arguments: ["mean", "max", "min", "argmax", "argmin"]) func theExtremeOfAnEmptyBatchIsAnErrorOfBinding(_ function: String) throws {
    let folder = try folder(["m.gd": "dim batch\ninput x: [batch]\noutput s = sum(x), p = prod(x), m = \(function)(x)\n"])
    let outcome = try folder.gradc("run", "m.gd", "--set", "x=[]")
    #expect(outcome.status == 1 && outcome.errors.contains("batch") && outcome.errors.contains("m.gd:3:"), "\(outcome)")
    #expect(outcome.output == "")
  }

  @Test func theSumOfAnEmptyBatchIsZeroAndTheProductOne() throws {
    let folder = try folder(["m.gd": "dim batch\ninput x: [batch]\noutput s = sum(x), p = prod(x), a = any(x > 0), b = all(x > 0)\n"])
    let outcome = try folder.gradc("run", "m.gd", "--set", "x=[]")
    #expect(outcome.output == "s: f32 = 0.0\np: f32 = 1.0\na: bool = false\nb: bool = true\n", "\(outcome)")
  }

  @Test(arguments: ["tcc", "cc", "interpreter"]) func anIndexOutOfRangeIsReportedAtItsExpression(_ backend: String) throws {
    let folder = try folder(["m.gd": "dim n, m\ninput table: [n, 2]\ninput ids: i64[m]\noutput y = table[ids]\n"])
    let outcome = try folder.gradc("run", "m.gd", "--set", "table=[[1,2],[3,4]]", "--set", "ids=[0,1,-1000]", "--backend", backend)
    #expect(outcome.status == 1 && outcome.output == "", "\(outcome)")
    for part in ["m.gd:4:", "-1000", "[2]", "`ids`"] { #expect(outcome.errors.contains(part), "\(part): \(outcome)") }
  }

  /// Also where the element at fault is one that nothing reads.
  @Test(arguments: ["table[ids][0:2]", "table[ids][0]", "concat([table[ids][::2], table])", "diag(table[ids])", "(2 * table[ids])[1]"])
  func anIndexOutOfRangeIsReportedWhereOnlyOthersAreRead(_ expression: String) throws {
    let folder = try folder(["m.gd": "dim n\ninput table: [n, 3]\ninput ids: i64[3]\noutput y = \(expression)\n"])
    for backend in ["tcc", "interpreter"] {
      for ids in ["[0,1,-3]", "[0,5,0]"] {
        let outcome = try folder.gradc("run", "m.gd", "--set", "table=[[1,2,0],[3,4,0]]", "--set", "ids=\(ids)", "--backend", backend)
        #expect(outcome.status == 1 && outcome.errors.contains(ids == "[0,1,-3]" ? "-3 at [2]" : "5 at [1]"), "\(backend): \(outcome)")
      }
    }
  }

  @Test(arguments: ["tcc", "interpreter"], [99, -1, 3]) func aLabelOutsideTheClassesIsReportedAtItsExpression(
    _ backend: String, _ label: Int
  ) throws {
    let text = "dim n\ninput z: [n, 3]\ninput label: i32[n]\nloss = mean(softmax_cross_entropy(z, label))\noutput loss, grad(loss, z)\n"
    let folder = try folder(["m.gd": text.replacing("input z", with: "param z")])
    let outcome = try folder.gradc(
      "run", "m.gd", "--set", "z=[[1,2,3],[0,0,0]]", "--set", "label=[2,\(label)]", "--backend", backend)
    #expect(outcome.status == 1 && outcome.output == "", "\(outcome)")
    for part in ["m.gd:4:", "\(label)", "[1]", "`label`"] { #expect(outcome.errors.contains(part), "\(part): \(outcome)") }
  }

  @Test func errorsOfTheModelComeBeforeAnyWordOnData() throws {
    let folder = try folder(["m.gd": "input x: [3]\noutput y = x @ nothing\n"])
    for command in ["run", "check"] {
      let outcome = try folder.gradc(command, "m.gd", "--inputs", "missing.npz")
      #expect(outcome.status == 1 && outcome.errors.contains("nothing"), "\(outcome)")
      #expect(!outcome.errors.contains("missing.npz"), "\(outcome)")
    }
  }
}
