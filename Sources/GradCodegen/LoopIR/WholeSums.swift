import GradIR

// A sum to which one block is added is the sum of that block:
//
//     grad_sum_f32 sum;
//     grad_sum_begin_f32(&sum);                              …
//     …                                              →       const float v1 = grad_sum_strided_f32(16, block, 1);
//     grad_sum_add_block_f32(&sum, 16, block);               …
//     … grad_sum_end_f32(&sum) …                             … v1 …
extension BlockLoops {
  func takingWholeSums(_ statements: [Stmt]) -> [Stmt] {
    var result = statements
    for statement in statements {
      if case .declare(.accumulator(let type), let sum, _, _) = statement, type.hasPrefix("grad_sum_") {
        result = taking(sum, DType(type), result) ?? result
      }
    }
    return result
  }

  /// Nil where anything else is done with the sum.
  private func taking(_ sum: Name, _ dtype: DType, _ statements: [Stmt]) -> [Stmt]? {
    var result: [Stmt] = []
    var total: Name?
    for statement in statements {
      switch statement {
      case .declare(.accumulator, sum, _, _), .call("grad_sum_begin_\(dtype)", [.address(sum)]): continue
      case .call("grad_sum_add_block_\(dtype)", let arguments) where arguments[0] == .address(sum):
        guard total == nil, case .integer = arguments[1] else { return nil }
        let name = local("v")
        total = name
        result.append(
          .declare(.element(dtype), name, .call("grad_sum_strided_\(dtype)", [arguments[1], arguments[2], .integer(1)]), const: true))
      case .store(let array, let index, .call("grad_sum_end_\(dtype)", [.address(sum)])):
        guard let total else { return nil }
        result.append(.store(array, index, .variable(total)))
      case .declare(let type, let name, .call("grad_sum_end_\(dtype)", [.address(sum)]), let const):
        guard let total else { return nil }
        result.append(.declare(type, name, .variable(total), const: const))
      default:
        if statement.handsOut(sum) { return nil }
        result.append(statement)
      }
    }
    return total == nil ? nil : result
  }
}

extension Stmt {
  /// True where the statement, or one within it, takes the address of a local.
  fileprivate func handsOut(_ name: Name) -> Bool {
    var found = false
    for expression in expressions { expression.forEachAddress { if $0 == name { found = true } } }
    return found || lists.contains { $0.contains { $0.handsOut(name) } }
  }
}
