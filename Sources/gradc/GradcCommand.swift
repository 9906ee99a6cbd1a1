import ArgumentParser

// Every command says its name: to find it by reflection takes each process half a millisecond.
@main
struct GradcCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradc",
    abstract: "Takes a model written as mathematics, derives its gradient and turns both into C.",
    discussion: """
      A model is a text file:

        # square.gd
        param w: [3]
        loss = sum((w - 1)^2)
        output loss, grad(loss, w)

      Try:
        gradc run square.gd --set w=[1,2,3]      evaluate it
        gradc check square.gd                    check its derivatives
        gradc compile square.gd -o build         write square.c and square.h
        gradc inspect square.gd --stage derivative

      Every error is explained by gradc help ID.

      Results go to standard output, words about them to standard error.
      Exit status: 0 done; 1 the model, the data or the check is at fault; 64 wrong usage.
      """,
    version: "gradc 0.1.0",
    subcommands: named.map { [$0] } ?? subcommands)

  private static let subcommands: [any ParsableCommand.Type] = [
    Run.self, Check.self, Inspect.self, Compile.self, Bench.self, Help.self,
  ]
  /// The one that is asked for by name: what the parser would learn of the others takes each process half a millisecond.
  private static let named = subcommands.first {
    $0.configuration.commandName == CommandLine.arguments.dropFirst().first && $0 != Help.self
  }

  /// `-Dn=8` is `-D n=8`: the parser of arguments would take `Dn` for the name of an option.
  static func main() {
    main(
      CommandLine.arguments.dropFirst().flatMap { word in
        word.hasPrefix("-D") && word.utf8.count > 2 ? ["-D", String(word.dropFirst(2))] : [word]
      })
  }
}
