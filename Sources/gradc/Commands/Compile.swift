import ArgumentParser
import Grad

struct Compile: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compile",
    abstract: "Writes MODEL.c and MODEL.h: the model and its derivatives as C99 that needs nothing else.",
    discussion: """
      The C has one entry, named after the file, that takes the dims, the arrays and a workspace and returns a status. \
      Compile it with -ffp-contract=off (or -std=c99) to keep the bits of the reference.
      """)

  @OptionGroup var model: ModelArguments

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write to; made if it is not there.", valueName: "dir"))
  var output = "."

  @Option(
    help: ArgumentHelp(
      "What to write, separated by commas: c, object, so, manifest. object and so call the system's cc.", valueName: "kinds"))
  var emit = "c"

  @OptionGroup var inPlace: InPlaceArguments

  func validate() throws { _ = try kinds() }
  private func kinds() throws -> [ModelFiles.Kind] {
    try emit.split(separator: ",", omittingEmptySubsequences: false).map { word in
      guard let kind = ModelFiles.Kind(rawValue: String(word)) else {
        throw ValidationError(
          "usage.emit", "--emit takes \(ModelFiles.Kind.allCases.map(\.rawValue).joined(separator: ", ")), not '\(word)'.")
      }
      return kind
    }
  }

  func run() throws {
    try Console.reporting {
      for path in try ModelFiles(model.load().updating(inPlace.updates())).write(kinds(), into: output) { Console.note("wrote \(path)") }
    }
  }
}
