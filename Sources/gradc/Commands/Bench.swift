import ArgumentParser
import Grad

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures a model: compile time, time of a call, each kernel beside what the machine can do.",
    discussion: """
      Inputs that are not given are drawn at random, the same each time; -D gives dims that no data binds. FLOP counts an \
      element-wise function as one, bytes every array once.

        gradc bench model.gd -D n=100000
        gradc bench model.gd --inputs data.npz --backend cc --json
        gradc bench step.gd -D n=64 --in-place W=W_next

      With --in-place each call goes on from what the one before it left.
      """)

  @OptionGroup var model: ModelArguments
  @OptionGroup var data: DataArguments
  @OptionGroup var inPlace: InPlaceArguments

  @Option(help: ArgumentHelp("What is measured: tcc, cc or interpreter.", valueName: "backend"))
  var backend: Backend = .tcc

  @Option(help: ArgumentHelp("The threads that a call may use.", valueName: "n"))
  var threads = 1

  @Flag(help: "Count subnormal numbers as 0 in the calls: not the bits of the reference, and quicker where there are many.")
  var flushSubnormals = false

  @Flag(help: "Print the figures as a JSON object.")
  var json = false

  func validate() throws {
    guard Threads.range.contains(threads) else {
      throw ValidationError("usage.threads", "--threads is from 1 to \(Threads.range.upperBound), not \(threads).")
    }
  }

  func run() throws {
    try Console.reporting {
      let model = try model.load().updating(inPlace.updates())
      let benchmark = try Benchmark.run(
        model.bind(data.data(for: model).completed(for: model)), on: backend, threads: threads,
        subnormals: flushSubnormals ? .flushed : .kept)
      if json { try Console.result(benchmark.json) } else { for line in benchmark.lines { try Console.result(line) } }
    }
  }
}
