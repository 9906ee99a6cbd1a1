import ArgumentParser
import Glibc
import Grad

/// Writing, by the rule of the commands: results to standard output, words about them to standard error.
enum Console {
  static func result(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }
  static func note(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

  private static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[rest.startIndex..<rest.endIndex]).baseAddress, rest.count)
        // A closed pipe (`| head`) ends the output, not the command.
        if written <= 0 { return }
        rest = rest.dropFirst(written)
      }
    }
  }

  /// Runs a command's work; what is wrong with model or data is printed, and the command exits with 1.
  static func reporting(_ work: () throws -> Void) throws {
    // A reader that goes away is no fault.
    signal(SIGPIPE, SIG_IGN)
    do {
      try work()
    } catch let error as ModelError {
      note(error.description)
      throw ExitCode(1)
    } catch let error as Diagnostic {
      note(error.rendered(in: nil))
      throw ExitCode(1)
    } catch let error as ExitCode {
      throw error
    } catch let error as ValidationError {
      throw error
    } catch {
      note("error: \(error)")
      throw ExitCode(1)
    }
  }
}
