import ArgumentParser
import Grad

struct Help: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "help",
    abstract: "Explains a command, or an error by its ID.",
    discussion: """
        gradc help run
        gradc help shape.mismatch      why it is an error, an example, what to do

      All errors with their IDs: docs/errors.md, or gradc help errors.
      """)

  @Argument(help: ArgumentHelp("A command, an error's ID, or 'errors'.", valueName: "topic"))
  var topic: String?

  private var command: (any ParsableCommand.Type)? {
    GradcCommand.configuration.subcommands.first { $0._commandName == topic }
  }

  func validate() throws {
    guard let topic, topic != "errors", command == nil, ErrorPage.page(topic) == nil else { return }
    throw ValidationError("usage.topic", "there is no help on '\(topic)': it is neither a command nor the ID of an error.")
  }

  func run() throws {
    try Console.reporting {
      if topic == "errors" {
        try Console.result(ErrorPage.all.map { "\($0.id): \($0.cause)" }.joined(separator: "\n"))
      } else if let page = topic.flatMap(ErrorPage.page) {
        try Console.result(page.text)
      } else if let command {
        try Console.result(GradcCommand.helpMessage(for: command))
      } else {
        try Console.result(GradcCommand.helpMessage())
      }
    }
  }
}
