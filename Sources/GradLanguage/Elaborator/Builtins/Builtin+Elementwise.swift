import GradIR

// abs sign neg square · exp … round · max min pow atan2 hypot where clamp floor_divide remainder · f32 … bool · stop_gradient
extension Builtin {
  /// Functions of analysis: integers become floats.
  private static let analysis = [
    "exp", "expm1", "log", "log1p", "sqrt", "rsqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "erf", "sigmoid",
    "softplus", "relu", "gelu", "silu",
  ]

  nonisolated(unsafe) static let elementwise: [String: Builtin] = {
    var table: [String: Builtin] = [:]
    for name in analysis { table[name] = unary(name, wantsFloat: true) }
    for (name, function) in [("neg", "negate"), ("abs", "abs"), ("sign", "sign")] { table[name] = unary(function, wantsFloat: false) }
    for name in ["floor", "ceil", "round"] {
      table[name] = Builtin("x") { elaborator, arguments in
        let x = try arguments.tensor("x")
        // An integer is its own floor.
        if x.dtype.isInteger { return .tensor(x) }
        let (values, isWeak) = try elaborator.promoted([x], wantsFloat: true, at: arguments.range)
        return .tensor(try elaborator.map(name, values, isWeak: isWeak))
      }
    }
    table["square"] = Builtin("x") { elaborator, arguments in
      if case .number(let x) = try arguments.value("x"), let folded = Elaborator.folded(.multiply, x, x) { return .number(folded) }
      let (values, isWeak) = try elaborator.promoted([arguments.tensor("x")], at: arguments.range)
      return .tensor(try elaborator.map("multiply", [values[0], values[0]], isWeak: isWeak))
    }
    table["max"] = Builtin("x axis=all keepdims=false", or: "a b") { elaborator, arguments in
      try arguments.isAlternative ? elaborator.paired("max", arguments) : elaborator.reduction(.max, arguments)
    }
    table["min"] = Builtin("x axis=all keepdims=false", or: "a b") { elaborator, arguments in
      try arguments.isAlternative ? elaborator.paired("min", arguments) : elaborator.reduction(.min, arguments)
    }
    table["pow"] = Builtin("a b") { elaborator, arguments in
      let (a, b) = (try arguments.value("a"), try arguments.value("b"))
      if case .number(let x) = a, case .number(let y) = b, let folded = Elaborator.folded(.power, x, y) { return .number(folded) }
      return .tensor(try elaborator.power(a, b, at: arguments.range))
    }
    for name in ["atan2", "hypot"] {
      table[name] = Builtin(name == "atan2" ? "y x" : "a b") {
        try $0.paired(name, $1, wantsFloat: true, names: name == "atan2" ? ("y", "x") : ("a", "b"))
      }
    }
    for name in ["floor_divide", "remainder"] {
      table[name] = Builtin("a b") { elaborator, arguments in
        if let a = elaborator.integer(try arguments.value("a")), let b = elaborator.integer(try arguments.value("b")) {
          let quotient = Dim.floorQuotient(a, b)
          let result = name == "floor_divide" ? quotient : a - b * quotient
          if b.isAtLeast(1) == true, !result.isOverflow { return .number(.integer(result)) }
        }
        return try elaborator.paired(name, arguments)
      }
    }
    table["where"] = Builtin("c a b") { elaborator, arguments in
      try elaborator.select(
        arguments.value("c"), arguments.value("a"), arguments.value("b"), conditionRange: arguments.range("c"), at: arguments.range)
    }
    // min(max(x, lo), hi)
    table["clamp"] = Builtin("x lo hi") { elaborator, arguments in
      let values = [try arguments.tensor("x"), try arguments.tensor("lo"), try arguments.tensor("hi")]
      let (promoted, isWeak) = try elaborator.promoted(values, at: arguments.range)
      let raised = try elaborator.elementwise("max", [promoted[0], promoted[1]], isWeak: isWeak, verb: "clamp", at: arguments.range)
      return .tensor(try elaborator.elementwise("min", [raised, promoted[2]], isWeak: isWeak, verb: "clamp", at: arguments.range))
    }
    for own in DType.allCases {
      table[own.name] = Builtin("x") { elaborator, arguments in
        let dtype = elaborator.options.meaning(of: own)
        var x = try arguments.tensor("x")
        if dtype != .i32 || !x.isWeak || x.dtype.isInteger {
          x = try elaborator.cast(x, to: dtype, at: arguments.range)
        } else {
          x = try elaborator.emit(.cast(dtype), [x])
        }
        x.isWeak = false
        return .tensor(x)
      }
    }
    table["stop_gradient"] = Builtin("x") { elaborator, arguments in
      if case .number(let number) = try arguments.value("x") { return .number(number) }
      let x = try arguments.tensor("x")
      return .tensor(x.dtype.isFloat ? try elaborator.emit(.stopGradient, [x], isWeak: x.isWeak) : x)
    }
    return table
  }()

  private static func unary(_ function: String, wantsFloat: Bool) -> Builtin {
    Builtin("x") { elaborator, arguments in
      if function == "negate" { return try elaborator.negated(arguments.value("x"), at: arguments.range) }
      // What is known is computed now, by the function that the graph would call.
      if wantsFloat, case .number(let number) = try arguments.value("x"), let known = number.double,
        let evaluate = ScalarFunction(named: function)?.record.evaluate.f64
      {
        return .number(.float(evaluate(known, 0)))
      }
      let (values, isWeak) = try elaborator.promoted([arguments.tensor("x")], wantsFloat: wantsFloat, at: arguments.range)
      return .tensor(try elaborator.map(function, values, isWeak: isWeak))
    }
  }
}

extension Elaborator {
  /// An element-wise function of two arguments.
  func paired(_ function: String, _ arguments: Arguments, wantsFloat: Bool = false, names: (String, String) = ("a", "b")) throws -> Value {
    if function == "max" || function == "min", let a = integer(try arguments.value(names.0))?.constant,
      let b = integer(try arguments.value(names.1))?.constant
    {
      return .number(.integer(Dim(function == "max" ? Swift.max(a, b) : Swift.min(a, b))))
    }
    let values = [try arguments.tensor(names.0), try arguments.tensor(names.1)]
    let (promoted, isWeak) = try promoted(values, wantsFloat: wantsFloat, at: arguments.range)
    return .tensor(
      try elementwise(
        function, promoted, isWeak: isWeak, verb: "take the \(arguments.name) of", operands: arguments.operands, at: arguments.range))
  }
}
