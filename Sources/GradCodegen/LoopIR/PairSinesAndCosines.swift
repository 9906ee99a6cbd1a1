// sin and cos of one argument, computed in one scope, are one call: the reduction of the argument, which is most of the work, is done
// once. The same bits, for the runtime's function for both computes each as its own does.
//
//     const double s = grad_sin_f64(x);             double s;
//     const double c = grad_cos_f64(x);      →      double c;
//                                                   grad_sincos_f64(x, &s, &c);
extension Function {
  func pairingSinesAndCosines() -> Function {
    var result = self
    result.body = Function.paired(body)
    return result
  }

  /// A call of one of the two that waits for the other.
  private struct Waiting: Hashable {
    var type: CType
    var argument: Name
    var isSine: Bool
  }

  private static func paired(_ statements: [Stmt]) -> [Stmt] {
    var result: [Stmt] = []
    var pairs: [Int: [Stmt]] = [:]
    var places: [Waiting: (place: Int, name: Name)] = [:]
    for statement in statements {
      if case .declare(let type, let name, .call(let function, let arguments)?, const: true) = statement,
        case .variable(let argument)? = arguments.first, case .element(let dtype) = type,
        function == "grad_sin_\(dtype)" || function == "grad_cos_\(dtype)"
      {
        let own = Waiting(type: type, argument: argument, isSine: function == "grad_sin_\(dtype)")
        let other = Waiting(type: type, argument: argument, isSine: !own.isSine)
        if let (place, partner) = places.removeValue(forKey: other) {
          let (sine, cosine) = own.isSine ? (name, partner) : (partner, name)
          pairs[place] = [
            .declare(type, sine, nil, const: false), .declare(type, cosine, nil, const: false),
            .call("grad_sincos_\(dtype)", [.variable(argument), .address(sine), .address(cosine)]),
          ]
          continue
        }
        places[own] = (result.count, name)
      } else if !places.isEmpty {
        var changed: Set<Name> = []
        statement.collectChanged(into: &changed)
        if !changed.isEmpty { places = places.filter { !changed.contains($0.key.argument) } }
      }
      result.append(statement.mappingLists(paired))
    }
    return pairs.isEmpty ? result : result.indices.flatMap { pairs[$0] ?? [result[$0]] }
  }
}

extension Stmt {
  /// The variables that are assigned to, or whose address is handed out, in the statement and those within it.
  fileprivate func collectChanged(into names: inout Set<Name>) {
    if case .assign(let name, _) = self { names.insert(name) }
    for expression in expressions { expression.forEachAddress { names.insert($0) } }
    for list in lists { for statement in list { statement.collectChanged(into: &names) } }
  }

  /// The statement with the lists within it changed.
  func mappingLists(_ change: ([Stmt]) -> [Stmt]) -> Stmt {
    switch self {
    case .loop(let variable, let from, let to, let step, let descends, let body):
      .loop(variable: variable, from: from, to: to, step: step, descends: descends, body: change(body))
    case .whileLoop(let condition, let body): .whileLoop(condition, change(body))
    case .branch(let condition, let then, let otherwise): .branch(condition, then: change(then), else: change(otherwise))
    default: self
    }
  }
}
