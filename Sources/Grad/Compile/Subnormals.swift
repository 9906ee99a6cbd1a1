import GradRuntime

/// What calls of compiled code do with subnormal numbers, those closer to 0 than any of full precision (1.2e-38 in f32).
public enum Subnormals: Sendable {
  /// They are numbers like others: the bits of the reference. Some processors take tens of times as long with them, and what shrinks from
  /// step to step, as the momentum of weights that no longer learn, ends there.
  case kept
  /// They count as 0, as operands and as results.
  case flushed

  @inline(__always) func use<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    if self == .kept { return try body() }
    let before = grad_flush_subnormals()
    defer { grad_set_arithmetic(before) }
    return try body()
  }
}
