import ArgumentParser
import Glibc
import Grad

/// Writing, by the rule of the commands: results to standard output, words about them to standard error.
enum Console {
  /// - Throws: `Diagnostic` where standard output takes no more; a reader that went away is no fault.
  static func result(_ text: String) throws {
    if let reason = write(text + "\n", to: STDOUT_FILENO) {
      throw Diagnostic("file.write", "cannot write to standard output: \(reason)")
    }
  }

  /// Where even standard error cannot be written there is nobody left to tell.
  static func note(_ text: String) { _ = write(text + "\n", to: STDERR_FILENO) }

  static let isTerminal = isatty(STDERR_FILENO) == 1
  /// True where words go to a person's terminal, who has not asked for plain text (no-color.org).
  static let isColoured: Bool = {
    func variable(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
    return isTerminal && variable("NO_COLOR").isEmpty && variable("TERM") != "dumb"
  }()

  /// Errors and warnings. On a terminal a last line says how to learn more; elsewhere they stand alone, for programs that read them.
  static func report(_ diagnostics: [Diagnostic], in source: SourceFile?) {
    if diagnostics.isEmpty { return }
    note(Diagnostic.rendered(diagnostics, in: source, style: isColoured ? .coloured : .plain))
    if isTerminal { note(reference(to: diagnostics.map(\.id))) }
  }
  static func reference(to ids: [String]) -> String {
    var known: [String] = []
    for id in ids where !known.contains(id) { known.append(id) }
    return "(more on this: " + known.prefix(3).map { "gradc help \($0)" }.joined(separator: ", ") + ")"
  }

  /// The system's reason where the text cannot be written.
  private static func write(_ text: String, to descriptor: Int32) -> String? {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while let start = rest.baseAddress, !rest.isEmpty {
        let written = Glibc.write(descriptor, start, rest.count)
        if written < 0 {
          if errno == EINTR { continue }
          // A closed pipe (`| head`) ends the output, not the command.
          return errno == EPIPE ? nil : String(cString: strerror(errno))
        }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
      }
      return nil
    }
  }

  /// Runs a command's work; what is wrong with model or data is printed, and the command exits with 1.
  static func reporting(_ work: () throws -> Void) throws {
    // Writing to a reader that went away, or beyond a limit on files, fails with a reason instead of ending the process.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    do {
      try work()
    } catch let error as ModelError {
      report(error.diagnostics, in: error.source)
      throw ExitCode(1)
    } catch let error as Diagnostic {
      report([error], in: nil)
      throw ExitCode(1)
    } catch let error as ExitCode {
      throw error
    } catch let error as ValidationError {
      throw error
    } catch {
      report([Diagnostic("gradc.bug", "\(error)", hint: "this is a fault of gradc: please report it with the model")], in: nil)
      throw ExitCode(1)
    }
  }
}
