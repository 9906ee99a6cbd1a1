import GradIR

/// How the indices of a reshape's result give those of its operand, group of axes by group of equal products.
struct ReshapeMap {
  struct Group {
    var from: Range<Int>
    var to: Range<Int>
  }
  /// Groups in order; empty where the shapes do not fall into groups.
  var groups: [Group]
  /// True where no group joins several axes of the operand into fewer of the result: then no division is needed.
  var isSimple: Bool

  init(from: Shape, to: Shape) {
    var groups: [Group] = []
    var (i, j) = (0, 0)
    var matched = true
    while i < from.rank || j < to.rank {
      let (startI, startJ) = (i, j)
      var left: Dim = 1
      var right: Dim = 1
      // Takes the least products that agree.
      if i < from.rank {
        left = from[i]
        i += 1
      }
      if j < to.rank {
        right = to[j]
        j += 1
      }
      while left != right {
        // What divides the other exactly is the smaller one.
        if i < from.rank, startJ < to.rank, ReshapeMap.divides(left, right) || j == to.rank {
          left = left * from[i]
          i += 1
        } else if j < to.rank {
          right = right * to[j]
          j += 1
        } else if i < from.rank {
          left = left * from[i]
          i += 1
        } else {
          matched = false
          break
        }
      }
      if !matched { break }
      groups.append(Group(from: startI..<i, to: startJ..<j))
    }
    self.groups = matched ? groups : []
    isSimple = matched && groups.allSatisfy { group in group.from.filter { from[$0] != 1 }.count <= 1 }
  }
  private static func divides(_ a: Dim, _ b: Dim) -> Bool {
    let quotient = Dim.floorQuotient(b, a)
    return quotient * a == b
  }
}
