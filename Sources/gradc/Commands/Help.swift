import ArgumentParser
import Grad

struct Help: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "help",
    abstract: "Explains a command, a function of the language, or an error by its ID.",
    discussion: """
        gradc help run
        gradc help softmax             what it gives, its derivative, an example
        gradc help shape.mismatch      why it is an error, an example, what to do

      All of them: docs/functions.md, or gradc help functions; docs/errors.md, or gradc help errors.
      """)

  @Argument(help: ArgumentHelp("A command, a function, an error's ID, 'functions' or 'errors'.", valueName: "topic"))
  var topic: String?

  private var command: (any ParsableCommand.Type)? {
    GradcCommand.configuration.subcommands.first { $0._commandName == topic }
  }

  func validate() throws {
    guard let topic, !["errors", "functions"].contains(topic), command == nil else { return }
    if ErrorPage.page(topic) != nil || FunctionPage.page(topic) != nil { return }
    throw ValidationError("usage.topic", "there is no help on '\(topic)': it is no command, no function and no error's ID.")
  }

  func run() throws {
    try Console.reporting {
      if topic == "errors" {
        try Console.result(ErrorPage.all.map { "\($0.id): \($0.cause)" }.joined(separator: "\n"))
      } else if topic == "functions" {
        try Console.result(FunctionPage.all.flatMap { $0.signature?.calls ?? [] }.joined(separator: "\n"))
      } else if let page = topic.flatMap(ErrorPage.page) {
        try Console.result(page.text)
      } else if let page = topic.flatMap(FunctionPage.page) {
        try Console.result(page.text())
      } else if let command {
        try Console.result(GradcCommand.helpMessage(for: command))
      } else {
        try Console.result(GradcCommand.helpMessage())
      }
    }
  }
}
