import GradRuntime
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// A thread of the system that does one piece of work; to be joined or detached.
package struct SystemThread {
  private let thread: pthread_t

  private final class Work {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }

  /// Nil where the system gives no such thread.
  /// - Parameter stackBytes: Of the stack, of which only what is touched costs memory; the system's default where it is nil.
  package init?(stackBytes: Int? = nil, _ run: @escaping () -> Void) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    if let stackBytes, pthread_attr_setstacksize(&attributes, stackBytes) != 0 { return nil }
    let work = Unmanaged.passRetained(Work(run))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { argument in
        // What is handed over below.
        Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }, work.toOpaque())
    guard status == 0 else {
      work.release()
      return nil
    }
    self.thread = thread
  }

  /// About where the stack of the calling thread is.
  package static var stackAddress: UInt { UInt(grad_stack_address()) }

  package func join() { pthread_join(thread, nil) }
  package func detach() { pthread_detach(thread) }
}

/// A value that a thread of its own computes while the caller does something else. The caller's thread does where the system gives none,
/// or where the other has not begun when the value is asked for: on a busy machine that may be long.
package struct Concurrent<Value: Sendable>: ~Copyable {
  // Who takes the work first writes the result; the caller reads it when it has done the work itself, or has joined the thread.
  private final class State: @unchecked Sendable {
    private let isTaken = Atomic(false)
    private let compute: @Sendable () throws -> Value
    var result: Result<Value, any Error>?
    var thread: SystemThread?

    init(_ compute: @escaping @Sendable () throws -> Value) { self.compute = compute }

    func take() -> Bool { !isTaken.exchange(true, ordering: .acquiringAndReleasing) }
    func work() { result = Result { try compute() } }
    /// Waits for a thread that has begun, and lets one go that has not.
    func end(_ hasBegun: Bool) {
      if hasBegun { thread?.join() } else { thread?.detach() }
      thread = nil
    }
  }
  private let state: State

  /// - Parameter isWorthAThread: Where it is false the value is computed when it is asked for.
  package init(isWorthAThread: Bool = true, _ compute: @escaping @Sendable () throws -> Value) {
    let state = State(compute)
    self.state = state
    if isWorthAThread { state.thread = SystemThread { if state.take() { state.work() } } }
  }

  deinit { state.end(!state.take()) }

  /// The value; waits for it where it is on its way.
  /// - Throws: What `compute` throws.
  package func value() throws -> Value {
    let isOwn = state.take()
    state.end(!isOwn)
    if isOwn { state.work() }
    guard let result = state.result else { preconditionFailure("the thread ended without a result") }
    return try result.get()
  }
}
