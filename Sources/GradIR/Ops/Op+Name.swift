extension Op {
  /// The op's word in graph text, dumps and messages.
  public var name: String {
    switch self {
    case .parameter: "parameter"
    case .constant: "constant"
    case .dimension: "dimension"
    case .iota: "iota"
    case .variable: "variable"
    case .stopGradient: "stop_gradient"
    case .derivative(.gradient): "gradient"
    case .derivative(.vectorJacobian): "vjp"
    case .derivative(.jacobianVector): "jvp"
    case .derivative(.jacobian): "jacobian"
    case .map(let function): function.name
    case .cast(let dtype): "cast_\(dtype)"
    case .reduce(let kind, _): "reduce_\(kind.rawValue)"
    case .cumulative(let cumulation): "cumulative_\(cumulation.kind.rawValue)"
    case .contract: "contract"
    case .broadcast: "broadcast"
    case .reshape: "reshape"
    case .transpose: "transpose"
    case .slice: "slice"
    case .pad: "pad"
    case .concatenate: "concatenate"
    case .diagonal: "diagonal"
    case .window: "window"
    case .windowAdd: "window_add"
    case .gather: "gather"
    case .scatterAdd: "scatter_add"
    case .argsort: "argsort"
    case .loop: "loop"
    case .triangularSolve: "triangular_solve"
    case .cholesky: "cholesky"
    }
  }
}
