import GradIR

/// What there is to know of one kind of error or warning: `gradc help ID` prints it, docs/errors.md holds them all.
public struct ErrorPage: Sendable {
  /// What leads to the error, and only to it.
  public enum Example: Sendable {
    /// A model that is at fault whatever its data are.
    case model(String)
    /// A model with data as the command line gives it (`--set x=[1,2] -D n=3`), at fault in a run.
    case run(String, with: String)
    /// Commands, as a shell takes them.
    case commands(String)
  }
  /// What the diagnostic has in brackets: `syntax.number`.
  public let id: String
  /// Why it is an error.
  public let cause: String
  /// What leads to the error.
  public let example: Example
  /// What to do about it.
  public let mend: String

  init(_ id: String, _ cause: String, _ example: Example, mend: String) {
    self.id = id
    self.cause = cause
    self.example = example
    self.mend = mend
  }

  /// All pages, sorted by id within their families.
  public static let all: [ErrorPage] =
    syntax + names + functions + types + shapes + dims + derivatives + models + data + arrays + runs + compilers + usage

  /// The page of that ID; nil where there is none.
  public static func page(_ id: String) -> ErrorPage? { all.first { $0.id == id } }
}

extension ErrorPage {
  /// What gradc says of the example; nil where commands lead to it.
  public var diagnostics: [Diagnostic]? { outcome?.diagnostics }
  /// The same with the file that it is said of: a fault of the command's words is no file's.
  private var outcome: (diagnostics: [Diagnostic], file: SourceFile?)? {
    switch example {
    case .model(let text):
      let file = ErrorPage.source(text)
      do {
        return (try Model(source: file).warnings, file)
      } catch {
        return ((error as? ModelError)?.diagnostics ?? [], file)
      }
    case .run(let text, let words):
      do {
        // The page says the same on every machine.
        try Memory.planted.withValue(16 << 30) { _ = try ModelExample(text, words).run(name: "model.gd") }
        return ([], nil)
      } catch {
        return (error as? ModelError).map { ($0.diagnostics, $0.source) } ?? ((error as? Diagnostic).map { [$0] } ?? [], nil)
      }
    case .commands: return nil
    }
  }

  private static func source(_ text: String) -> SourceFile { ModelExample(text).source("model.gd") }

  /// The page as text, which is Markdown as well.
  public var text: String {
    var parts = ["## \(id)", cause]
    switch example {
    case .model(let text): parts.append(text.indented)
    case .run(let text, let words): parts.append("\(text)\n\n\(ModelExample(text, words).command(name: "model.gd"))".indented)
    case .commands(let text): parts.append(text.indented)
    }
    if let (diagnostics, file) = outcome {
      let shown = diagnostics.map { $0.rendered(in: file) }.joined(separator: "\n")
      parts += ["gradc says:", shown.indented]
    }
    return (parts + [mend]).joined(separator: "\n\n")
  }

  /// What stands before the point of the id.
  private var family: Substring { id.prefix { $0 != "." } }

  /// docs/errors.md.
  public static var document: String {
    var families: [Substring] = []
    for page in all where families.last != page.family { families.append(page.family) }
    let list = families.map { family in
      let links = all.filter { $0.family == family }.map { "[\($0.id.dropFirst(family.count + 1))](#\($0.id.filter { $0 != "." }))" }
      return "- \(family): \(links.joined(separator: " · "))"
    }.joined(separator: "\n")
    return """
      # Errors and warnings

      Every error has an ID, by which `gradc help ID` prints its entry here: why it is an error, an example, and what to do. On a terminal
      the IDs stand below the messages. This page is made from the compiler's own table; the messages are what it says of the examples.

      \(list)

      \(all.map(\.text).joined(separator: "\n\n"))

      """
  }
}
