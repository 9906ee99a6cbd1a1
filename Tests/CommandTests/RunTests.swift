import Foundation
import Grad
import TestSupport
import Testing

private let line = "dim n\ninput x: [n]\nparam a: [] ~ ones\nparam b: [] ~ constant(0.5)\ny = a * x + b\noutput y, loss = sum(y^2)\n"
private let square = "input x: f64\noutput y = x^2, g = grad(x^2, x)\n"

/// `gradc run`: where data comes from, what is printed and written.
@Suite struct RunTests {
  @Test func printsEveryOutputWithItsType() throws {
    let folder = try folder(["line.gd": line])
    let outcome = try folder.gradc("run", "line.gd", "--set", "x=[1,2]")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output == "y: f32[2] = [1.5, 2.5]\nloss: f32 = 8.5\n")
    #expect(outcome.errors == "")
  }

  @Test(arguments: ["tcc", "cc", "interpreter"]) func everyBackendIsTaken(_ backend: String) throws {
    let folder = try folder(["square.gd": square])
    let outcome = try folder.gradc("run", "square.gd", "--set", "x=3.5", "--backend", backend)
    #expect(outcome.output == "y: f64 = 12.25\ng: f64 = 7.0\n", "\(outcome)")
  }

  @Test func setTakesScalarsListsAndFiles() throws {
    let folder = try folder(["m.gd": "dim n, m\ninput W: [n, m]\ninput w: [m]\ninput s: []\ninput t: bool\noutput y = s * (W @ w), t\n"])
    try Npy.write(Tensor([1, 2, 3, 4, 5, 6] as [Double], shape: [3, 2]), path: folder.file("w.npy"))
    let outcome = try folder.gradc("run", "m.gd", "--set", "W=@w.npy", "--set", "w=[1, -2]", "--set", "s=5e-1", "--set", "t=true")
    #expect(outcome.output == "y: f32[3] = [-1.5, -2.5, -3.5]\nt: bool = true\n", "\(outcome)")
    let nested = try folder.gradc("run", "m.gd", "--set", "W=[[1,2],[3,4]]", "--set", "w=[1,1]", "--set", "s=-1", "--set", "t=false")
    #expect(nested.output == "y: f32[2] = [-3.0, -7.0]\nt: bool = false\n", "\(nested)")
  }

  @Test func setWinsOverInputs() throws {
    let folder = try folder(["line.gd": line])
    try folder.write("in.npz", [NamedTensor("x", Tensor([1, 2] as [Float])), NamedTensor("a", Tensor([10] as [Float], shape: []))])
    let outcome = try folder.gradc("run", "line.gd", "--inputs", "in.npz", "--set", "a=2")
    #expect(outcome.output.hasPrefix("y: f32[2] = [2.5, 4.5]\n"), "\(outcome)")
  }

  @Test func jsonNamesTypesAndValues() throws {
    let folder = try folder(["m.gd": "input x: [3]\ninput i: i64[2, 1]\noutput y = log(x), i, s = 1 / x[0], t = x > 1, e = x[0:0]\n"])
    let outcome = try folder.gradc("run", "m.gd", "--json", "--set", "x=[0,-1,inf]", "--set", "i=[[1],[-9007199254740993]]")
    #expect(outcome.status == 0, "\(outcome)")
    let object = try json(outcome.output)
    func entry(_ name: String) throws -> (type: String, value: Any) {
      let entry = try #require(object[name] as? [String: Any])
      return (try #require(entry["type"] as? String), try #require(entry["value"]))
    }
    #expect(try entry("y").type == "f32[3]")
    #expect(try entry("y").value as? [String] == ["-inf", "nan", "inf"])
    #expect(try entry("i").type == "i64[2, 1]")
    #expect(try entry("i").value as? [[Int]] == [[1], [-9_007_199_254_740_993]])
    #expect(try entry("s").type == "f32")
    #expect(try entry("s").value as? String == "inf")
    #expect(try entry("t").type == "bool[3]")
    #expect(try entry("t").value as? [Bool] == [false, false, true])
    #expect(try entry("e").type == "f32[0]")
    #expect((try entry("e").value as? [Double])?.isEmpty == true)
  }

  @Test func outputsAreWrittenByName() throws {
    let folder = try folder(["line.gd": line])
    let outcome = try folder.gradc("run", "line.gd", "--set", "x=[1,2]", "--outputs", "out.npz")
    #expect(outcome.status == 0 && outcome.output == "", "\(outcome)")
    let written = try Npz.read(path: folder.file("out.npz"))
    #expect(written.arrays == [NamedTensor("y", Tensor([1.5, 2.5] as [Float])), NamedTensor("loss", Tensor([8.5] as [Float], shape: []))])
  }

  @Test func outputsAndJsonGoTogether() throws {
    let folder = try folder(["square.gd": square])
    let outcome = try folder.gradc("run", "square.gd", "--set", "x=2", "--outputs", "out.npz", "--json")
    #expect(outcome.output == #"{"y": {"type": "f64", "value": 4.0}, "g": {"type": "f64", "value": 4.0}}"# + "\n", "\(outcome)")
    #expect(try Npz.read(path: folder.file("out.npz")).arrays.count == 2)
  }

  @Test(arguments: [["-D", "n=4"], ["-Dn=4"]]) func dimsAreBoundFromOutside(_ option: [String]) throws {
    let folder = try folder(["m.gd": "dim n\noutput y = sum(iota(n)), z = ones([n])\n"])
    let outcome = try Program.run(Command.gradc, ["run", "m.gd"] + option, in: folder)
    #expect(outcome.output == "y: i64 = 6\nz: f32[4] = [1.0, 1.0, 1.0, 1.0]\n", "\(outcome)")
    let fixed = try TemporaryFolder()
    try fixed.write("m.gd", "dim n = 2\noutput y = iota(n)\n")
    #expect(try Program.run(Command.gradc, ["run", "m.gd"] + option, in: fixed).output == "y: i64[4] = [0, 1, 2, 3]\n")
  }

  @Test func aDimThatNothingBindsIsNamed() throws {
    let folder = try folder(["m.gd": "dim n\noutput y = sum(iota(n))\n"])
    let outcome = try folder.gradc("run", "m.gd")
    #expect(outcome.status == 1 && outcome.errors.contains("`n`") && outcome.errors.contains("-D"), "\(outcome)")
  }

  @Test func precisionOfTheCommandWins() throws {
    let folder = try folder(["m.gd": "precision f32\ninput x: []\ninput z: f32\noutput y = x / 3, z\n"])
    let outcome = try folder.gradc("run", "m.gd", "--set", "x=1", "--set", "z=0.1", "--precision", "f64")
    #expect(outcome.output == "y: f64 = 0.3333333333333333\nz: f32 = 0.1\n", "\(outcome)")
  }

  @Test func numbersReadBackTheSame() throws {
    let folder = try folder(["m.gd": "input x: f64[4]\noutput x\n"])
    let outcome = try folder.gradc("run", "m.gd", "--set", "x=[0.1,1e23,5e-324,-0.0]")
    #expect(outcome.output == "x: f64[4] = [0.1, 1e+23, 5e-324, -0.0]\n", "\(outcome)")
  }

  @Test func longArraysAreShortenedAndWholeInJson() throws {
    let folder = try folder(["m.gd": "output y = iota(1000)\n"])
    let short = try folder.gradc("run", "m.gd")
    #expect(short.output == "y: i64[1000] = [0, 1, 2, …, 997, 998, 999]\n", "\(short)")
    let object = try json(try folder.gradc("run", "m.gd", "--json").output)
    #expect(((object["y"] as? [String: Any])?["value"] as? [Int])?.count == 1000)
  }

  /// Decimal commas of a locale reach neither texts nor the code that libtcc makes.
  @Test(.enabled(if: Program.path(of: "localedef") != nil)) func aCommaLocaleChangesNothing() throws {
    let folder = try folder(["m.gd": "input x: f64\noutput y = x * 1.5 + 0.25, z = 1e-3 * x\n"])
    let made = try Program.run("localedef", ["-i", "de_DE", "-f", "UTF-8", folder.file("de_DE.UTF-8")], in: folder)
    // Without the locale's sources there is nothing to try.
    guard FileManager.default.fileExists(atPath: folder.file("de_DE.UTF-8")) else {
      print("skipped, localedef says: \(made.errors)")
      return
    }
    let environment = ["LOCPATH": folder.path, "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"]
    let comma = try folder.shell("printf '%.1f' 1,5", environment: environment)
    #expect(comma.output == "1,5", "the locale is in force")
    for arguments in [["run", "m.gd", "--set", "x=0.5"], ["run", "m.gd", "--set", "x=0.5", "--json"], ["inspect", "m.gd"]] {
      let plain = try Program.run(Command.gradc, arguments, in: folder)
      let local = try Program.run(Command.gradc, arguments, in: folder, environment: environment)
      #expect(plain.status == 0 && local.output == plain.output, "\(local)")
    }
    #expect(try folder.gradc("run", "m.gd", "--set", "x=0.5", environment: environment).output == "y: f64 = 1.0\nz: f64 = 0.0005\n")
  }

  @Test func whatMakesInfinitiesIsNamedWhereThatIsAskedFor() throws {
    let folder = try folder(["m.gd": "input x: [2]\ny = log(x)\noutput y\n"])
    #expect(try folder.gradc("run", "m.gd", "--set", "x=[1,0]").output == "y: f32[2] = [0.0, -inf]\n")
    #expect(try folder.gradc("run", "m.gd", "--set", "x=[1,2]", "--check-finite").status == 0)
    let outcome = try folder.gradc("run", "m.gd", "--set", "x=[1,0]", "--check-finite")
    #expect(outcome.status == 1 && outcome.output == "", "\(outcome)")
    #expect(outcome.errors.contains("m.gd:2:5: error: `log` makes -inf at [1] of `y`"), "\(outcome)")
  }
}
