import GradIR

extension Elaborator {
  /// x[i, 1:n, ::2, ..., ids]
  func index(_ value: Value, _ slice: SyntaxSlice, at range: SourceRange) throws -> Value {
    let tree = frame.tree
    let items = slice.indices.map { tree.indexItems[$0] }
    let parts = items.map(evaluated)
    if value.isError || parts.contains(where: { $0.isError }) { return .error }
    if let part = part(of: value, parts) { return part }
    let tensor = try tensor(value, at: range)
    return .tensor(try index(tensor, parts, at: range))
  }

  private enum Part {
    case position(Value, SourceRange)
    case slice(start: Value?, stop: Value?, step: Value?, SourceRange)
    case ellipsis
    var isError: Bool {
      switch self {
      case .position(let value, _): value.isError
      case .slice(let start, let stop, let step, _): [start, stop, step].contains { $0?.isError ?? false }
      case .ellipsis: false
      }
    }
  }
  private func evaluated(_ item: IndexItem) -> Part {
    let tree = frame.tree
    switch item {
    case .ellipsis: return .ellipsis
    case .position(let id): return .position(evaluate(id), tree.range(of: id))
    case .slice(let start, let stop, let step):
      let places = [start, stop, step].compactMap { $0.map { tree.range(of: $0) } }
      let range = places.dropFirst().reduce(places.first ?? source ?? SourceRange(0, 0)) { $0.union($1) }
      return .slice(start: start.map(evaluate), stop: stop.map(evaluate), step: step.map(evaluate), range)
    }
  }

  /// An element of a list by a known number: it stays what it is, a dim among dims.
  private func part(of value: Value, _ parts: [Part]) -> Value? {
    guard case .list(let values, _) = value, parts.count == 1, case .position(let position, _) = parts[0],
      let index = integer(position)?.constant, index >= -values.count, index < values.count,
      case .number = values[index < 0 ? index + values.count : index]
    else { return nil }
    // Among floats an integer is a float.
    let isInteger = values.allSatisfy { if case .number(.integer) = $0 { true } else { false } }
    return isInteger ? values[index < 0 ? index + values.count : index] : nil
  }

  private func index(_ tensor: TensorValue, _ parts: [Part], at range: SourceRange) throws -> TensorValue {
    let own = parts.filter { if case .ellipsis = $0 { false } else { true } }.count
    guard own <= tensor.rank else {
      throw mistake(
        "index.rank", "\(own) ind\(own == 1 ? "ex" : "ices") for \(tensor.rank == 0 ? "a scalar" : "\(tensor.shape)")", at: range)
    }
    // Each axis with its part, in order; axes without one are whole.
    var byAxis = [Part?](repeating: nil, count: tensor.rank)
    var axis = 0
    var seen = 0
    for part in parts {
      if case .ellipsis = part {
        axis = tensor.rank - (own - seen)
        continue
      }
      byAxis[axis] = part
      axis += 1
      seen += 1
    }
    var slices: [SliceAxis] = []
    var dropped: Set<Int> = []
    var gathers: [(axis: Int, indices: TensorValue, range: SourceRange)] = []
    for (axis, part) in byAxis.enumerated() {
      let extent = tensor.shape[axis]
      switch part {
      case nil, .ellipsis: slices.append(SliceAxis(count: extent))
      case .slice(let start, let stop, let step, let place):
        slices.append(try sliceAxis(start, stop, step, extent, at: place))
      case .position(let value, let place):
        if let known = integer(value) {
          slices.append(SliceAxis(start: try position(known, extent, at: place), count: 1))
          dropped.insert(axis)
          continue
        }
        let indices = try self.tensor(value, at: place)
        guard indices.dtype.isInteger else {
          throw mistake(
            "index.type", "an index is an integer, found \(shown(indices))", at: place,
            hint: indices.dtype == .bool ? "a choice of elements is `where(c, x, y)`" : nil)
        }
        gathers.append((axis, indices, place))
        slices.append(SliceAxis(count: extent))
      }
    }
    var result = tensor
    if !zip(slices, tensor.shape.dims).allSatisfy({ $0 == SliceAxis(count: $1) }) {
      result = try emit(.slice(slices), [result], isWeak: tensor.isWeak)
    }
    if !dropped.isEmpty {
      result = try emit(.reshape(result.shape.removing(dropped)), [result], isWeak: tensor.isWeak)
    }
    for index in gathers.indices { gathers[index].axis -= dropped.filter { $0 < gathers[index].axis }.count }
    if gathers.count > 1 { return try gather(result, gathers.map { ($0.axis, $0.indices) }, at: range) }
    if let gather = gathers.first {
      result = try emit(.gather(GatherAxis(axis: gather.axis)), [result, gather.indices], isWeak: false)
    }
    return result
  }

