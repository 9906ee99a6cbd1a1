import GradIR

/// The sums of all columns, fed row by row: lanes of rows in the order of every sum.
final class ColumnSums {
  let node: Node
  let region: Region
  let f: FunctionEmitter
  let order: Int
  private let factor: Int?
  private let rows: [Dim]
  private let columns: [Dim]
  /// The first of its columns, of a part of them.
  private let start: Dim
  private let state: Name
  private var lane: Name = "lane"
  private var dtype: DType { node.types[0].dtype }
  /// The lanes of every sum.
  private static func lanes(_ dtype: DType) -> Int { dtype == .f64 ? 8 : 16 }

  /// The columns of a part, side by side: so many at most.
  struct Part {
    var start: Dim
    var count: Dim
    var most: Int
  }

  init(_ member: Kernel.Member, _ node: Node, _ region: Region, _ f: FunctionEmitter, part: Part? = nil) {
    guard case .column(let count, let factor) = member.role else { preconditionFailure("\(node.op.name) has no columns") }
    self.node = node
    self.region = region
    self.f = f
    self.factor = factor
    order = member.node
    rows = Array(member.space.prefix(count))
    columns = part.map { [$0.count] } ?? Array(member.space.dropFirst(count))
    start = part?.start ?? 0
    let (dtype, height) = (node.types[0].dtype, ColumnSums.height(node, rows))
    // The workspace is the same with parts and without them, for either compiler's code may go on with it.
    let buffer = region.newBuffer("columns", TensorType(dtype, Shape([Dim(height)] + member.space.dropFirst(count))))
    if let part {
      state = f.local("columns")
      f.emit(.declareArray(.element(dtype), state, height * part.most))
    } else {
      f.write(buffer)
      state = buffer.name
    }
    f.emit(.call("grad_column_sums_begin_\(dtype)", [width, .variable(state), rowCount]))
  }
  /// The lanes, and a subtotal for each level that so many rows may come to.
  static func height(_ node: Node, _ rows: [Dim]) -> Int {
    let blocks = (rows.reduce(Dim(1)) { $0 * $1 }.constant ?? 1 << 61) / 512
    return lanes(node.types[0].dtype) + Int.bitWidth - blocks.leadingZeroBitCount + 1
  }
  private var rowCount: Expr { f.number(rows.reduce(Dim(1)) { $0 * $1 }) }
  private var width: Expr { f.number(columns.reduce(Dim(1)) { $0 * $1 }) }
  private func row(_ indices: [Dim]) -> Dim { region.flat(.axes(indices), Shape(rows)) }

  func beginRow(_ indices: [Dim]) {
    lane = f.local("lane")
    let place = Expr.binary("&", f.number(row(indices)), .integer(ColumnSums.lanes(dtype) - 1))
    let start = Expr.binary("+", .variable(state), .binary("*", place, width))
    f.emit(.declare(.pointer(.element(dtype), const: false, restrict: false), lane, start, const: false))
  }
  var isScaled: Bool { factor != nil }
  /// What scales a row.
  func factor(_ indices: [Dim]) -> Expr? {
    factor.map { region.element(node.operands[$0], .axes(Array(indices.prefix(rows.count))), in: f) }
  }
  func add(_ indices: [Dim], _ access: Access, _ place: [Dim]) {
    let x = region.element(node.operands[factor == 0 ? 1 : 0], access, in: f)
    let at = f.number(region.flat(.axes(place), Shape(columns)))
    let sum = Expr.load(lane, at)
    if let factor = factor(indices) {
      f.emit(.store(lane, at, .call("grad_fma_\(dtype)", [x, factor, sum])))
    } else {
      f.emit(.store(lane, at, .binary("+", sum, x)))
    }
  }
  func add(run: Expr, _ indices: [Dim]) {
    if let factor = factor(indices) {
      f.emit(.call("grad_column_sums_multiply_add_\(dtype)", [width, .variable(lane), run, factor]))
    } else {
      f.emit(.call("grad_column_sums_add_\(dtype)", [width, .variable(lane), run]))
    }
  }
  /// Rows that stand a step apart, with the factor of each.
  func add(rows count: Expr, from indices: [Dim], _ place: [Expr], factors: Expr?) {
    let arguments = [width, .variable(state), f.number(row(indices)), count] + place
    if let factors {
      f.emit(.call("grad_column_sums_multiply_add_rows_\(dtype)", arguments + [factors]))
    } else {
      f.emit(.call("grad_column_sums_add_rows_\(dtype)", arguments))
    }
  }
  func endRow(_ indices: [Dim]) {
    f.emit(.call("grad_column_sums_step_\(dtype)", [width, .variable(state), f.number(row(indices) + 1)]))
  }
  func end(_ target: Variable) {
    f.emit(.call("grad_column_sums_end_\(dtype)", [width, .variable(state), rowCount, region.pointer(target, start, f)]))
  }
}
