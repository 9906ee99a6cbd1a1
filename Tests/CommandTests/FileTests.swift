import Foundation
import Grad
import Testing

private let square = "input x: f64\noutput y = x^2\n"

/// Files that cannot be read or written, streams that end: exit 1 and the system's reason, never half a file.
@Suite struct FileFaultTests {
  @Test func aModelThatCannotBeReadIsExitOne() throws {
    let folder = try folder()
    for command in ["run", "check", "inspect", "compile"] {
      let missing = try folder.gradc(command, "missing.gd")
      #expect(missing.status == 1 && missing.errors.contains("missing.gd"), "\(missing)")
      let directory = try folder.gradc(command, ".")
      #expect(directory.status == 1, "\(directory)")
    }
  }

  @Test func inputsThatCannotBeReadAreExitOne() throws {
    let folder = try folder(["m.gd": square, "text.npz": "no archive"])
    for name in ["missing.npz", ".", "text.npz", "m.gd"] {
      let outcome = try folder.gradc("run", "m.gd", "--inputs", name)
      #expect(outcome.status == 1 && outcome.errors.contains(name), "\(outcome)")
    }
  }

  /// A device without an end is not read to its end, a pipe is.
  @Test func whatHasNoEndIsRefusedAtItsBeginning() throws {
    let folder = try folder(["m.gd": "input x: [2]\noutput y = 2 * x\n"])
    try folder.write("x.npz", [NamedTensor("x", Tensor([1, 2] as [Double]))])
    try Npy.write(Tensor([1, 2] as [Double]), path: folder.file("x.npy"))
    for (arguments, words) in [
      (["run", "/dev/zero"], "has more than"), (["run", "m.gd", "--inputs", "/dev/zero"], "does not begin as"),
      (["run", "m.gd", "--set", "x=@/dev/zero"], "magic bytes"),
    ] {
      let outcome = try Program.run(Command.gradc, arguments, in: folder)
      #expect(outcome.status == 1 && outcome.errors.contains(words), "\(outcome)")
    }
    #expect(try folder.shell("cat x.npz | \"$GRADC\" run m.gd --inputs /dev/stdin").output == "y: f32[2] = [2.0, 4.0]\n")
    #expect(try folder.shell("cat x.npy | \"$GRADC\" run m.gd --set x=@/dev/stdin").output == "y: f32[2] = [2.0, 4.0]\n")
    for script in ["cat x.npy x.npy", "cat x.npy /dev/zero", "head -c 130 x.npy", "head -c 30 x.npy", "head -c 3 x.npy"] {
      let outcome = try folder.shell("\(script) | \"$GRADC\" run m.gd --set x=@/dev/stdin")
      #expect(outcome.status == 1 && outcome.errors.contains("'/dev/stdin'"), "\(script): \(outcome)")
    }
  }

  @Test func outputsThatCannotBeWrittenAreExitOne() throws {
    let folder = try folder(["m.gd": square])
    for name in ["missing/out.npz", ".", "/dev/full"] {
      let outcome = try folder.gradc("run", "m.gd", "--set", "x=1", "--outputs", name)
      #expect(outcome.status == 1 && outcome.errors.contains(name), "\(outcome)")
    }
    let compiled = try folder.gradc("compile", "m.gd", "-o", "m.gd")
    #expect(compiled.status == 1 && compiled.errors.contains("m.gd"), "\(compiled)")
    #expect(folder.files == ["m.gd"])
  }

  @Test(arguments: [["run", "m.gd", "--set", "x=1"], ["run", "m.gd", "--set", "x=1", "--json"], ["check", "d.gd"], ["inspect", "m.gd"]])
  func aFullDeviceIsExitOne(_ arguments: [String]) throws {
    let folder = try folder(["m.gd": square, "d.gd": "input x: f64\noutput g = grad(x^2, x)\n"])
    let outcome = try Program.run(Command.gradc, arguments, in: folder, output: "/dev/full")
    #expect(outcome.status == 1 && outcome.errors.contains("standard output"), "\(outcome)")
  }

  @Test func aReaderThatGoesAwayIsNoFault() throws {
    let folder = try folder(["m.gd": "output y = iota(300000)\n"])
    let outcome = try folder.shell("\"$GRADC\" run m.gd --json | head -c 10; echo \" ${PIPESTATUS[0]}\"")
    #expect(outcome.output == "{\"y\": {\"ty 0\n" && outcome.errors == "", "\(outcome)")
  }

  /// A limit of the system stops the file in its middle: the old one stays, nothing is left beside it.
  @Test func noFileIsLeftHalfWritten() throws {
    let folder = try folder(["m.gd": "output y = iota(300000)\n", "out.npz": "old"])
    let outcome = try folder.shell("ulimit -f 100; \"$GRADC\" run m.gd --outputs out.npz")
    #expect(outcome.status == 1 && outcome.errors.contains("out.npz"), "\(outcome)")
    #expect(folder.files == ["m.gd", "out.npz"])
    #expect(try String(contentsOfFile: folder.file("out.npz"), encoding: .utf8) == "old")
  }

  @Test func outputsOfAFailingRunAreNotWritten() throws {
    let folder = try folder(["m.gd": "input x: [2]\ninput i: i32\noutput y = x[i]\n"])
    let outcome = try folder.gradc("run", "m.gd", "--set", "x=[1,2]", "--set", "i=7", "--outputs", "out.npz")
    #expect(outcome.status == 1 && folder.files == ["m.gd"], "\(outcome)")
  }
}
