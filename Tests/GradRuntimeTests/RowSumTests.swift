import GradRuntime
import Testing

// Sums of several rows at once have, row by row and column by column, the bits of the sums of one: in every version of the code.

private typealias Rows = @convention(c) (Int64, UnsafeMutableRawPointer?, Int64, UnsafeRawPointer?, Int64, Int64) -> Void
private typealias Dots =
  @convention(c) (
    Int64, UnsafeMutableRawPointer?, Int64, UnsafeRawPointer?, Int64, Int64, UnsafeRawPointer?, Int64, Int64
  ) -> Void
private typealias Columns =
  @convention(c) (Int64, UnsafeMutableRawPointer?, Int64, Int64, UnsafeRawPointer?, Int64, UnsafeRawPointer?) -> Void
private typealias Step<Number> = (Int64, UnsafeMutablePointer<Number>?, UnsafePointer<Number>?, Number) -> Void

/// The sums of one row, or of columns row by row, and those of several in one version.
private struct RowSums<Number: BinaryFloatingPoint> {
  let version: Int64
  let suffix: String
  let lanes: Int
  let sum: (Int64, UnsafePointer<Number>?, Int64) -> Number
  let dot: (Int64, UnsafePointer<Number>?, Int64, UnsafePointer<Number>?, Int64) -> Number
  let add: Step<Number>
  let step: (Int64, UnsafeMutablePointer<Number>?, Int64) -> Void
  let end: (Int64, UnsafeMutablePointer<Number>?, Int64, UnsafeMutablePointer<Number>?) -> Void
  /// Zeros of both signs and products that vanish among them.
  let numbers = (0..<200_000).map { i -> Number in
    switch i % 23 {
    case 0: -0.0
    case 1: -Number.leastNormalMagnitude
    case 2: Number.leastNormalMagnitude
    default: Number(i &* 7919 % 2003 - 1001) / 512
    }
  }

  private func function<Call>(_ name: String, as type: Call.Type) -> Call? {
    grad_runtime_version_address(version, "\(name)_\(suffix)").map { unsafeBitCast($0, to: type) }
  }

  func rowsDiffer() -> String? {
    guard let sums = function("grad_sum_rows", as: Rows.self), let dots = function("grad_dot_rows", as: Dots.self) else { return nil }
    return numbers.withUnsafeBufferPointer { all -> String? in
      guard let x = all.baseAddress else { return nil }
      for d in [0, 1, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 100, 511, 512, 513, 1030] {
        for rows in [0, 1, 2, 4, 5, 15, 16, 17, 33] {
          for (row, stride) in [(d + 1, 1), (1, 40), (0, 1)] {
            var (found, products) = ([Number](repeating: 7, count: rows + 1), [Number](repeating: 7, count: rows + 1))
            sums(Int64(rows), &found, Int64(d), x, Int64(row), Int64(stride))
            dots(Int64(rows), &products, Int64(d), x, Int64(row), Int64(stride), x + 9, Int64(rows % 3 == 0 ? 0 : d), 1)
            for i in 0..<rows {
              let y = x + 9 + (rows % 3 == 0 ? 0 : i * d)
              let (total, product) = (sum(Int64(d), x + i * row, Int64(stride)), dot(Int64(d), x + i * row, Int64(stride), y, 1))
              if found[i] != total || found[i].sign != total.sign { return "sum \(i) of \(rows) rows of \(d), \(row) and \(stride) apart" }
              if products[i] != product || products[i].sign != product.sign {
                return "product \(i) of \(rows) rows of \(d), \(row) and \(stride) apart"
              }
            }
            if found[rows] != 7 || products[rows] != 7 { return "\(rows) rows of \(d) write beyond their end" }
          }
        }
      }
      return nil
    }
  }

  func columnsDiffer() -> String? {
    guard let scaled = function("grad_column_sums_multiply_add_rows", as: Columns.self) else { return nil }
    return numbers.withUnsafeBufferPointer { all -> String? in
      guard let x = all.baseAddress else { return nil }
      for d in [1, 3, 8, 15, 16, 33, 100] {
        for rows in [1, 2, 15, 16, 17, 64, 511, 512, 513, 1100] {
          var (one, several) = ([Number](repeating: 0, count: 40 * d), [Number](repeating: 0, count: 40 * d))
          for i in 0..<rows {
            one.withUnsafeMutableBufferPointer { add(Int64(d), $0.baseAddress! + i % lanes * d, x + i * (d + 2), x[i]) }
            step(Int64(d), &one, Int64(i + 1))
          }
          // Blocks of rows that are no multiple of anything.
          for first in Swift.stride(from: 0, to: rows, by: 77) {
            scaled(Int64(d), &several, Int64(first), Int64(min(77, rows - first)), x + first * (d + 2), Int64(d + 2), x + first)
          }
          var (expected, found) = ([Number](repeating: 0, count: d), [Number](repeating: 0, count: d))
          end(Int64(d), &one, Int64(rows), &expected)
          end(Int64(d), &several, Int64(rows), &found)
          if !zip(expected, found).allSatisfy({ $0 == $1 && $0.sign == $1.sign }) { return "\(d) columns of \(rows) rows" }
        }
      }
      return nil
    }
  }
}

@Test(arguments: Int64(0)..<3)
func sumsOfSeveralRowsHaveTheBitsOfOne(version: Int64) {
  let single = RowSums<Float>(
    version: version, suffix: "f32", lanes: 16, sum: grad_sum_strided_f32, dot: grad_dot_strided_f32,
    add: grad_column_sums_multiply_add_f32, step: grad_column_sums_step_f32, end: grad_column_sums_end_f32)
  let double = RowSums<Double>(
    version: version, suffix: "f64", lanes: 8, sum: grad_sum_strided_f64, dot: grad_dot_strided_f64,
    add: grad_column_sums_multiply_add_f64, step: grad_column_sums_step_f64, end: grad_column_sums_end_f64)
  let (rows, columns) = ([single.rowsDiffer(), double.rowsDiffer()], [single.columnsDiffer(), double.columnsDiffer()])
  #expect(rows == [nil, nil] && columns == [nil, nil])
}
