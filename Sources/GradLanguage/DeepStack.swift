import GradIR

/// Room for a recursion whose depth is the model's affair: brackets nest, calls are inlined, and definitions elaborated where they are first
/// read. It starts on the caller's stack, and what goes deeper than that is sure to have goes on a thread with a stack of its own.
struct DeepStack {
  /// Where the caller's stack was; nil on a stack that is large enough.
  private let start: UInt?

  /// So much of the caller's stack is taken, and what one step more needs.
  private static let callerBytes = 128 << 10
  /// Of a thread's stack only what is touched costs memory.
  private static let bytes = 512 << 20

  /// True where the recursion should go on elsewhere. Stacks grow downwards on all systems there are.
  var isNeeded: Bool { start.map { Int(bitPattern: $0 &- SystemThread.stackAddress) > DeepStack.callerBytes } ?? false }

  /// On a stack that is large enough.
  static let ample = DeepStack(start: nil)
  private init(start: UInt?) { self.start = start }
  init() { self.init(start: SystemThread.stackAddress) }

  /// Runs a body with all the room; where the system has none, where it is.
  static func run<Result>(_ body: () -> Result) -> Result {
    var result: Result?
    withoutActuallyEscaping({ result = body() }) { run in
      if let thread = SystemThread(stackBytes: bytes, run) { thread.join() } else { run() }
    }
    guard let result else { preconditionFailure("the thread ended without a result") }
    return result
  }
}
