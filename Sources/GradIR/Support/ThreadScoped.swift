#if canImport(Glibc)
  import Glibc
#endif

/// A value that holds for the time of a call, on the calling thread alone: the seam by which tests plant faults.
///
/// Not a `@TaskLocal`: in optimised code of Swift 6.3, binding one in a synchronous test crashed in `swift_task_localValuePush`.
package final class ThreadScoped<Value: Sendable>: Sendable {
  private let key: pthread_key_t

  private final class Box {
    let value: Value
    init(_ value: Value) { self.value = value }
  }

  package init() {
    var key = pthread_key_t()
    // Keys are made once for a static and never given back; there are 1024 of them.
    precondition(pthread_key_create(&key, nil) == 0, "no thread-specific key is left")
    self.key = key
  }

  package var value: Value? {
    pthread_getspecific(key).map { Unmanaged<Box>.fromOpaque($0).takeUnretainedValue().value }
  }

  package func withValue<Result>(_ value: Value, _ body: () throws -> Result) rethrows -> Result {
    let box = Box(value)
    let previous = pthread_getspecific(key)
    pthread_setspecific(key, Unmanaged.passUnretained(box).toOpaque())
    defer { pthread_setspecific(key, previous) }
    return try withExtendedLifetime(box) { try body() }
  }
}
