import GradRuntime

/// The threads that calls of compiled code may use.
public enum Threads {
  /// How many there can be.
  public static let range = 1...Int(GRAD_MOST_THREADS)

  /// Calls that the body makes on this thread may use so many, this thread among them.
  @inline(__always) static func use<Result, Failure: Error>(_ count: Int, _ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    if count == 1 { return try body() }
    let before = grad_use_threads(Int64(count))
    defer { _ = grad_use_threads(before) }
    return try body()
  }

  /// The same, and all work is shared, however little it is: for tests.
  static func useForAll<Result>(_ count: Int, _ body: () throws -> Result) rethrows -> Result {
    let before = grad_share_all(1)
    defer { _ = grad_share_all(before) }
    return try use(count, body)
  }
}
