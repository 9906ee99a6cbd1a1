import Glibc
import GradRuntime

/// The system's C compiler, `cc`, started without a shell.
package struct SystemCompiler: Sendable {
  /// The file that is started.
  package let path: String
  /// What tells this compiler, and the processor that it compiles for, from others.
  let identity: String

  /// They keep the bits of the reference: nothing is contracted or reordered. What the code never asks for, errno and the flags of
  /// exceptions, may go, or a root or a choice would keep a loop from being vectorised; so may vectors be as long as they come.
  private static let flags =
    ["-std=c99", "-O3", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"] + vectorFlags
  #if arch(x86_64)
    private static let vectorFlags = ["-mprefer-vector-width=512"]
  #else
    private static let vectorFlags: [String] = []
  #endif

  /// The first `cc` on the search path.
  package static func find(in path: String? = nil) throws(JITError) -> SystemCompiler {
    let path = path ?? getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
    for folder in path.split(separator: ":", omittingEmptySubsequences: false) {
      let compiler = (folder.isEmpty ? "." : String(folder)) + "/cc"
      var file = stat()
      if stat(compiler, &file) == 0, file.st_mode & S_IFMT == S_IFREG, access(compiler, X_OK) == 0 {
        return SystemCompiler(path: compiler, identity: identity(compiler, file))
      }
    }
    throw .compilerMissing(reason: "there is none in the folders of PATH")
  }

  private static func identity(_ path: String, _ file: stat) -> String {
    return """
      \(path) \(file.st_dev):\(file.st_ino) \(file.st_size) \(file.st_mtim.tv_sec).\(file.st_mtim.tv_nsec)
      \(flags.joined(separator: " "))
      \(processor)

      """
  }

  /// What tells the processor from others for which code would be different.
  package static var processor: String {
    var words = [UInt64](repeating: 0, count: 8)
    grad_processor_identity(&words)
    return words.map { String($0, radix: 16) }.joined(separator: " ")
  }

  /// Runs the compiler to its end.
  package func run(_ more: [String]) throws(JITError) {
    // What it says goes with the error, not to the terminal of a program that compiles models in the background.
    var ends: [Int32] = [-1, -1]
    let stream = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, stream, 0, &ends) == 0 else { throw .compilerMissing(reason: String(cString: strerror(errno))) }
    defer { close(ends[0]) }
    let process = try start(SystemCompiler.flags + more, errors: ends[1])
    let words = SystemCompiler.readAll(ends[0])
    var status: Int32 = 0
    var waited: pid_t
    repeat { waited = waitpid(process, &status, 0) } while waited < 0 && errno == EINTR
    // A program that ignores its children's ends is not told of them: there is then no file, where it went wrong.
    guard waited < 0 || status == 0 else { throw .compilerFailed(messages: words) }
  }

  /// - Parameter errors: Where its words go; it is the compiler's alone from here on.
  private func start(_ arguments: [String], errors: Int32) throws(JITError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    var vector: [UnsafeMutablePointer<CChar>?] = (["cc"] + arguments).map { strdup($0) } + [nil]
    defer { for pointer in vector { free(pointer) } }
    var process = pid_t()
    defer { close(errors) }
    let code = posix_spawn(&process, path, &actions, nil, &vector, environ)
    guard code == 0 else { throw .compilerMissing(reason: "\(path): \(String(cString: strerror(code)))") }
    return process
  }

  /// The first lines of what comes, to its end.
  private static func readAll(_ descriptor: Int32) -> [String] {
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      if text.count < 1 << 16 { text += buffer[..<count] }
    }
    return String(decoding: text, as: UTF8.self).split(separator: "\n").prefix(10).map(String.init)
  }
}
