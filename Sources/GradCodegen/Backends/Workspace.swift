import GradIR

/// Writes what lays the workspace out: sizes by checked arithmetic, offsets of 64-byte aligned slots, checks of dims at entry.
final class LayoutWriter {
  private let writer: ModuleWriter
  private let slots: [SlotPlan.Slot]
  let size: WorkspaceSize
  private let offset: String
  private let end: String
  private let bad: String
  private let base: String
  private var lines: [String] = []
  private var known: [Dim: String] = [:]
  private var counter = 0
  private(set) var faults: [CFault] = []
  private(set) var helpers = ""
  private(set) var workspaceFunctions = ""
  private(set) var entryPrologue: [String] = []
  private var usesHelpers = false
  private var usesPlus = false
  private var usesTimes = false
  private var usesFloorDivide = false

  static let largest = 1 << 62

  init(_ writer: ModuleWriter, _ plan: SlotPlan) {
    self.writer = writer
    slots = plan.slots
    size = plan.size
    // Last of all names, so that they give way to the model's.
    offset = writer.module.names.unique("offset").text
    end = writer.module.names.unique("end").text
    bad = writer.module.names.unique("bad").text
    base = writer.module.names.unique("base").text
    write()
  }

  private var entry: String { writer.entry }
  var usesWorkspace: Bool { !slots.isEmpty }

  private func write() {
    let constants = slots.map { $0.bytes.constant }
    let isConstant = !constants.contains(nil)
    let dimNames = writer.dims.map { writer.module.cName(ofDim: $0).text }
    let requirements = writer.graph.requirements
    let extents = checkedExtents()

    // Offsets, which are numbers where all sizes are.
    var offsets: [String] = []
    if isConstant {
      var end = 0
      for size in constants {
        offsets.append(String(end))
        end += ((size ?? 0) + 63) / 64 * 64
      }
      let parameters = writer.dimParameters.isEmpty ? "void" : writer.dimParameters.joined(separator: ", ")
      let unused = dimNames.map { "  (void)\($0);\n" }.joined()
      workspaceFunctions = "uint64_t \(entry)_workspace_bytes(\(parameters)) {\n\(unused)  return \(CPrinter.integer(end));\n}\n"
    } else {
      usesHelpers = true
      lines = ["  uint64_t \(end) = 0;", "  int \(bad) = 0;"]
      for name in dimNames {
        lines.append("  if (\(name) < 0 || \(name) > \(CPrinter.integer(LayoutWriter.largest))) return ~(uint64_t)0;")
      }
      for (index, slot) in slots.enumerated() {
        let size = checked(slot.bytes)
        lines.append("  \(offset)[\(index)] = \(end);")
        lines.append("  \(end) = \(entry)_advance(\(end), \(size), &\(bad));")
      }
      lines.append("  return \(bad) ? ~(uint64_t)0 : \(end);")
      let head = CPrinter.wrapped("static uint64_t \(entry)_layout(", writer.dimParameters + ["uint64_t *\(offset)"], ") {")
      let call = (dimNames + [offset]).joined(separator: ", ")
      workspaceFunctions =
        "/* Where each array of the workspace begins, and the end of the last; all ones where that does not fit. */\n"
        + ([head] + lines + ["}", ""]).joined(separator: "\n")
        + "\n" + CPrinter.wrapped("uint64_t \(entry)_workspace_bytes(", writer.dimParameters, ") {")
        + "\n  uint64_t \(offset)[\(slots.count)];\n  return \(entry)_layout(\(call));\n}\n"
      offsets = slots.indices.map { "\(offset)[\($0)]" }
      entryPrologue += [
        "uint64_t \(offset)[\(slots.count)];"
      ]
    }

    // Checks at entry.
    known = [:]
    lines = []
    counter = 0
    var checks: [String] = []
    if !dimNames.isEmpty {
      fault(-1, "a dim is negative, or too large", nil)
      for name in dimNames { checks.append("if (\(name) < 0 || \(name) > \(CPrinter.integer(LayoutWriter.largest))) return -1;") }
    }
    for dim in extents {
      usesHelpers = true
      let value = checked(dim)
      lines.append("  if (\(value) < 0) return -1;")
    }
    for (index, requirement) in requirements.enumerated() {
      usesHelpers = true
      let status = -2 - index
      fault(status, message(requirement), requirement.source)
      // What holds for all dims is not asked again.
      let difference = requirement.left - requirement.right
      if requirement.relation == .equal ? difference == 0 : difference.isAtLeast(0) == true { continue }
      if difference.constant != nil {
        lines.append("  return \(status);")
        continue
      }
      let (left, right) = (checked(requirement.left), checked(requirement.right))
      let symbol = requirement.relation == .equal ? "!=" : "<"
      lines.append("  if (\(bad) || \(left) \(symbol) \(right)) return \(status);")
    }
    if !lines.isEmpty {
      entryPrologue.append("int \(bad) = 0;")
      checks += lines.map { String($0.dropFirst(2)) }
      if !lines.contains(where: { $0.contains("if (\(bad) ||") }) { checks.append("if (\(bad)) return -1;") }
    }
    if !isConstant {
      let call = (dimNames + [offset]).joined(separator: ", ")
      checks.append("if (\(entry)_layout(\(call)) == ~(uint64_t)0) return -1;")
    }
    entryPrologue += checks
    if !slots.isEmpty {
      entryPrologue.append("unsigned char *\(base) = workspace;")
      for buffer in writer.module.buffers {
        let type = CPrinter.name(.pointer(.element(buffer.dtype), const: false, restrict: false))
        entryPrologue.append(
          "\(type)\(buffer.name) = (\(type))(\(base) + \(offsets[buffer.slot])); /* \(CPrinter.commentText(TensorType(buffer.dtype, buffer.shape).description)) */"
        )
      }
    }
    if usesHelpers { helpers = helperText(withAdvance: !isConstant) }
  }

