import GradAD
import GradIR
import Testing

/// A case for every function with a derivative, on a part of its domain without kinks or poles.
let scalarCases: [DerivativeCase] = ScalarFunction.all.compactMap { function in
  let record = function.record
  switch record.typeRule {
  case .comparison, .logical, .select: return nil
  case .arithmetic, .float: break
  }
  let positive = 0.3...2.0
  let ranges: [ClosedRange<Double>] =
    switch function.name {
    case "log", "sqrt", "rsqrt": [positive]
    case "log1p": [-0.5...2]
    case "asin", "acos": [-0.8...0.8]
    case "tan": [-1.2...1.2]
    case "divide": [-1.5...1.5, positive]
    case "power": [positive, -1.5...2.5]
    case "atan2", "hypot": [positive, -1.5...1.5]
    case "max", "min": [-1.5...0, 0.1...1.5]
    case "floor_divide", "remainder": [2.1...2.9, 1.1...1.4]
    case "abs", "relu": [0.2...1.5]
    case "sign": [-1.5 ... -0.5]
    case "floor", "ceil", "round": [0.1...0.4]
    default: [ClosedRange<Double>](repeating: -1.5...1.5, count: record.arity)
    }
  return DerivativeCase(function.name, ranges.map { .init([3], $0) }) { builder, x in builder.add(.map(function), x) }
}

@Suite struct ScalarFunctionTests {
  @Test(arguments: scalarCases) func derivativesAgree(of scalar: DerivativeCase) throws {
    #expect(try scalar.disagreements() == [])
  }

  @Test(arguments: scalarCases) func numberTypesAgree(on scalar: DerivativeCase) throws {
    #expect(try scalar.disagreementsOfNumberTypes() == [])
  }

  @Test(arguments: scalarCases) func aWrongRuleIsNoticed(of scalar: DerivativeCase) throws {
    #expect(try scalar.disagreementsWithPlantedBug() != [])
  }
}

extension DerivativeCase {
  /// The disagreements when the Jacobian of the op is 1 % too large, or I where it is zero.
  func disagreementsWithPlantedBug() throws -> [String] {
    let op = op
    return try RulePerturbation.perturb.withValue({ node, _, map in
      guard node.name == op else { return map }
      if map.isZero { return map.domain == map.range ? .identity(map.domain) : map }
      return .product([.scale(1.01, map.range), map])
    }) { try disagreements() }
  }
}
