import Glibc
import GradIR
import GradJIT
import GradRuntime

/// What one core of this machine, or several together, can do at most, as measured.
public struct Roof: Sendable {
  /// Bytes a second between memory and registers: a = b + 3 c over arrays that no cache holds.
  public var bytesPerSecond: Double
  /// Floating-point operations a second in registers, of f32 and f64.
  public var flopsPerSecond: (f32: Double, f64: Double)

  /// Measures, in about a quarter of a second, and keeps the best that this machine has shown so far: other work only makes it less.
  static func ofThisMachine(_ threads: Int) -> Roof {
    let now = Threads.use(threads) { measured(threads) }
    guard let path = CodeCache.standard.map({ $0.folder + (threads == 1 ? "/roof" : "/roof-\(threads)") }) else { return now }
    let processor = SystemCompiler.processor
    var best = now
    if let file = try? SourceFile(reading: path) {
      let lines = String(decoding: file.utf8, as: UTF8.self).split(separator: "\n")
      let numbers = lines.last.map { $0.split(separator: " ").compactMap { Double($0) } } ?? []
      if lines.first.map(String.init) == processor, numbers.count == 3 {
        best = Roof(
          bytesPerSecond: max(now.bytesPerSecond, numbers[0]),
          flopsPerSecond: (max(now.flopsPerSecond.f32, numbers[1]), max(now.flopsPerSecond.f64, numbers[2])))
      }
    }
    // What cannot be kept is measured again.
    try? OutputFile.write(
      path: path, text: "\(processor)\n\(best.bytesPerSecond) \(best.flopsPerSecond.f32) \(best.flopsPerSecond.f64)\n")
    return best
  }

  private static func measured(_ threads: Int) -> Roof {
    let rounds: Int64 = 200_000
    let f32 = best(of: 9) {
      inEach(threads) { _ in
        var sink: Float = 0
        return Double(grad_roof_f32(rounds, &sink))
      }
    }
    let f64 = best(of: 9) {
      inEach(threads) { _ in
        var sink = 0.0
        return Double(grad_roof_f64(rounds, &sink))
      }
    }
    return Roof(bytesPerSecond: bandwidth(threads), flopsPerSecond: (f32, f64))
  }

  /// The sum of what each of so many threads did, all at the same time.
  private static func inEach(_ threads: Int, _ work: (Int) -> Double) -> Double {
    struct Shares {
      let work: (Int) -> Double
      let amounts: UnsafeMutablePointer<Double>
    }
    return withoutActuallyEscaping(work) { work in
      var amounts = [Double](repeating: 0, count: threads)
      amounts.withUnsafeMutableBufferPointer { amounts in
        guard let start = amounts.baseAddress else { return }
        var shares = Shares(work: work, amounts: start)
        withUnsafeMutablePointer(to: &shares) { shares in
          grad_parallel(
            Int64(threads), 1_000_000_000,
            { shares, thread in
              // What is handed over below.
              let shares = shares!.assumingMemoryBound(to: Shares.self)
              shares.pointee.amounts[Int(thread)] = shares.pointee.work(Int(thread))
            }, shares)
        }
      }
      return amounts.reduce(0, +)
    }
  }

  private static func bandwidth(_ threads: Int) -> Double {
    let count = 16 << 20
    let arrays = (0..<3).map { _ in
      let array = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
      array.initialize(repeating: 1)
      return array
    }
    defer { for array in arrays { array.deallocate() } }
    return best(of: 5) {
      inEach(threads) { thread in
        let (start, own) = (count / threads * thread, count / threads)
        let places = arrays.map { $0.baseAddress! + start }
        grad_roof_triad(Int64(own), places[0], places[1], places[2])
        return Double(3 * 4 * own)
      }
    }
  }

  /// The greatest rate: what the work says it did, by its time.
  private static func best(of rounds: Int, _ work: () -> Double) -> Double {
    (0..<rounds).map { _ in
      let start = MonotonicTime.nanoseconds
      let amount = work()
      return amount / Double(max(1, MonotonicTime.nanoseconds - start)) * 1e9
    }.max() ?? 0
  }

  /// The least seconds that such a kernel takes.
  func seconds(flops: Double, bytes: Double, isDouble: Bool) -> Double {
    max(flops / (isDouble ? flopsPerSecond.f64 : flopsPerSecond.f32), bytes / bytesPerSecond)
  }
}

/// The clock that measurements are taken by.
enum MonotonicTime {
  static var nanoseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
