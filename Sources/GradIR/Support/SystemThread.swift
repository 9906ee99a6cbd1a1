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

  package func join() { pthread_join(thread, nil) }
  package func detach() { pthread_detach(thread) }
}

/// A value that a thread of its own computes while the caller does something else; where the system gives none, the caller's does.
package struct Concurrent<Value: Sendable>: ~Copyable {
  // The thread writes the result, which is read after it was joined.
  private final class State: @unchecked Sendable {
    var result: Result<Value, any Error>?
    var thread: SystemThread?

    func join() {
      thread?.join()
      thread = nil
    }
  }
  private let state = State()

  /// - Parameter isWorthAThread: Where it is false the value is computed at once.
  package init(isWorthAThread: Bool = true, _ compute: @escaping @Sendable () throws -> Value) {
    let state = state
    let work = { state.result = Result { try compute() } }
    if isWorthAThread { state.thread = SystemThread(work) }
    if state.thread == nil { work() }
  }

  deinit { state.join() }

  /// Waits for it.
  /// - Throws: What `compute` throws.
  package func value() throws -> Value {
    state.join()
    guard let result = state.result else { preconditionFailure("the thread ended without a result") }
    return try result.get()
  }
}
