import ArgumentParser
import Grad

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks every derivative the model asks for: in f64 against differences, and forward against reverse.",
    discussion: """
      Works in f64 whatever the model's precision. Elements within a step of a kink are skipped and counted. Inputs that are \
      not given are drawn at random, the same each time; symbolic dims that no data binds become 3.
      """)

  @OptionGroup var model: ModelArguments
  @OptionGroup var data: DataArguments

  func run() throws {
    try Console.reporting {
      let report = try DerivativeCheck.run(source: SourceFile(reading: model.model), options: model.options()) {
        Console.report($0.warnings, in: $0.source)
        return try data.data(for: $0)
      }
      for line in report.lines { try Console.result(line) }
      if !report.passed { throw ExitCode(1) }
    }
  }
}
