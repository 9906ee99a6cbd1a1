import ArgumentParser
import Grad

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Prints a stage of the way from the model to C.",
    discussion: "Stages, in order: \(Stage.allCases.map(\.rawValue).joined(separator: ", ")); or all.")

  @OptionGroup var model: ModelArguments

  @Option(help: ArgumentHelp("The stage to print.", valueName: "stage"))
  var stage: String?

  @Option(help: ArgumentHelp("Print the graph after a pass, or after each with 'all'.", valueName: "pass"))
  var printAfter: String?

  @Option(help: ArgumentHelp("The compiler that the C is for: tcc or cc.", valueName: "backend"))
  var backend: String = "tcc"

  @Flag(help: "Add the time of each stage and pass.")
  var timings = false

  func validate() throws {
    if let stage, stage != "all", Stage(rawValue: stage) == nil {
      throw ValidationError(
        "usage.stage", "--stage is one of \(Stage.allCases.map(\.rawValue).joined(separator: ", ")), all; not '\(stage)'.")
    }
    if let printAfter, printAfter != "all", !Inspection.passes.contains(printAfter) {
      throw ValidationError(
        "usage.stage", "--print-after is one of \(Inspection.passes.joined(separator: ", ")), all; not '\(printAfter)'.")
    }
    guard ["tcc", "cc"].contains(backend) else { throw ValidationError("usage.backend", "--backend is tcc or cc here, not '\(backend)'.") }
  }

  func run() throws {
    try Console.reporting {
      let source = try SourceFile(reading: model.model)
      let inspection = Inspection(source: source, options: try model.options(), forEmbedding: backend == "cc")
      Console.report(inspection.warnings, in: source)
      if let printAfter { try Console.result(try inspection.text(after: printAfter)) }
      if let stage, let one = Stage(rawValue: stage) {
        try Console.result(try inspection.text(of: one))
      } else if stage != nil || printAfter == nil {
        for stage in Stage.allCases { try Console.result("== \(stage.rawValue) ==\n\(try inspection.text(of: stage))\n") }
      }
      if timings {
        for timing in try inspection.timings() { try Console.result("\(timing)") }
      }
    }
  }
}