  /// x[i, j] of several tensors of integers, as NumPy has it: they are spread to one shape and give one element's place together. Its
  /// axes stand where those that are indexed stood side by side, else in front.
  private func gather(_ tensor: TensorValue, _ gathers: [(axis: Int, indices: TensorValue)], at range: SourceRange) throws -> TensorValue {
    let axes = gathers.map(\.axis)
    let others = (0..<tensor.rank).filter { !axes.contains($0) }
    let (indices, _) = try promoted(gathers.map(\.indices), at: range)
    let shape = try broadcastShape(indices, verb: "index by", at: range)
    // [e₀, e₁, …, R…] → [I…, e₁, …, R…] → [I…, R…]
    var result = try transposed(tensor, axes + others)
    for (place, index) in indices.enumerated() {
      let axis = place == 0 ? GatherAxis(axis: 0) : GatherAxis(axis: shape.rank, batch: shape.rank)
      result = try emit(.gather(axis), [result, broadcast(index, to: shape)], isWeak: false)
    }
    guard axes.last == axes[0] + axes.count - 1 else { return result }
    let own = Array(0..<shape.rank)
    let rest = others.indices.map { shape.rank + $0 }
    return try transposed(result, Array(rest[..<axes[0]]) + own + Array(rest[axes[0]...]))
  }

  /// Where a known position lies: negative ones count from the end.
  private func position(_ position: Dim, _ extent: Dim, at range: SourceRange) throws -> Dim {
    let isNegative = position != 0 && (-position).isAtLeast(0) == true
    let index = isNegative ? extent + position : position
    let message = { "index \(position) lies outside an axis of \(extent)" }
    try require(index, .atLeast, 0, id: "index.range", message(), at: range)
    try require(extent, .atLeast, index + 1, id: "index.range", message(), at: range)
    return index
  }

  /// start:stop:step as Python has it, but with bounds that lie inside.
  private func sliceAxis(_ start: Value?, _ stop: Value?, _ step: Value?, _ extent: Dim, at range: SourceRange) throws -> SliceAxis {
    func dim(_ value: Value?) throws -> Dim? {
      guard let value else { return nil }
      if let dim = integer(value) { return dim }
      throw mistake(
        "index.bound", "a slice's bounds are integer expressions over dims, found \(shown(value))", at: range,
        hint: "an index from the data gathers: `x[i]`")
    }
    var stride = 1
    if let step {
      guard let constant = integer(step)?.constant, constant != 0 else {
        throw mistake("index.step", "a slice's step is an integer other than 0, known while compiling, found \(shown(step))", at: range)
      }
      stride = constant
    }
    func bound(_ value: Dim) throws -> Dim {
      let isNegative = value != 0 && (-value).isAtLeast(0) == true
      let place = isNegative ? extent + value : value
      let message = { "the bound \(value) lies outside an axis of \(extent)" }
      try require(place, .atLeast, 0, id: "index.range", message(), at: range)
      try require(extent, .atLeast, place, id: "index.range", message(), at: range)
      return place
    }
    let first = try dim(start)
    let last = try dim(stop)
    if stride > 0 {
      let low = try first.map(bound) ?? 0
      let high = try last.map(bound) ?? extent
      let length = try span(high - low, at: range, "the slice \(low):\(high) runs backwards")
      return SliceAxis(start: low, count: Dim.floorQuotient(length + Dim(stride - 1), Dim(stride)), step: stride)
    }
    // Down from `start` to the element behind `stop`; without bounds from the last to the first.
    let high = try first.map(bound) ?? extent - 1
    if first != nil {
      try require(extent, .atLeast, high + 1, id: "index.range", "the bound \(high) lies outside an axis of \(extent)", at: range)
    }
    let low = try last.map(bound) ?? -1
    let length = try span(high - low, at: range, "the slice \(high):\(low):\(stride) runs the other way")
    return SliceAxis(start: high, count: Dim.floorQuotient(length + Dim(-stride - 1), Dim(-stride)), step: stride)
  }
  /// A length that is 0 or more: an empty slice of known bounds is empty, of unknown ones it must not be negative.
  private func span(_ length: Dim, at range: SourceRange, _ message: String) throws -> Dim {
    if let constant = length.constant { return Dim(max(0, constant)) }
    if length.isAtLeast(0) == false { return 0 }
    try require(length, .atLeast, 0, id: "index.range", message, at: range)
    return length
  }
}
