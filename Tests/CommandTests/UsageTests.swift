import Foundation
import Testing

/// Wrong usage is exit 64; help teaches.
@Suite struct UsageTests {
  @Test(arguments: [
    ["walk", "m.gd"], ["run"], ["run", "m.gd", "n.gd"], ["run", "m.gd", "--nonsense"], ["run", "m.gd", "--set"],
    ["run", "m.gd", "--set", "x"], ["run", "m.gd", "--set", "=3"], ["run", "m.gd", "--set", "x="], ["run", "m.gd", "-D", "n"],
    ["run", "m.gd", "-D", "n=x"], ["run", "m.gd", "-D", "n=-1"], ["run", "m.gd", "-D", "n=1", "-D", "n=2"], ["run", "m.gd", "-D", "=1"],
    ["run", "m.gd", "-D", "n=99999999999999999999"], ["run", "m.gd", "--precision", "f16"], ["run", "m.gd", "--backend", "gpu"],
    ["inspect", "m.gd", "--stage", "nothing"], ["inspect", "m.gd", "--backend", "interpreter"], ["compile", "m.gd", "--emit", "c,exe"],
    ["compile", "m.gd", "--emit", ""], ["check", "m.gd", "--json"], ["check"], ["inspect"], ["compile"],
  ])
  func wrongUsageIsExit64(_ arguments: [String]) throws {
    let folder = try folder(["m.gd": "input x: []\noutput x\n"])
    let outcome = try Program.run(Command.gradc, arguments, in: folder)
    #expect(outcome.status == 64, "\(outcome)")
    #expect(outcome.output == "" && outcome.errors.contains("Usage"), "\(outcome)")
  }

  @Test func helpTeaches() throws {
    let folder = try folder()
    let outcome = try folder.gradc("--help")
    #expect(outcome.status == 0 && outcome.errors == "", "\(outcome)")
    for part in ["grad(loss, w)", "gradc run", "gradc check", "gradc compile", "gradc inspect", "Exit status", "64"] {
      #expect(outcome.output.contains(part), "\(part)")
    }
    for (command, parts) in [
      "run": ["--inputs", "--set", "--outputs", "--json", "--backend", "-D", "--precision"], "check": ["--inputs", "f64", "differences"],
      "inspect": ["--stage", "syntax", "kernels", "--timings"], "compile": ["--emit", "-o", "manifest"],
    ] {
      let help = try folder.gradc(command, "--help")
      #expect(help.status == 0)
      for part in parts { #expect(help.output.contains(part), "\(command): \(part)") }
    }
  }

  /// The model and the commands of the help do what it says.
  @Test func theExampleOfTheHelpRuns() throws {
    let folder = try folder()
    let help = try folder.gradc("--help").output
    let lines = help.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    let start = try #require(lines.firstIndex { $0.hasPrefix("# square.gd") })
    let end = try #require(lines.firstIndex { $0.hasPrefix("output") })
    try folder.write("square.gd", lines[start...end].joined(separator: "\n") + "\n")
    let commands = lines.filter { $0.hasPrefix("gradc ") && $0.contains("square.gd") }
    #expect(commands.count >= 4)
    for command in commands {
      let words = command.split(separator: "  ").first.map { $0.split(separator: " ").map(String.init) } ?? []
      let outcome = try Program.run(Command.gradc, Array(words.dropFirst()), in: folder)
      #expect(outcome.status == 0, "\(command): \(outcome)")
    }
    #expect(try folder.gradc("run", "square.gd", "--set", "w=[1,2,3]").output == "loss: f32 = 5.0\ndloss_dw: f32[3] = [0.0, 2.0, 4.0]\n")
  }

  @Test func theVersionIsPrinted() throws {
    let outcome = try folder().gradc("--version")
    #expect(outcome.status == 0 && outcome.output.hasPrefix("gradc "), "\(outcome)")
  }

  @Test func severalMistakesOfAModelAreReportedOnceEach() throws {
    let folder = try folder(["m.gd": "input x: [3]\ny = x + [1, 2]\nz = missing\noutput y, z\n"])
    for command in [["run"], ["check"], ["inspect", "--stage", "c"], ["compile"]] {
      let outcome = try Program.run(Command.gradc, command + ["m.gd"], in: folder)
      #expect(outcome.status == 1 && outcome.output == "", "\(outcome)")
      #expect(outcome.errors.components(separatedBy: "error:").count == 3, "\(outcome)")
      #expect(outcome.errors.contains("m.gd:2:") && outcome.errors.contains("m.gd:3:"), "\(outcome)")
    }
  }
}
