import GradIR
import Testing

/// Compares what two graphs that are equal as formulas give, each within its running error bound.
struct BoundComparison {
  /// Elements whose bounds are finite, and all.
  private(set) var compared = 0
  private(set) var all = 0
  /// The greatest difference found, as a share of the bounds' sum.
  private(set) var greatestShare = 0.0

  mutating func compare(
    _ before: Graph, _ after: Graph, inputs: [Tensor], dims: [String: Int], _ title: @autoclosure () -> String
  ) throws {
    let expected = try GraphInterpreter.runBounded(before, inputs: inputs, dims: dims)
    let found = try GraphInterpreter.runBounded(after, inputs: inputs, dims: dims)
    for (output, (a, b)) in zip(before.results, zip(expected, found)) {
      try #require(a.value.shape == b.value.shape && a.value.dtype == b.value.dtype)
      for index in 0..<a.value.count {
        all += 1
        let (x, y) = (a.value.double(at: index), b.value.double(at: index))
        let bound = a.error.double(at: index) + b.error.double(at: index)
        if bound.isInfinite { continue }
        compared += 1
        if x == y || x.isNaN && y.isNaN { continue }
        greatestShare = max(greatestShare, abs(x - y) / bound)
        if !(abs(x - y) <= bound) {
          Issue.record("\(title()), \(output.name)[\(index)]: \(x) became \(y), the bound is \(bound)")
          return
        }
      }
    }
  }
}
