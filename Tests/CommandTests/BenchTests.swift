import Foundation
import Testing

@Suite struct BenchTests {
  private static let layer = """
    dim n
    input x: [n, 8]
    param w: [8, 4]
    y = tanh(x @ w)
    output total = sum(y * y)
    """

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test(arguments: ["tcc", "cc"]) func theObjectHoldsTheFiguresOfEveryKernel(backend: String) throws {
    if backend == "cc", Program.path(of: "cc") == nil { return }
    let folder = try folder(["layer.gd": Self.layer])
    let outcome = try folder.gradc("bench", "layer.gd", "-D", "n=100", "--backend", backend, "--json")
    #expect(outcome.status == 0 && outcome.errors == "", "\(outcome)")
    let result = try object(outcome.output)
    #expect(result["model"] as? String == "layer.gd" && result["backend"] as? String == backend && result["threads"] as? Int == 1)
    for key in ["compile_ms", "call_us_median", "call_us_min"] { #expect(try #require(result[key] as? Double) > 0) }
    let kernels = try #require(result["kernels"] as? [[String: Any]])
    // The product, 2 · 100 · 8 · 4; then tanh, a square and a sum over its 400 elements.
    #expect(kernels.compactMap { $0["flops"] as? Int } == [6400, 1200])
    #expect(kernels.compactMap { $0["bytes"] as? Int } == [4 * (100 * 8 + 8 * 4 + 400), 4 * 400])
    #expect(kernels.compactMap { $0["source"] as? String } == ["layer.gd:4: y = tanh(x @ w)", "layer.gd:5: output total = sum(y * y)"])
    #expect(result["flops"] as? Int == 7600 && result["workspace_bytes"] as? Int == 1600)
  }

  @Test func aLoopIsAKernelWithAllItsSteps() throws {
    let folder = try folder(["decay.gd": "input x: [50]\nfn step(s, e) = 0.5 * s + e\noutput y = fold(step, 0.0, x)\n"])
    let result = try object(try folder.gradc("bench", "decay.gd", "--json").output)
    let kernels = try #require(result["kernels"] as? [[String: Any]])
    #expect(kernels.count == 1 && kernels[0]["name"] as? String == "y")
  }

  @Test func theTableNamesEachKernelAndItsShareOfTheRoof() throws {
    let folder = try folder(["layer.gd": Self.layer])
    let outcome = try folder.gradc("bench", "layer.gd", "-D", "n=100")
    #expect(outcome.status == 0, "\(outcome)")
    for words in ["layer.gd, tcc, 1 thread", "compile", "median", "7600 FLOP", "% of the roof", "layer.gd:4: y = tanh(x @ w)"] {
      #expect(outcome.output.contains(words), "\(outcome.output)")
    }
  }

  @Test func aCallMayUseSeveralThreads() throws {
    let folder = try folder(["layer.gd": Self.layer])
    let table = try folder.gradc("bench", "layer.gd", "-D", "n=100", "--threads", "2")
    #expect(table.status == 0 && table.output.contains("layer.gd, tcc, 2 threads"), "\(table)")
    #expect(try object(folder.gradc("bench", "layer.gd", "-D", "n=100", "--threads", "2", "--json").output)["threads"] as? Int == 2)
  }

  @Test func aDimThatNothingBindsIsAskedFor() throws {
    let folder = try folder(["layer.gd": Self.layer])
    let outcome = try folder.gradc("bench", "layer.gd")
    #expect(outcome.status == 1 && outcome.errors.contains("nothing binds the dim `n`") && outcome.errors.contains("-D n="))
    #expect(try folder.gradc("bench", "layer.gd", "-D", "n=3", "--threads", "0").status == 64)
  }

  /// With its state in place a counter leaves the table after three calls, and not without.
  @Test func callsGoOnFromEachOther() throws {
    let folder = try folder(["step.gd": "input i: i32[1]\ninput table: [3]\noutput next = i + 1, y = table[i]\n"])
    #expect(try folder.gradc("bench", "step.gd", "--flush-subnormals", "--json").status == 0)
    let outcome = try folder.gradc("bench", "step.gd", "--in-place", "i=next")
    #expect(outcome.status == 1 && outcome.errors.contains("outside"), "\(outcome)")
    #expect(try folder.gradc("bench", "step.gd", "--in-place", "i=z").errors.contains("the model has no output 'z'"))
    #expect(try folder.gradc("bench", "step.gd", "--in-place", "i").status == 64)
  }
}
