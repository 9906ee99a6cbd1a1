import GradIR

extension Tensor {
  /// Element `index` in the shortest form that reads back the same; never by the locale.
  public func text(at index: Int) -> String {
    switch storage {
    case .f32(let v): v[index].description
    case .f64(let v): v[index].description
    case .i32(let v): String(v[index])
    case .i64(let v): String(v[index])
    case .bool(let v): v[index] ? "true" : "false"
    }
  }

  /// The type as models write it: `f32[3]`, a scalar `f32`.
  public var typeText: String { shape.isEmpty ? dtype.name : "\(dtype)[" + shape.map(String.init).joined(separator: ", ") + "]" }

  /// The elements as nested lists; beyond `limit` elements long axes are shortened to their ends.
  public func valueText(limit: Int = 100) -> String { nested(limit: count > limit ? 6 : Int.max) { text(at: $0) } }

  /// The elements as JSON; what JSON has no number for is a string.
  public var json: String {
    nested(limit: Int.max) { index in
      let text = text(at: index)
      return ["nan", "-nan", "inf", "-inf"].contains(text) ? "\"\(text == "-nan" ? "nan" : text)\"" : text
    }
  }

  private func nested(limit: Int, _ element: (Int) -> String) -> String {
    var result = ""
    func write(_ axis: Int, _ offset: Int) {
      if axis == shape.count {
        result += element(offset)
        return
      }
      let stride = shape[(axis + 1)...].reduce(1, *)
      result += "["
      var first = true
      for index in 0..<shape[axis] {
        if shape[axis] > limit, index >= limit / 2, index < shape[axis] - limit / 2 {
          if index == limit / 2 { result += ", …" }
          continue
        }
        if !first { result += ", " }
        first = false
        write(axis + 1, offset + index * stride)
      }
      result += "]"
    }
    write(0, 0)
    return result
  }
}

extension String {
  /// The text as a JSON string.
  var jsonQuoted: String {
    var quoted = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