  private func message(_ requirement: Requirement) -> String {
    let place = requirement.source.flatMap { range in
      writer.options.sourceFile.map { "\($0.name):\($0.line(of: range.lower)): " }
    }
    return (place ?? "") + requirement.message
  }
  private func fault(_ status: Int, _ message: String, _ range: SourceRange?) {
    faults.append(CFault(status: status, message: message, tensor: nil, range: range))
  }

  /// Extents of what is stored that might be negative for some dims.
  private func checkedExtents() -> [Dim] {
    let shapes = writer.module.buffers.map(\.shape) + (writer.inputs + writer.outputs).map(\.type.shape)
    return shapes.flatMap(\.dims).filter { $0.constant == nil && $0.isAtLeast(0) != true }.uniqued()
  }

  /// A local with the value of a dim, by arithmetic that notes an overflow.
  private func checked(_ dim: Dim) -> String {
    if let constant = dim.constant { return CPrinter.integer(constant) }
    if let name = known[dim] { return name }
    var sum: String?
    for term in dim.terms {
      var product: String?
      for factor in term.factors {
        let value: String
        switch factor {
        case .symbol(let name): value = writer.module.cName(ofDim: name).text
        case .floorQuotient(let a, let b):
          let (x, y) = (checked(a), checked(b))
          value = bind("\(entry)_quotient(\(x), \(y), &\(bad))")
          usesFloorDivide = true
        }
        product = product.map { times($0, value) } ?? value
      }
      if term.coefficient != 1 || product == nil {
        let coefficient = CPrinter.integer(term.coefficient)
        product = product.map { times($0, coefficient) } ?? coefficient
      }
      let value = product ?? "0"
      sum = sum.map { plus($0, value) } ?? value
    }
    let result = sum ?? "0"
    known[dim] = result
    return result
  }
  private func plus(_ a: String, _ b: String) -> String {
    usesPlus = true
    return bind("\(entry)_plus(\(a), \(b), &\(bad))")
  }
  private func times(_ a: String, _ b: String) -> String {
    usesTimes = true
    return bind("\(entry)_times(\(a), \(b), &\(bad))")
  }
  private func bind(_ expression: String) -> String {
    counter += 1
    let name = writer.module.names.unique("size_\(counter)").text
    lines.append("  const int64_t \(name) = \(expression);")
    return name
  }

  private func helperText(withAdvance: Bool) -> String {
    var parts: [String] = []
    if usesPlus {
      parts.append(
        """
        /* a + b within 2^62; else `bad` is set. */
        static int64_t \(entry)_plus(int64_t a, int64_t b, int *bad) {
          const int64_t limit = (int64_t)1 << 62;
          const int64_t sum = a + b;
          if (sum > limit || sum < -limit) *bad = 1;
          return *bad ? 0 : sum;
        }

        """)
    }
    if usesTimes {
      parts.append(
        """
        /* a b within 2^62; else `bad` is set. */
        static int64_t \(entry)_times(int64_t a, int64_t b, int *bad) {
          const int64_t limit = (int64_t)1 << 62;
          const int64_t size_a = a < 0 ? -a : a;
          const int64_t size_b = b < 0 ? -b : b;
          if (size_b != 0 && size_a > limit / size_b) *bad = 1;
          return *bad ? 0 : a * b;
        }

        """)
    }
    if usesFloorDivide {
      parts.append(
        """
        /* floor(a / b); `bad` is set where b is 0. */
        static int64_t \(entry)_quotient(int64_t a, int64_t b, int *bad) {
          int64_t quotient;
          if (b == 0) *bad = 1;
          if (*bad) return 0;
          quotient = a / b;
          return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
        }

        """)
    }
    if withAdvance {
      parts.append(
        """
        /* The end of an array of so many bytes, rounded up to 64. */
        static uint64_t \(entry)_advance(uint64_t end, int64_t bytes, int *bad) {
          if (bytes < 0 || end > (uint64_t)1 << 62) *bad = 1;
          return *bad ? 0 : end + ((uint64_t)bytes + 63) / 64 * 64;
        }

        """)
    }
    return parts.joined(separator: "\n")
  }
}
