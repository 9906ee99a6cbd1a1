import Foundation
import Grad
import Testing

/// On a terminal errors are coloured and name their IDs, which `gradc help` explains; elsewhere they stand alone.
@Suite struct ErrorHelpTests {
  private static let commands = ErrorPage.all.compactMap { page -> (id: String, text: String)? in
    guard case .commands(let text) = page.example, text.hasPrefix("$ ") else { return nil }
    return (page.id, text)
  }

  /// Runs lines of a shell on a terminal.
  private func onTerminal(_ text: String, in folder: TemporaryFolder, environment: [String: String] = [:]) throws -> Outcome {
    let lines = text.split(separator: "\n").map { $0.hasPrefix("$ ") ? $0.dropFirst(2) : $0 }.joined(separator: "\n")
    try folder.write("lines.sh", lines + "\n")
    let path = URL(filePath: Command.gradc).deletingLastPathComponent().path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
    return try Program.run(
      "script", ["-qec", "bash ./lines.sh", "/dev/null"], in: folder,
      environment: ["PATH": path, "TERM": "xterm", "NO_COLOR": ""].merging(environment) { $1 })
  }

  @Test(arguments: commands.indices) func theCommandsOfAPageLeadToItsError(_ index: Int) throws {
    let (id, text) = Self.commands[index]
    // Built without libtcc, the tests' gradc would say so; this one has it. What the parser of arguments finds itself has one page.
    if id == "jit.unavailable" || id == "usage.arguments" { return }
    let folder = try folder(["model.gd": "input x: [3]\noutput y = sum(x)\n"])
    try Npy.write(Tensor([Double](repeating: 1, count: 20)), path: folder.file("whole.npy"))
    let outcome = try onTerminal(text, in: folder)
    #expect(outcome.status == (id.hasPrefix("usage.") ? 64 : 1), "\(outcome)")
    #expect(outcome.output.contains("gradc help \(id)"), "\(outcome)")
  }

  private static let broken = "input x: [2]\noutput y = x + [1, 2, 3]\n"

  @Test func errorsAreColouredOnATerminalAlone() throws {
    let folder = try folder(["m.gd": Self.broken])
    let plain = try folder.gradc("run", "m.gd")
    #expect(
      plain.errors
        == """
        m.gd:2:12: error: cannot add [2] and [3]: the dimensions 2 and 3 differ
        2 | output y = x + [1, 2, 3]
          |            ^^^^^^^^^^^^^
           = hint: `x` is [2]

        """)
    let shown = try onTerminal("gradc run m.gd", in: folder).output
    #expect(shown.contains("\u{1B}[1;31merror:\u{1B}[0m") && shown.contains("gradc help shape.mismatch"), "\(shown)")
    for environment in [["NO_COLOR": "1"], ["TERM": "dumb"]] {
      let shown = try onTerminal("gradc run m.gd", in: folder, environment: environment).output
      #expect(!shown.contains("\u{1B}") && shown.contains("m.gd:2:12: error: cannot add"), "\(shown)")
    }
  }

  @Test func helpPrintsThePageOfAnID() throws {
    let folder = try folder()
    for id in ["shape.mismatch", "array.archive", "unused.input"] {
      let outcome = try folder.gradc("help", id)
      #expect(outcome.status == 0 && outcome.errors == "", "\(outcome)")
      #expect(outcome.output == (ErrorPage.page(id)?.text ?? "") + "\n")
    }
    let list = try folder.gradc("help", "errors").output
    for page in ErrorPage.all { #expect(list.contains(page.id)) }
    let command = try folder.gradc("help", "run")
    let option = try folder.gradc("run", "--help")
    #expect(command.output == option.output)
    #expect(try folder.gradc("help").output.contains("SUBCOMMANDS"))
    #expect(try folder.gradc("help", "nothing").status == 64)
  }

  @Test func warningsGoToStandardErrorAndTheRunGoesOn() throws {
    let folder = try folder(["m.gd": "input x: []\nparam w: [] ~ ones\ny = sin(x)\noutput z = 2 * x\n"])
    let outcome = try folder.gradc("run", "m.gd", "--set", "x=1")
    #expect(outcome.status == 0 && outcome.output == "z: f32 = 2.0\n", "\(outcome)")
    #expect(
      outcome.errors
        == """
        m.gd:2:7: warning: the param `w` is never read
        2 | param w: [] ~ ones
          |       ^
           = hint: remove it, or begin its name with `_`
        m.gd:3:1: warning: the definition `y` is never read
        3 | y = sin(x)
          | ^
           = hint: remove it, return it, or begin its name with `_`

        """)
    for command in [["check", "m.gd"], ["compile", "m.gd"], ["inspect", "m.gd", "--stage", "graph"]] {
      let outcome = try Program.run(Command.gradc, command, in: folder)
      #expect(outcome.status == 0 && outcome.errors.components(separatedBy: "warning:").count == 3, "\(outcome)")
    }
  }
}
