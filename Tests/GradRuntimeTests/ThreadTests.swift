import GradRuntime
import Synchronization
import Testing

/// Runs the body with work shared among so many threads, however little it is.
func onThreads(_ count: Int64, _ body: () -> Void) {
  let (threads, all) = (grad_use_threads(count), grad_share_all(1))
  defer {
    _ = grad_use_threads(threads)
    _ = grad_share_all(all)
  }
  body()
}

/// How often each piece of a job ran, and within each a job of its own.
private final class Count: Sendable {
  let pieces: [Atomic64]
  final class Atomic64: Sendable { let value = Atomic(0) }
  init(_ count: Int) { pieces = (0..<count).map { _ in Atomic64() } }
}

@Test(arguments: [1, 2, 3, 7, 256] as [Int64]) func everyPieceRunsOnce(threads: Int64) {
  for count in [0, 1, 2, 3, 64, 1000, 100_000] {
    let counts = Count(count)
    onThreads(threads) {
      grad_parallel(
        Int64(count), 1_000_000_000,
        { counts, piece in
          // What is lent below, for as long as the call.
          Unmanaged<Count>.fromOpaque(counts!).takeUnretainedValue().pieces[Int(piece)].value.add(1, ordering: .relaxed)
        }, Unmanaged.passUnretained(counts).toOpaque())
    }
    #expect(counts.pieces.allSatisfy { $0.value.load(ordering: .relaxed) == 1 }, "\(count) pieces")
  }
}

@Test func theNumberOfThreadsIsOfTheThreadAndWithinBounds() {
  #expect(grad_threads() == 1)
  #expect(grad_use_threads(3) == 1)
  #expect(grad_use_threads(0) == 3)
  #expect(grad_use_threads(1000) == 1)
  #expect(grad_use_threads(1) == 256)
}

/// Halves the smallest normal number in each of many pieces: which of them give 0?
private func piecesThatFlush(_ count: Int) -> [Bool] {
  var halves = [Float](repeating: -1, count: count)
  onThreads(4) {
    halves.withUnsafeMutableBufferPointer { halves in
      grad_parallel(
        Int64(count), 1_000_000_000,
        { halves, piece in
          // One element for each piece. Read from text, so that no compiler knows the number.
          let place = halves!.assumingMemoryBound(to: Float.self) + Int(piece)
          place.pointee = Float("1.17549435e-38")! * 0.5
        }, halves.baseAddress)
    }
  }
  return halves.map { $0 == 0 }
}

@Test func helpersComputeWithTheCallersSubnormals() {
  #expect(!piecesThatFlush(500).contains(true))
  let before = grad_flush_subnormals()
  let flushed = piecesThatFlush(500)
  grad_set_arithmetic(before)
  #expect(!flushed.contains(false))
  // Helpers that have served such a caller serve others as before.
  #expect(!piecesThatFlush(500).contains(true))
}
