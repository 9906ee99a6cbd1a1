import GradIR

// For a compiler that lays arrays on the stack as they come: those of a line of the cache or more begin with one, so that no vector of
// the runtime's lies across two. The arrays that are declared together are parts of one.
//
//     float block[256];              float lines[528];
//     float block2[256];    →        float *block = (float *)(((uint64_t)lines + 63) & -64);
//                                    float *block2 = block + 256;
struct AlignedArrays {
  /// Gives local names that are free in the function.
  let local: (String) -> Name

  private static let line = 64

  func applied(_ statements: [Stmt]) -> [Stmt] {
    var result: [Stmt] = []
    var together: [(dtype: DType, name: Name, count: Int)] = []
    for statement in statements {
      if case .declareArray(.element(let dtype), let name, let count) = statement, count * dtype.byteCount >= AlignedArrays.line {
        together.append((dtype, name, count))
        continue
      }
      result += aligned(together)
      together = []
      result.append(statement.mappingLists(applied))
    }
    return result + aligned(together)
  }

  private func aligned(_ arrays: [(dtype: DType, name: Name, count: Int)]) -> [Stmt] {
    DType.allCases.flatMap { dtype -> [Stmt] in
      let own = arrays.filter { $0.dtype == dtype }
      guard !own.isEmpty else { return [] }
      let (space, pointer) = (local("lines"), CType.pointer(.element(dtype), const: false, restrict: false))
      let unit = AlignedArrays.line / dtype.byteCount
      let end = Expr.binary("+", .cast(.unsigned64, .variable(space)), .integer(AlignedArrays.line - 1))
      let address = Expr.binary("&", end, .integer(-AlignedArrays.line))
      var (size, places) = (0, [Stmt]())
      for array in own {
        let place = size == 0 ? .cast(pointer, address) : Expr.variable(own[0].name) + .integer(size)
        places.append(.declare(pointer, array.name, place, const: false))
        size += (array.count + unit - 1) / unit * unit
      }
      return [.declareArray(.element(dtype), space, size + unit)] + places
    }
  }
}
